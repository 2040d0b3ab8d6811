"""Plan interviews: what is asked, who asks, when, and which bids are invited."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.post import Letter, tell, tell_all
from accounts.rules import Refused
from assessments import interview_rules, queries, rules
from assessments.actions.locks import hold_bid, hold_competition
from assessments.models import (
    Assessor,
    Interview,
    InterviewCriterion,
    Interviewer,
    InterviewPlan,
    InterviewSheet,
    InterviewSlot,
)
from assessments.states import InterviewState
from audit.record import digest, record
from bids import team
from bids.models import Bid
from funds.models import Competition
from infra import words


def _hold_plan(plan: InterviewPlan) -> InterviewPlan:
    """Return a plan whose competition, now locked, is interviewing; refuse it otherwise."""
    competition = hold_competition(plan.competition_id)
    interview_rules.must_be_interviewing(competition.state)
    plan = InterviewPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    plan.competition = competition
    return plan


@transaction.atomic
def plan_interviews(
    *,
    competition: Competition,
    weight_percent: int,
    criteria: Sequence[tuple[str, str]],
    by: User,
    role: str,
    at: dt.datetime,
) -> InterviewPlan:
    """Say on what interviews are scored; saying it again changes it until the first interview is scored.

    Args:
        weight_percent: of the interview in the combined score that is shown beside the score; 0 shows none.
        criteria: (title, guidance), in their order.

    Raises:
        Refused: the competition has no interviews, an interview has been scored, or a criterion is missing or doubled.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    if not competition.has_interview:
        raise Refused("This competition was published without interviews.")
    interview_rules.must_be_interviewing(competition.state)
    wanted = interview_rules.criteria(criteria)
    if not 0 <= weight_percent <= 100:
        raise Refused("The weight is a percentage from 0 to 100.")
    if InterviewSheet.objects.filter(interview__plan__competition=competition).exists():
        raise Refused("Interviews have begun, so what they are scored on is fixed.")
    plan, _ = InterviewPlan.objects.update_or_create(
        competition=competition, defaults={"weight_percent": weight_percent}
    )
    plan.criteria.all().delete()
    InterviewCriterion.objects.bulk_create(
        InterviewCriterion(plan=plan, position=position, title=title, guidance=guidance)
        for position, (title, guidance) in enumerate(wanted, start=1)
    )
    record(
        "interviews.planned", competition, by=by, role=role, at=at,
        changes={"weight_percent": weight_percent, "criteria": len(wanted), "sha256": digest(wanted)},
    )  # fmt: skip
    return plan


@transaction.atomic
def name_interviewer(*, plan: InterviewPlan, assessor: Assessor, by: User, role: str, at: dt.datetime) -> Interviewer:
    """Give an assessor a place on the panel that interviews, and tell them; naming them again changes nothing.

    Raises:
        Refused: their yearly declaration of interests is missing, or it is not the time of interviews.
    """
    rules.must_manage(role)
    plan = _hold_plan(plan)
    until = queries.declared_until(assessor)
    if until is None or until < timezone.localdate(at):
        raise Refused(f"{assessor} has not declared their interests for this year. Ask them to, then name them.")
    found, is_new = Interviewer.objects.get_or_create(plan=plan, assessor=assessor)
    if not is_new and found.left_at is None:
        return found
    found.left_at = None
    found.save(update_fields=["left_at"])
    record("interviewer.named", plan.competition, by=by, role=role, at=at, changes={"assessor": assessor})
    tell(
        "interviewer_named", to=assessor.user, key=f"interviewer.named/{plan.pk}/{at:%Y%m%d}", at=at,
        path="/assessments/interviews/", competition=plan.competition,
    )  # fmt: skip
    return found


@transaction.atomic
def dismiss_interviewer(*, interviewer: Interviewer, by: User, role: str, at: dt.datetime) -> Interviewer:
    """Take an assessor off the panel; what they have handed in stays.

    Raises:
        Refused: it is not the time of interviews.
    """
    rules.must_manage(role)
    plan = _hold_plan(interviewer.plan)
    interviewer = Interviewer.objects.select_for_update(no_key=True).get(pk=interviewer.pk)
    if interviewer.left_at is None:
        interviewer.left_at = at
        interviewer.save(update_fields=["left_at"])
        changes = {"assessor": interviewer.assessor_id}
        record("interviewer.dismissed", plan.competition, by=by, role=role, at=at, changes=changes)
    return interviewer


