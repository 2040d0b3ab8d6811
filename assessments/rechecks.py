"""Look for conflicts of interest again, in the background: the registers are asked first, outside transactions."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from accounts.directors import look_up
from assessments.actions.conflicts import check_all, check_assessor, check_conflicts
from assessments.actions.locks import hold_bids
from assessments.conflicts import interests_of, parties_of
from assessments.models import Assessor
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition
from funds.states import CompetitionState

_STANDS = (BidState.SUBMITTED, BidState.REOPENED)
_ASSESSED = (CompetitionState.IN_ASSESSMENT, CompetitionState.AT_PANEL)


def check_bid(bid_id: int, at: dt.datetime) -> None:
    """Check a bid, if it stands and is not decided, or if an organisation has joined it since."""
    for bid in Bid.objects.filter(Q(state__in=_STANDS) | Q(later_parties__isnull=False), pk=bid_id).distinct():
        _look_up_directors([bid], at)
        check_conflicts(bid=bid, at=at)


def check_organisation(organisation_id: int, at: dt.datetime) -> None:
    """Check the bids in which an organisation takes part, and the assessors who have declared an interest in it."""
    bids = Bid.objects.filter(partners__organisation=organisation_id, state__in=_STANDS)
    for key in bids.order_by("pk").values_list("pk", flat=True):
        check_bid(key, at)
    having = Assessor.objects.filter(interests__organisation=organisation_id, interests__ended_at=None)
    for assessor in having.distinct().order_by("pk"):
        check_assessor(assessor=assessor, at=at)


def check_everything(at: dt.datetime) -> int:
    """Check every competition that is being assessed; return how many pairs were newly blocked.

    It finds what nothing else tells of: new directors, new roles of assessors, another name of an organisation.
    """
    blocked = 0
    for competition in Competition.objects.filter(state__in=_ASSESSED).order_by("pk"):
        _look_up_directors(list(Bid.objects.filter(competition=competition, state__in=_STANDS)), at)
        with transaction.atomic():
            blocked += len(check_all(bids=hold_bids(competition, *_STANDS), at=at, by=None).blocks)
    return blocked


def _look_up_directors(bids: Collection[Bid], at: dt.datetime) -> None:
    """Ask for the directors of the bids' parties, and of companies in which somebody has an interest."""
    look_up((one.company_number for one in (*parties_of(bids), *interests_of())), at=at)
