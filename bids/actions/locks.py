"""Take the lock of a bid and ask who may touch it. The bid is always locked before anything below it."""

import datetime as dt

from accounts.models import User
from accounts.rules import Refused
from bids import rules, team
from bids.models import Bid, MatchSource, Partner

_LOCKED = "b.id = %(value)s FOR NO KEY UPDATE OF b"


def locked(bid: Bid | int, by: User | None = None) -> Bid:
    """Return the bid, read anew and locked until the transaction ends, with what `by` does on it if asked for."""
    return team.one_with_role_of(by, _LOCKED, bid if isinstance(bid, int) else bid.pk)


def locked_alone(bid: Bid | int, by: User) -> Bid:
    """Return the bid without its competition, locked, with what `by` does on it: for the deed done most often."""
    return team.one_alone_with_role_of(by, _LOCKED, bid if isinstance(bid, int) else bid.pk)


def locked_partner(partner: Partner) -> tuple[Bid, Partner]:
    """Return a partner read anew under the lock of its bid."""
    bid = locked(partner.bid_id)
    fresh = Partner.objects.select_related("organisation").filter(pk=partner.pk, bid=bid).first()
    if fresh is None:
        raise Refused("This partner is no longer part of the bid.")
    return bid, fresh


def locked_source(source: MatchSource) -> tuple[Bid, MatchSource]:
    """Return a source of match funding, locked after its bid."""
    bid = locked(Partner.objects.values_list("bid", flat=True).get(match_sources=source))
    rows = MatchSource.objects.select_for_update(no_key=True, of=("self",)).select_related("partner__organisation")
    return bid, rows.get(pk=source.pk)


def must_be_open_to_changes(bid: Bid, at: dt.datetime) -> None:
    """Refuse changes of a bid that is submitted or over, or whose competition has closed."""
    rules.must_be_open_to_changes(bid.state, team.shuts_at(bid), at)


def must_edit(bid: Bid, by: User) -> None:
    """Refuse anybody who may not change the whole bid."""
    if why := team.why_not_edit(by, bid):
        raise Refused(why)


def must_edit_part(bid: Bid, partner: Partner, by: User) -> None:
    """Refuse anybody who may not change the costs and match funding of this partner."""
    if why := team.why_not_edit_part(by, bid, partner.organisation_id):
        raise Refused(why)


def must_lead(bid: Bid, by: User) -> None:
    """Refuse anybody who may not submit, take back or hand over the bid, or say who does what."""
    if why := team.why_not_lead(by, bid):
        raise Refused(why)