@transaction.atomic
def add_slots(
    *,
    plan: InterviewPlan,
    starts_at: dt.datetime,
    minutes: int,
    pause: int,
    number: int,
    place: str,
    link: str,
    by: User,
    role: str,
    at: dt.datetime,
) -> list[InterviewSlot]:
    """Add times for interviews one after the other.

    Args:
        minutes: length of each; `pause` minutes lie between them.
        place: where they are, or `link`: where to join from afar; one is enough.

    Raises:
        Refused: in the past, no place, too many or too long, or over a slot that is there already in the same place.
    """
    rules.must_manage(role)
    interview_rules.must_be_slots(
        starts_at, minutes=minutes, pause=pause, number=number, has_place=bool(place or link), now=at
    )
    plan = _hold_plan(plan)
    step = dt.timedelta(minutes=minutes + pause)
    wanted = [
        InterviewSlot(plan=plan, starts_at=starts_at + n * step, minutes=minutes, place=place, link=link)
        for n in range(number)
    ]
    there = list(plan.slots.filter(place=place, link=link))
    for slot in wanted:
        if any(_overlap(slot, other) for other in there):
            raise Refused(f"There is a slot in the same place at {timezone.localtime(slot.starts_at):%-d %B, %H:%M}.")
    made = InterviewSlot.objects.bulk_create(wanted)
    record(
        "interview_slots.added", plan.competition, by=by, role=role, at=at,
        changes={"slots": made, "first": starts_at, "minutes": minutes},
    )  # fmt: skip
    return made


def _overlap(one: InterviewSlot, other: InterviewSlot) -> bool:
    ends = [slot.starts_at + dt.timedelta(minutes=slot.minutes) for slot in (one, other)]
    return one.starts_at < ends[1] and other.starts_at < ends[0]


@transaction.atomic
def remove_slot(*, slot: InterviewSlot, by: User, role: str, at: dt.datetime) -> None:
    """Take away a slot that nobody is invited to.

    Raises:
        Refused: a bid is invited to it.
    """
    rules.must_manage(role)
    plan = _hold_plan(slot.plan)
    if Interview.objects.filter(slot=slot).exists():
        raise Refused("A bid is invited to this slot. Give it another slot first.")
    record("interview_slot.removed", plan.competition, by=by, role=role, at=at, changes={"slot": slot.pk})
    InterviewSlot.objects.filter(pk=slot.pk).delete()


@transaction.atomic
def invite_to_interview(*, bid: Bid, slot: InterviewSlot, by: User, role: str, at: dt.datetime) -> Interview:
    """Invite a bid to a slot, or to another one than before; its people are told and answer.

    Raises:
        Refused: the slot is taken or past, the bid does not stand, or it is not the time of interviews.
    """
    rules.must_manage(role)
    bid = hold_bid(bid.pk)
    plan = _hold_plan(slot.plan)
    if bid.competition_id != plan.competition_id:
        raise Refused("This bid is in another competition.")
    if bid.state not in interview_rules.INTERVIEWED:
        raise Refused(f"This bid is {bid.get_state_display().lower()}, so it is not interviewed.")
    if slot.starts_at <= at:
        raise Refused("This slot has passed. Choose a later one.")
    interview = Interview.objects.select_for_update(no_key=True).filter(bid=bid).first()
    if interview and interview.slot_id == slot.pk:
        return interview
    if interview and interview.sheets.exists():
        raise Refused("This interview has been scored already, so it cannot be moved.")
    before = interview.slot_id if interview else None
    try:
        with transaction.atomic():
            interview = _seated(interview, plan, bid, slot, at)
    except IntegrityError as error:
        raise Refused("Another bid was given this slot meanwhile. Choose another one.") from error
    record(
        "interview.invited", f"bid:{bid.reference}", by=by, role=role, at=at,
        changes={"interview": interview, "slot": [before, slot.pk], "starts_at": slot.starts_at},
    )  # fmt: skip
    _tell("interview_invited", interview, at, again=before is not None)
    return interview


def _seated(
    interview: Interview | None, plan: InterviewPlan, bid: Bid, slot: InterviewSlot, at: dt.datetime
) -> Interview:
    if interview is None:
        return Interview.objects.create(plan=plan, bid=bid, slot=slot, invited_at=at)
    interview.invite(slot=slot, at=at)
    interview.save()
    return interview


