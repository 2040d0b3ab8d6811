"""What officials do to a submitted bid before it is decided on."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from audit.record import digest, record
from bids import rules, tasks, team
from bids.actions.locks import locked
from bids.models import Bid
from bids.states import BidState
from infra import words


def _must_check(role: str) -> None:
    if role not in rules.CHECKS_ELIGIBILITY:
        raise Refused("Only a fund manager can decide on eligibility.")


@transaction.atomic
def find_ineligible(*, bid: Bid, reason: str, by: User, role: str, at: dt.datetime) -> Bid:
    """Take a submitted bid out of the competition, with a reason of at most 400 words for the applicant.

    Nobody is told yet: `inform` does that.

    Raises:
        Refused: `role` may not, the bid is not submitted, or the reason is missing or too long.
    """
    _must_check(role)
    bid = locked(bid)
    if bid.state != BidState.SUBMITTED:
        raise Refused(f"The bid is {bid.get_state_display().lower()}: only a submitted bid can be found ineligible.")
    reason = reason.strip()
    if problem := words.why_not_text(reason) or words.over_limit(reason, rules.INELIGIBLE_REASON_WORDS):
        raise Refused(problem)
    if words.is_blank(reason):
        raise Refused("Give a reason that the applicant can understand.")
    bid.find_ineligible(reason=reason)
    bid.informed_at = None
    bid.save(update_fields=["state", "ineligible_reason", "informed_at"])
    record(
        "bid.found_ineligible", bid, by=by, role=role, at=at,
        changes={"state": [BidState.SUBMITTED, bid.state], "reason_sha256": digest(reason)},
    )  # fmt: skip
    return bid


@transaction.atomic
def inform(*, bid: Bid, by: User, role: str, at: dt.datetime) -> Bid:
    """Tell the applicant that the bid is ineligible, and why. Telling again changes nothing.

    Raises:
        Refused: `role` may not, or the bid is not ineligible.
    """
    _must_check(role)
    bid = locked(bid)
    if bid.state != BidState.INELIGIBLE:
        raise Refused(f"The bid is {bid.get_state_display().lower()}, so there is nothing to tell.")
    if bid.informed_at:
        return bid
    bid.informed_at = at
    bid.save(update_fields=["informed_at"])
    record("bid.informed", bid, by=by, role=role, at=at, changes={"reason_sha256": digest(bid.ineligible_reason)})
    _tell("bid_ineligible", bid, at)
    return bid


def _tell(template: str, bid: Bid, at: dt.datetime) -> None:
    """Write to everybody who works on a bid for its lead organisation."""
    for person in team.people(bid):
        if person.is_of_lead:
            tell(
                template, to=person.user, key=f"{template}/{bid.reference}/{at:%Y%m%d%H%M%S}", at=at,
                path=f"/bids/{bid.reference}/", bid=bid,
            )  # fmt: skip


@transaction.atomic
def reinstate(*, bid: Bid, by: User, role: str, at: dt.datetime) -> Bid:
    """Bring an ineligible bid back into the competition, and tell the applicant when they had been told otherwise.

    Raises:
        Refused: `role` may not, or the bid is not ineligible.
    """
    _must_check(role)
    bid = locked(bid)
    if bid.state != BidState.INELIGIBLE:
        raise Refused(f"The bid is {bid.get_state_display().lower()}: only an ineligible bid can be reinstated.")
    bid.reinstate()
    bid.save(update_fields=["state"])
    record("bid.reinstated", bid, by=by, role=role, at=at, changes={"state": [BidState.INELIGIBLE, bid.state]})
    tasks.parties_changed(bid)
    if bid.informed_at:
        _tell("bid_reinstated", bid, at)
    return bid
