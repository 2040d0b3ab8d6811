"""Settle what must stand before the letter."""

import datetime as dt

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import OrganisationKind
from audit.record import digest, record
from awards import letter_content, rules
from awards.actions.locks import act_for_government, hold_award, move
from awards.models import Award, Condition
from awards.states import AwardState, ConditionKind, Rating
from bids.queries import verified_match


@transaction.atomic
def settle_condition(
    *, condition: Condition, rating: str, note: str, by: User, role: str, at: dt.datetime
) -> Condition:
    """Judge one condition of an award; with the last one settled the award's conditions are met.

    Green and amber settle it; red keeps it open, and takes an award whose conditions were met back to offered. It can
    be judged again until the letter is issued.

    Raises:
        Refused: no rating or no reason, or verified match funding below what the partner's grant requires.
    """
    award = hold_award(Award(pk=condition.award_id))
    condition = Condition.objects.select_for_update().get(pk=condition.pk)
    act_for_government(award, by=by, role=role, needed=rules.SETTLES)
    if award.state not in (AwardState.OFFERED, AwardState.CONDITIONS_MET):
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: its conditions are fixed.")
    part = award.partners.get(organisation=condition.organisation_id)
    rules.must_settle(
        kind=condition.kind,
        rating=rating,
        note=note,
        verified_pounds=verified_match(part.partner) if condition.kind == ConditionKind.MATCH else 0,
        match_pounds=part.match_pounds,
    )
    before = condition.rating
    condition.rating, condition.note = rating, rules.kept(note, "the note") if note.strip() else ""
    condition.settled_by, condition.settled_at = (None, None) if rating == Rating.RED else (by, at)
    condition.save(update_fields=["rating", "note", "settled_by", "settled_at"])
    changes = {
        "kind": condition.kind,
        "organisation": condition.organisation_id,
        "rating": [before, rating],
        "note_sha256": digest(condition.note),
        "state": _follow(award),
    }
    record("condition.judged", award, by=by, role=role, at=at, changes=changes)
    return condition


def _follow(award: Award) -> list[str]:
    """Move the award to where its conditions put it; return its state before and after."""
    is_open = award.conditions.filter(settled_at=None).exists()
    changes = [award.state, award.state]
    if award.state == AwardState.OFFERED and not is_open:
        changes = move(award.meet_conditions)
    elif award.state == AwardState.CONDITIONS_MET and is_open:
        changes = move(award.go_back)
    if changes[0] != changes[1]:
        award.content_sha256 = digest(letter_content.content(award))
        award.save(update_fields=["state", "content_sha256"])
    return changes


@transaction.atomic
def assign_network(*, award: Award, network: Organisation, by: User, role: str, at: dt.datetime) -> Award:
    """Name the AHSN that monitors an award."""
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if network.kind != OrganisationKind.AHSN:
        raise Refused(f"{network} is no Academic Health Science Network. Choose one of the 15.")
    before, award.network = award.network_id, network
    award.save(update_fields=["network"])
    record("award.network_assigned", award, by=by, role=role, at=at, changes={"network": [before, network.pk]})
    return award
