"""Score interviews: an interviewer declares no interest in the bid, gives points with reasons, and hands them in."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import interview_rules, queries, rules
from assessments.actions.conflicts import block
from assessments.actions.locks import hold_bid, hold_competition
from assessments.conflicts import Found, find_blocks
from assessments.models import (
    Block,
    Interview,
    InterviewCriterion,
    Interviewer,
    InterviewScore,
    InterviewSheet,
)
from assessments.states import AssessmentState, InterviewState
from audit.record import digest, record
from infra import words


def _hold(interview: Interview, by: User) -> tuple[Interview, Interviewer]:
    """Return an interview, its bid locked, and the place on its panel of a person who may score it."""
    hold_bid(interview.bid_id)
    rows = Interview.objects.select_for_update(no_key=True, of=("self",)).select_related("plan", "bid")
    interview = rows.get(pk=interview.pk)
    seats = Interviewer.objects.filter(plan=interview.plan, assessor__user=by, left_at=None)
    interviewer = seats.select_related("assessor").first()
    if interviewer is None:
        raise Refused("Only interviewers of this competition may do this.")
    if Block.objects.filter(bid=interview.bid_id, assessor=interviewer.assessor_id).exists():
        raise Refused("A conflict of interest keeps you from this interview.")
    interview_rules.must_be_interviewing(hold_competition(interview.plan.competition_id).state)
    if interview.state == InterviewState.CANCELLED:
        raise Refused("This interview was cancelled.")
    return interview, interviewer


@transaction.atomic
def open_interview(*, interview: Interview, by: User, at: dt.datetime) -> InterviewSheet:
    """Begin to score an interview, declaring no interest in its bid; beginning again changes nothing.

    Raises:
        Refused: no place on the panel, no declaration of interests for this year, or a conflict has come to light.
    """
    interview, interviewer = _hold(interview, by)
    if found := InterviewSheet.objects.filter(interview=interview, interviewer=interviewer).first():
        return found
    rules.must_have_declared(queries.declared_until(interviewer.assessor), at.date())
    if blocks := find_blocks([interview.bid], [interviewer.assessor]):
        raise Refused(f"You have an interest in this bid ({blocks[0].because}). Step aside from this interview.")
    sheet = InterviewSheet.objects.create(interview=interview, interviewer=interviewer, declared_at=at)
    record(
        "interview.opened", f"bid:{interview.bid.reference}", by=by, role="assessor", at=at,
        changes={"sheet": sheet, "no_interest_declared": True},
    )  # fmt: skip
    return sheet


@transaction.atomic
def step_aside(*, interview: Interview, by: User, at: dt.datetime) -> None:
    """Declare an interest in the bid of an interview; the pair is blocked for good.

    Raises:
        Refused: no place on the panel, or the person has handed in their points.
    """
    interview, interviewer = _hold(interview, by)
    done = {"interviewer": interviewer, "state": AssessmentState.SUBMITTED}
    if interview.sheets.filter(**done).exists():
        raise Refused("You have handed in your points. Tell the fund manager about your interest.")
    block(found=Found(interview.bid_id, interviewer.assessor_id, "Declared at the interview"), by=by, at=at)


@transaction.atomic
def save_interview(
    *, interview: Interview, scores: Mapping[InterviewCriterion, tuple[int | None, str]], by: User, at: dt.datetime
) -> InterviewSheet:
    """Save points and reasons; the same again changes nothing.

    Args:
        scores: by criterion, a whole number from 0 to 10 (None while thinking) and the reason, at most 100 words.

    Raises:
        Refused: not begun, handed in already, or points or a reason that cannot be kept.
    """
    interview, interviewer = _hold(interview, by)
    sheet = _sheet(interview, interviewer)
    kept = {score.criterion_id: score for score in sheet.scores.all()}
    changed = {}
    for criterion, (points, reason) in scores.items():
        if criterion.plan_id != interview.plan_id:
            raise Refused(f"“{criterion.title}” is not asked in this interview.")
        if problem := words.why_not_text(reason):
            raise Refused(f"The reason on “{criterion.title}”: {problem}")
        points = None if points is None else rules.points(points, 10)
        reason = words.plain(reason)
        score = kept.get(criterion.pk) or InterviewScore(sheet=sheet, criterion=criterion)
        if (score.points, score.reason) != (points, reason):
            changed[str(criterion.pk)] = {"points": [score.points, points], "reason_sha256": digest(reason)}
            score.points, score.reason = points, reason
            score.save()
    if changed:
        record(
            "interview.scored", f"bid:{interview.bid.reference}", by=by, role="assessor", at=at,
            changes={"sheet": sheet, "scores": changed},
        )  # fmt: skip
    return sheet


@transaction.atomic
def submit_interview(*, interview: Interview, by: User, at: dt.datetime) -> InterviewSheet:
    """Hand in the points of an interview that is whole; from then on they are fixed.

    Raises:
        Refused: something is missing (all of it is named), or it was handed in already.
    """
    interview, interviewer = _hold(interview, by)
    sheet = _sheet(interview, interviewer)
    given = {score.criterion_id: score for score in sheet.scores.all()}
    missing = []
    for criterion in interview.plan.criteria.order_by("position"):
        score = given.get(criterion.pk)
        if score is None or score.points is None or not words.count(score.reason):
            missing.append(f"Give points and a reason for “{criterion.title}”.")
        elif over := words.over_limit(score.reason, rules.REASON_WORDS):
            missing.append(f"The reason on “{criterion.title}”: {over}")
    if missing:
        raise Refused(" ".join(missing))
    sheet.submit(at=at)
    sheet.save(update_fields=["state", "submitted_at"])
    points = {str(key): score.points for key, score in given.items()}
    record(
        "interview.submitted", f"bid:{interview.bid.reference}", by=by, role="assessor", at=at,
        changes={"sheet": sheet, "state": [AssessmentState.IN_PROGRESS, AssessmentState.SUBMITTED], "points": points},
    )  # fmt: skip
    return sheet


def _sheet(interview: Interview, interviewer: Interviewer) -> InterviewSheet:
    rows = InterviewSheet.objects.select_for_update(no_key=True)
    sheet = rows.filter(interview=interview, interviewer=interviewer).first()
    if sheet is None:
        raise Refused("Declare first that you have no interest in this bid.")
    rules.must_be_in_progress(sheet.state)
    return sheet
