"""Settle what must stand before the letter."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import OrganisationKind
from audit.record import digest, record
from awards import before_letter, letter_content, readiness, rules
from awards.actions.locks import act_for_government, hold_award, move
from awards.models import Award, AwardPartner, Condition
from awards.next_steps import BEFORE_LETTER, can_be_judged
from awards.states import AwardState, ConditionKind, Rating
from bids.actions import look_again
from bids.models import MatchSource
from bids.queries import verified_match


@transaction.atomic
def settle_condition(
    *,
    condition: Condition,
    rating: str,
    note: str,
    by: User,
    role: str,
    at: dt.datetime,
    answers: Mapping[str, str] | None = None,
) -> Condition:
    """Judge one condition of an award; when nothing is missing any more, the award's conditions are met.

    Green and amber settle it; red keeps it open, and takes an award whose conditions were met back to offered. It can
    be judged again until the letter is issued. Those of a partner that joined by a variation are judged afterwards,
    until they are settled: then it can claim.

    Args:
        answers: code of each question of the kind's checklist to “yes”, “no” or “does_not_apply”.

    Raises:
        Refused: no rating or no reason, a question without an answer, a risk rated green, verified match funding below
            what the partner's grant requires in some month, or no verified bank details.
    """
    award = hold_award(Award(pk=condition.award_id))
    condition = Condition.objects.select_for_update().get(pk=condition.pk)
    act_for_government(award, by=by, role=role, needed=rules.SETTLES)
    must_be_open(award, condition)
    part = award.partners.select_related("organisation").get(organisation=condition.organisation_id)
    rules.must_settle(
        kind=condition.kind,
        rating=rating,
        note=note,
        verified_pounds=verified_match(part.partner) if condition.kind == ConditionKind.MATCH else 0,
        match_pounds=part.match_pounds,
    )
    if rating != Rating.RED:
        _must_stand(award, condition, part, by)
    condition.answers = before_letter.checked_answers(condition.kind, answers or {}, rating)
    return _judge(award, condition, rating, note, by=by, role=role, at=at)


def must_be_open(award: Award, condition: Condition) -> None:
    """Refuse to touch a condition that is fixed: with the letter, or as it is settled for a partner that joined."""
    if not can_be_judged(award.state, is_settled=condition.settled_at is not None):
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: its conditions are fixed.")


def settle_bank(condition: Condition, *, by: User, role: str, at: dt.datetime) -> Condition:
    """Settle the condition about bank details that were found right, in the caller's transaction."""
    award = hold_award(Award(pk=condition.award_id))
    return _judge(award, condition, Rating.GREEN, "", by=by, role=role, at=at)


@transaction.atomic
def reopen_match(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Look at a decided source again; an award that it no longer covers waits until it is covered.

    Raises:
        Refused: `by` may not decide, there is no reason, nothing was decided, or the award's letter is issued.
    """
    award = Award.objects.filter(bid__partners=source.partner_id).first()
    if award and award.state not in BEFORE_LETTER:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: its match funding is fixed.")
    found = look_again(source=source, reason=reason, by=by, role=role, at=at)
    open_match_again(source=found, by=by, role=role, at=at)
    return found


@transaction.atomic
def open_match_again(*, source: MatchSource, at: dt.datetime, by: User | None = None, role: str = "") -> None:
    """Open the condition about match funding again when what was verified no longer covers what is needed."""
    found = Award.objects.filter(bid__partners=source.partner_id, state__in=BEFORE_LETTER).first()
    if found is None:
        return
    award = hold_award(found)
    part = award.partners.select_related("organisation").get(partner=source.partner_id)
    short = next((one.problem for one in readiness.cover([part])), "")
    condition = award.conditions.filter(kind=ConditionKind.MATCH, organisation=part.organisation_id).first()
    if condition and condition.settled_at and short:
        condition.rating, condition.settled_by, condition.settled_at = "", None, None
        condition.save(update_fields=["rating", "settled_by", "settled_at"])
        changes = {"kind": condition.kind, "organisation": condition.organisation_id, "state": follow(award)}
        record("condition.reopened", award, by=by, role=role, at=at, changes=changes)


def _must_stand(award: Award, condition: Condition, part: AwardPartner, by: User) -> None:
    """Refuse to settle what the record does not bear out."""
    if condition.kind == ConditionKind.MATCH and (short := next(one.problem for one in readiness.cover([part]))):
        raise Refused(f"Match funding does not cover the spend profile. {short}")
    if condition.kind == ConditionKind.BANK and not readiness.with_account({part.organisation_id}):
        raise Refused(f"{part.organisation} has no bank details that a second person has verified. Check them first.")


def _judge(
    award: Award, condition: Condition, rating: str, note: str, *, by: User, role: str, at: dt.datetime
) -> Condition:
    before = condition.rating
    condition.rating, condition.note = rating, rules.kept(note, "the note") if note.strip() else ""
    condition.settled_by, condition.settled_at = (None, None) if rating == Rating.RED else (by, at)
    condition.save(update_fields=["rating", "note", "answers", "settled_by", "settled_at"])
    changes = {
        "kind": condition.kind,
        "organisation": condition.organisation_id,
        "rating": [before, rating],
        "answers": condition.answers,
        "note_sha256": digest(condition.note),
        "state": follow(award),
    }
    record("condition.judged", award, by=by, role=role, at=at, changes=changes)
    return condition


def follow(award: Award, *, is_changed: bool = False) -> list[str]:
    """Move an award that is held to where what is prepared puts it; return its state before and after.

    Args:
        is_changed: what the letter would say has changed.
    """
    changes = [award.state, award.state]
    if award.state not in BEFORE_LETTER:
        return changes
    is_ready = readiness.is_ready(award)
    if award.state == AwardState.OFFERED and is_ready:
        changes = move(award.meet_conditions)
    elif award.state == AwardState.CONDITIONS_MET and not is_ready:
        changes = move(award.go_back)
    if is_changed or changes[0] != changes[1]:
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
