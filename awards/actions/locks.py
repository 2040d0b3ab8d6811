"""Hold rows in the one order of the house and move their states.

The order is Bid, Award, Claim, Organisation, Stream, then the counters.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django_fsm import TransitionNotAllowed

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import Role
from awards import rules
from awards.models import Award, Claim
from awards.states import CLAIM_EDITABLE
from bids.queries import kept_from
from funds.models import Stream


def hold_award(award: Award) -> Award:
    """Return the award as it is now, held until the transaction ends."""
    held = Award.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("bid__competition__stream", "bid__competition__pot", "bid__lead", "envelope").get(
        pk=award.pk
    )


def hold_claim(claim: Claim) -> Claim:
    """Return the claim as it is now with its award, both held until the transaction ends, the award first."""
    award = hold_award(Award(pk=claim.award_id))
    held = Claim.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=claim.pk)
    held.award = award
    return held


def hold_open(claim: Claim, by: User) -> Claim:
    """Return a claim as it is now, held like `hold_claim`, to somebody who may change it.

    Raises:
        Refused: it is submitted, or the person does not act for the claimant.
    """
    held = hold_claim(claim)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), held.organisation_id)
    if held.state not in CLAIM_EDITABLE:
        raise Refused(f"Claim {held.reference} is {held.get_state_display().lower()} and cannot be changed.")
    return held


def hold_claimant(claim: Claim) -> None:
    """Hold the organisation that claims: one invoice must not be claimed twice, not even on two awards at once."""
    Organisation.objects.select_for_update(no_key=True).get(pk=claim.organisation_id)


def hold_stream(stream: Stream) -> None:
    """Hold the stream before the first entry that moves its counters.

    A deed may move several years. Two that take the years in turn would wait for each other in a circle, so they take
    turns at the stream.
    """
    Stream.objects.select_for_update(no_key=True).get(pk=stream.pk)


def act_for_government(award: Award, *, by: User, role: str, needed: frozenset) -> None:
    """Refuse unless the person holds a role that is needed, and neither belongs to the award nor has an interest in it.

    Every deed of an official on one award comes this way.
    """
    rules.must_act_as(role, by.roles, needed)
    rules.must_be_free(is_kept=award.bid_id in kept_from(by))
    rules.must_be_outsider(by.organisation_ids(), set(award.partners.values_list("organisation_id", flat=True)))


def must_monitor(award: Award, by: User) -> None:
    """Refuse somebody who is no monitoring officer of the award's network."""
    if award.network_id is None:
        raise Refused(f"No network monitors award {award.reference} yet. Ask the fund manager to name one.")
    if award.network_id not in by.organisation_ids(Role.MONITORING_OFFICER):
        raise Refused(f"Award {award.reference} is monitored by {award.network}: its monitoring officer does this.")


def move(transition: Callable[..., None], **facts: Any) -> list[str]:
    """Make a transition; return the state before and after.

    Raises:
        Refused: the row is in a state that does not allow it.
    """
    row: models.Model = transition.__self__  # type: ignore[attr-defined]
    before = row.state  # type: ignore[attr-defined]
    try:
        transition(**facts)
    except TransitionNotAllowed as error:
        label = row.get_state_display().lower()  # type: ignore[attr-defined]
        raise Refused(f"{row} is now “{label}”, so this cannot be done. Reload the page to see what can.") from error
    return [before, row.state]  # type: ignore[attr-defined]
