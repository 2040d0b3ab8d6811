"""Score interviews: an interviewer declares no interest in the bid, gives points with reasons, and hands them in."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import agreement, interview_rules, interviews, queries, rules
from assessments.actions import sheets
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
    rows = Interview.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "plan__competition", "bid__competition"
    )
    interview = rows.get(pk=interview.pk)
    seats = Interviewer.objects.filter(plan=interview.plan, assessor__user=by, left_at=None)
    interviewer = seats.select_related("assessor__user").first()
    if interviewer is None:
        raise Refused("Only interviewers of this competition have a sheet to write.")
    if Block.objects.filter(bid=interview.bid_id, assessor=interviewer.assessor_id).exists():
        raise Refused("A conflict of interest keeps this interviewer from this interview.")
    interview_rules.must_be_interviewing(hold_competition(interview.plan.competition_id).state)
    if interview.state == InterviewState.CANCELLED:
        raise Refused("This interview was cancelled.")
    return interview, interviewer


@transaction.atomic
def open_interview(*, interview: Interview, by: User, at: dt.datetime) -> InterviewSheet:
    """Begin to score an interview, declaring no interest in its bid; beginning again changes nothing.

    Raises:
        Refused: no place on the panel, a blind assessment of the bid to hand in first, no agreement, no declaration of
            interests for this year, or a conflict has come to light.
    """
    interview, interviewer = _hold(interview, by)
    if found := InterviewSheet.objects.filter(interview=interview, interviewer=interviewer).first():
        return found
    if interviews.is_still_blind(interview, by):
        raise Refused("Hand in your assessment of this bid first. The competition is blind, and an interview is not.")
    agreement.must_be_current(queries.agreed_version(interviewer.assessor))
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
    *,
    interview: Interview,
    scores: Mapping[InterviewCriterion, Mapping[str, Any]],
    by: User,
    at: dt.datetime,
    version: int | None = None,
    by_itself: bool = False,
) -> InterviewSheet:
    """Save points and reasons, all or nothing; the same again changes nothing.

    Args:
        scores: by criterion, `points` (a whole number from 0 to 10, None while thinking) and `reason`, or one.
        version: of the sheet that the writer saw; None when they saw none.
        by_itself: the page saves while somebody types; the record holds such saves once in ten minutes.

    Raises:
        SavedElsewhere: the sheet was saved from another window since.
        Refused: not begun, handed in already, or points or a reason that cannot be kept.
    """
    interview, interviewer = _hold(interview, by)
    sheet = _sheet(interview, interviewer)
    rules.must_be_in_progress(sheet.state)
    kept = {score.criterion_id: score for score in sheet.scores.all()}
    changed = {}
    for criterion, given in scores.items():
        if criterion.plan_id != interview.plan_id:
            raise Refused(f"“{criterion.title}” is not asked in this interview.")
        new = sheets.checked(given, criterion.title, 10)
        score = kept.get(criterion.pk) or InterviewScore(sheet=sheet, criterion=criterion)
        if new != {name: getattr(score, name) for name in new}:
            changed[criterion.pk] = score, new
    if not changed:
        return sheet
    sheets.must_be_seen(sheet, version)
    is_recorded = not (by_itself and sheets.is_same_stretch(sheet.saved_at, at))
    written = {str(key): _put(score, new) for key, (score, new) in changed.items()}
    sheet.version, sheet.saved_at = sheet.version + 1, at
    sheet.save(update_fields=["version", "saved_at"])
    if is_recorded:
        record(
            "interview.scored", f"bid:{interview.bid.reference}", by=by, role="assessor", at=at,
            changes={"sheet": sheet, "scores": written},
        )  # fmt: skip
    return sheet


def _put(score: InterviewScore, new: Mapping[str, Any]) -> dict[str, Any]:
    """Write points and reason on one criterion; return what the record says of it."""
    before = score.points
    for name, value in new.items():
        setattr(score, name, value)
    score.save()
    return {"points": [before, score.points], "reason_sha256": digest(score.reason)}


@transaction.atomic
def submit_interview(*, interview: Interview, by: User, at: dt.datetime, change_reason: str = "") -> InterviewSheet:
    """Hand in the points of an interview that is whole; they are fixed from then on, and kept for ever.

    Args:
        change_reason: why they differ from those handed in before, once the sheet was reopened.

    Raises:
        Refused: something is missing (all of it is named), or it was handed in already.
    """
    interview, interviewer = _hold(interview, by)
    sheet = _sheet(interview, interviewer)
    rules.must_be_in_progress(sheet.state)
    given = {score.criterion_id: score for score in sheet.scores.select_related("criterion")}
    missing = []
    for criterion in interview.plan.criteria.order_by("position"):
        score = given.get(criterion.pk)
        if score is None or score.points is None or words.is_blank(score.reason):
            missing.append(f"Give points and a reason for “{criterion.title}”.")
        elif over := words.over_limit(score.reason, rules.REASON_WORDS):
            missing.append(f"The reason on “{criterion.title}”: {over}")
    if missing:
        raise Refused(" ".join(missing))
    content = {"scores": {score.criterion.title: [score.points, score.reason] for score in given.values()}}
    kept = sheets.keep(sheet, content, change_reason=change_reason, at=at)
    sheet.submit(at=at)
    sheet.save(update_fields=["state", "submitted_at"])
    points = {str(key): score.points for key, score in given.items()}
    record(
        "interview.submitted", f"bid:{interview.bid.reference}", by=by, role="assessor", at=at,
        changes={
            "sheet": sheet, "state": [AssessmentState.IN_PROGRESS, AssessmentState.SUBMITTED], "points": points,
            "version": kept.number, "sha256": kept.sha256,
        },
    )  # fmt: skip
    return sheet


@transaction.atomic
def reopen_interview(*, sheet: InterviewSheet, reason: str, by: User, role: str, at: dt.datetime) -> InterviewSheet:
    """Let an interviewer change what they handed in, and tell them; it counts only when handed in again.

    Raises:
        Refused: no reason, nothing handed in, a conflict of interest keeps the interviewer away, they sit on the panel
            no more, or the interviews are over.
    """
    rules.must_manage(role)
    reason = sheets.reopening_reason(reason)
    interview, interviewer = _hold(sheet.interview, sheet.interviewer.assessor.user)
    sheet = _sheet(interview, interviewer)
    if sheet.state != AssessmentState.SUBMITTED:
        raise Refused("This interviewer has handed in nothing that could be opened again.")
    sheet.reopen(reason=reason)
    sheet.save(update_fields=["state", "reopened_reason"])
    bid, number = interview.bid, sheet.handed_in.count()
    record(
        "interview.reopened", f"bid:{bid.reference}", by=by, role=role, at=at,
        changes={
            "sheet": sheet, "state": [AssessmentState.SUBMITTED, AssessmentState.IN_PROGRESS],
            "reason_sha256": digest(reason),
        },
    )  # fmt: skip
    tell(
        "interview_reopened", to=interviewer.assessor.user, key=f"interview.reopened/{sheet.pk}/{number}", at=at,
        path=f"/assessments/interviews/{interview.pk}/", reference=bid.reference, competition=bid.competition,
        reason=reason,
    )  # fmt: skip
    return sheet


def _sheet(interview: Interview, interviewer: Interviewer) -> InterviewSheet:
    """Return an interviewer's sheet, locked."""
    rows = InterviewSheet.objects.select_for_update(no_key=True)
    sheet = rows.filter(interview=interview, interviewer=interviewer).first()
    if sheet is None:
        raise Refused("Declare first that you have no interest in this bid.")
    return sheet