@transaction.atomic
def cancel_interview(*, interview: Interview, by: User, role: str, at: dt.datetime) -> Interview:
    """Take an interview off; its people are told and the slot is free again.

    Raises:
        Refused: it has been scored, or was cancelled already.
    """
    rules.must_manage(role)
    _hold_plan(interview.plan)
    interview = _hold(interview)
    if interview.state == InterviewState.CANCELLED:
        return interview
    if interview.sheets.exists():
        raise Refused("This interview has been scored already, so it cannot be cancelled.")
    before, slot = interview.state, interview.slot
    interview.cancel()
    interview.save(update_fields=["state", "slot"])
    _record(interview, "interview.cancelled", before, by=by, role=role, at=at)
    _tell("interview_cancelled", interview, at, slot=slot)
    return interview


@transaction.atomic
def confirm_interview(*, interview: Interview, by: User, at: dt.datetime) -> Interview:
    """Say that the applicants come; saying it again changes nothing.

    Raises:
        Refused: the person may not change the bid, or the interview is off or past.
    """
    interview = _hold_to_answer(interview, by, at)
    if interview.state == InterviewState.CONFIRMED:
        return interview
    before = interview.state
    interview.confirm(at=at)
    interview.save(update_fields=["state", "move_reason", "answered_at"])
    _record(interview, "interview.confirmed", before, by=by, role="applicant", at=at)
    return interview


@transaction.atomic
def ask_to_move(*, interview: Interview, reason: str, by: User, at: dt.datetime) -> Interview:
    """Ask for another time, with a reason; the responsible officer is told.

    Raises:
        Refused: no reason, the person may not change the bid, or the interview is off or past.
    """
    reason = reason.strip()
    if problem := words.why_not_text(reason) or words.over_limit(reason, rules.REASON_WORDS):
        raise Refused(problem)
    if words.is_blank(reason):
        raise Refused("Say why you cannot come then, and when you can.")
    interview = _hold_to_answer(interview, by, at)
    if interview.state == InterviewState.MOVE_ASKED:
        raise Refused("You have asked for another time already. The fund manager will answer.")
    before = interview.state
    interview.ask_to_move(reason=reason, at=at)
    interview.save(update_fields=["state", "move_reason", "answered_at"])
    _record(interview, "interview.move_asked", before, by=by, role="applicant", at=at, reason_sha256=digest(reason))
    bid, competition = interview.bid, interview.plan.competition
    tell(
        "interview_move_asked", to=competition.responsible_officer, at=at,
        key=f"interview.move_asked/{interview.pk}/{interview.times_invited}",
        path=f"/competitions/{competition.reference}/interviews/{bid.reference}", bid=bid, reason=reason,
    )  # fmt: skip
    return interview


def _hold(interview: Interview) -> Interview:
    rows = Interview.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("plan__competition__responsible_officer", "bid", "slot").get(pk=interview.pk)


def _hold_to_answer(interview: Interview, by: User, at: dt.datetime) -> Interview:
    """Return an interview, locked, that its applicants may still answer."""
    interview = _hold(interview)
    if why := team.why_not_edit(by, interview.bid):
        raise Refused(why)
    interview_rules.must_be_interviewing(interview.plan.competition.state)
    if interview.slot is None:
        raise Refused("This interview was cancelled.")
    if interview.slot.starts_at <= at:
        raise Refused("The time of this interview has passed.")
    return interview


def _tell(
    template: str, interview: Interview, at: dt.datetime, slot: InterviewSlot | None = None, again: bool = False
) -> None:
    """Write to everybody who works on the bid of an interview."""
    bid = interview.bid
    facts = {"bid": bid, "slot": slot or interview.slot, "competition": interview.plan.competition, "again": again}
    key = f"{template}/{interview.pk}/{interview.times_invited}"
    people = team.people_on([bid])[bid.pk]
    tell_all([Letter(template, p.user, key, f"/bids/{bid.reference}/interview", facts) for p in people], at=at)


def _record(
    interview: Interview, verb: str, before: str, *, by: User, role: str, at: dt.datetime, **facts: object
) -> None:
    record(
        verb, f"bid:{interview.bid.reference}", by=by, role=role, at=at,
        changes={"interview": interview, "state": [before, interview.state], **facts},
    )  # fmt: skip
