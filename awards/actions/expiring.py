"""Ask for newer evidence of match funding that was verified on evidence which has grown too old for the letter."""

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from awards import rules
from awards.actions.conditions import open_match_again
from awards.next_steps import BEFORE_LETTER
from bids.actions import expire_match
from bids.models import MatchSource, MatchVerification
from bids.states import MatchState


def out_of_date(at: dt.datetime) -> QuerySet[MatchSource]:
    """Return the verified sources of awards without a letter whose evidence is no longer recent enough."""
    newest = MatchVerification.objects.filter(source=OuterRef("pk")).order_by("-number")
    verified = MatchSource.objects.filter(state=MatchState.VERIFIED, partner__bid__award__state__in=BEFORE_LETTER)
    found = verified.annotate(expires_on=Subquery(newest.values("expires_on")[:1]))
    return found.filter(expires_on__lt=rules.uk_day(at)).order_by("pk")


def expire_evidence(*, at: dt.datetime) -> int:
    """Query each source whose evidence is too old, and open its award's condition again; return how many there were.

    Each is a transaction of its own; a second run changes nothing.
    """
    sources = list(out_of_date(at))
    for source in sources:
        expire_match(source=source, at=at)
        open_match_again(source=source, at=at)
    return len(sources)
