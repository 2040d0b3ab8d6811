"""Take the lock of a bid and ask who may touch it. The bid is always locked before anything below it."""

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from bids import rules
from bids.models import Bid, MatchSource, Partner


def locked(bid: Bid | int) -> Bid:
    """Return the bid, read anew and locked until the transaction ends."""
    key = bid if isinstance(bid, int) else bid.pk
    rows = Bid.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("competition", "strand", "lead").get(pk=key)


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


def must_edit(bid: Bid, by: User) -> None:
    """Refuse anybody who is no applicant of the lead organisation."""
    if not rules.may_edit(bid.lead_id, by.organisation_ids(Role.APPLICANT)):
        raise Refused("Only applicants of the lead organisation can change this bid.")


def must_edit_part(bid: Bid, partner: Partner, by: User) -> None:
    """Refuse anybody who is no applicant of the lead or of this partner."""
    if not rules.may_edit_part(bid.lead_id, partner.organisation_id, by.organisation_ids(Role.APPLICANT)):
        raise Refused("Only applicants of the lead or of this partner can change its costs and match funding.")
