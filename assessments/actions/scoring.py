"""Write, hand in and reopen an assessment. Scores cost one lock and no more than an answer of a bid does."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import queries, rules
from assessments.actions.locks import hold_in_assessment, hold_seat
from assessments.models import Assessment, Score, Seat
from assessments.states import AssessmentState, SeatState
from audit.record import digest, record
from funds.models import Question
from infra import words


def _hold_to_write(seat: Seat, by: User) -> tuple[Seat, Assessment | None]:
    """Lock an assessor's own accepted seat and return it with its assessment, if one was begun and is not handed in."""
    seat = hold_seat(seat)
    if seat.assessor.user_id != by.pk:
        raise Refused("Only the assessor of this seat may write its assessment.")
    if seat.state != SeatState.ACCEPTED:
        is_invited = seat.state == SeatState.INVITED
        raise Refused(
            "Accept the bid before you assess it." if is_invited else "This bid is no longer yours to assess."
        )
    rules.must_be_in_assessment(seat.bid.competition.state)
    assessment = Assessment.objects.filter(seat=seat).first()
    if assessment:
        rules.must_be_in_progress(assessment.state)
    return seat, assessment


def _must_be_text(text: str, limit: int, what: str) -> None:
    """Refuse a text that cannot be kept or has too many words."""
    if problem := words.why_not_text(text) or words.over_limit(text, limit):
        raise Refused(f"{what}: {problem}")


@transaction.atomic
def save_score(
    *, seat: Seat, question: Question, points: int | str | None, reason: str, by: User, at: dt.datetime
) -> Score:
    """Save points and reason on one question; the first save begins the assessment, the same again changes nothing.

    Args:
        points: a whole number from 0 to the question's most, or None while the assessor is still thinking.
        reason: at most 100 words.

    Raises:
        Refused: not the assessor's own accepted seat, points or reason not allowed, or handed in already.
    """
    if points is not None:
        points = rules.points(points, min(question.max_points, 10))
    _must_be_text(reason, rules.REASON_WORDS, f"The reason on “{question.heading}”")
    seat, assessment = _hold_to_write(seat, by)
    if question.competition_id != seat.bid.competition_id or not question.is_scored:
        raise Refused(f"“{question.heading}” is not a scored question of this competition.")
    assessment = assessment or Assessment.objects.create(seat=seat)
    score = Score.objects.filter(assessment=assessment, question=question).first()
    before = (score.points, score.reason) if score else (None, "")
    if score and before == (points, reason):
        return score
    if score:
        score.points, score.reason = points, reason
        score.save(update_fields=["points", "reason"])
    else:
        score = Score.objects.create(assessment=assessment, question=question, points=points, reason=reason)
    record(
        "score.saved", f"seat:{seat.pk}", by=by, role="assessor", at=at,
        changes={
            "question": question.pk, "points": [before[0], points],
            "reason_sha256": [digest(before[1]), digest(reason)],
        },
    )  # fmt: skip
    return score


@transaction.atomic
def save_overall(
    *,
    seat: Seat,
    is_in_scope: bool | None,
    is_fundable: bool | None,
    feedback: str,
    note: str,
    by: User,
    at: dt.datetime,
) -> Assessment:
    """Save the judgement on the whole bid; saving the same again changes nothing.

    Args:
        feedback: for the applicant, at most 400 words.
        note: for officials only, at most 400 words.

    Raises:
        Refused: not the assessor's own accepted seat, a text too long, or handed in already.
    """
    for text, what in ((feedback, "The feedback"), (note, "The note")):
        _must_be_text(text, rules.FEEDBACK_WORDS, what)
    seat, assessment = _hold_to_write(seat, by)
    assessment = assessment or Assessment.objects.create(seat=seat)
    new = {"is_in_scope": is_in_scope, "is_fundable": is_fundable, "feedback": feedback, "note": note}
    before = {name: getattr(assessment, name) for name in new}
    if before == new:
        return assessment
    for name, value in new.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=list(new))
    changes = {name: [before[name], new[name]] for name in ("is_in_scope", "is_fundable")}
    texts = {f"{name}_sha256": [digest(before[name]), digest(new[name])] for name in ("feedback", "note")}
    record("assessment.saved", f"seat:{seat.pk}", by=by, role="assessor", at=at, changes={**changes, **texts})
    return assessment


@transaction.atomic
def submit_assessment(*, seat: Seat, by: User, at: dt.datetime) -> Assessment:
    """Hand in an assessment that is whole; from then on its scores are fixed.

    Raises:
        Refused: something is missing (all of it is named), or it was handed in already.
    """
    seat, assessment = _hold_to_write(seat, by)
    assessment = assessment or Assessment.objects.create(seat=seat)
    missing = rules.missing_before_submission(
        lacking=queries.lacking(assessment), is_in_scope=assessment.is_in_scope, is_fundable=assessment.is_fundable
    )
    if missing:
        raise Refused(" ".join(missing))
    hold_in_assessment(seat)
    assessment.submit(at=at)
    assessment.save(update_fields=["state", "submitted_at"])
    scores = dict(Score.objects.filter(assessment=assessment).order_by("question").values_list("question_id", "points"))
    _record(assessment, seat, "assessment.submitted", by=by, role="assessor", at=at, scores=scores)
    return assessment


@transaction.atomic
def reopen_assessment(*, seat: Seat, reason: str, by: User, role: str, at: dt.datetime) -> Assessment:
    """Let the assessor change an assessment that was handed in; it counts for nothing until it is handed in again.

    Raises:
        Refused: no reason, nothing handed in, or the assessment of the competition is over.
    """
    rules.must_manage(role)
    if not reason.strip():
        raise Refused("Give a reason for reopening the assessment.")
    seat, assessment = _hold_submitted(seat)
    assessment.reopen(reason=reason.strip())
    assessment.save(update_fields=["state", "reopened_reason"])
    digest_of_reason = digest(reason.strip())
    _record(assessment, seat, "assessment.reopened", by=by, role=role, at=at, reason_sha256=digest_of_reason)
    return assessment


@transaction.atomic
def set_counted(*, seat: Seat, is_counted: bool, reason: str, by: User, role: str, at: dt.datetime) -> Assessment:
    """Leave an assessment out of the score, with a reason, or take it in again.

    Raises:
        Refused: no reason for leaving it out, nothing handed in, or the assessment of the competition is over.
    """
    rules.must_manage(role)
    if not is_counted and not reason.strip():
        raise Refused("Give a reason for leaving the assessment out.")
    seat, assessment = _hold_submitted(seat)
    before = assessment.is_counted
    if before == is_counted:
        return assessment
    assessment.is_counted, assessment.left_out_reason = is_counted, "" if is_counted else reason.strip()
    assessment.save(update_fields=["is_counted", "left_out_reason"])
    record(
        "assessment.counted" if is_counted else "assessment.left_out", f"seat:{seat.pk}", by=by, role=role, at=at,
        changes={"is_counted": [before, is_counted], "reason_sha256": digest(reason.strip())},
    )  # fmt: skip
    return assessment


def _hold_submitted(seat: Seat) -> tuple[Seat, Assessment]:
    seat = hold_seat(seat)
    hold_in_assessment(seat)
    assessment = Assessment.objects.filter(seat=seat, state=AssessmentState.SUBMITTED).first()
    if assessment is None or seat.state != SeatState.ACCEPTED:
        raise Refused("Nothing has been handed in on this seat.")
    return seat, assessment


def _record(
    assessment: Assessment, seat: Seat, verb: str, *, by: User, role: str, at: dt.datetime, **facts: object
) -> None:
    before = (
        AssessmentState.SUBMITTED if assessment.state == AssessmentState.IN_PROGRESS else AssessmentState.IN_PROGRESS
    )
    record(
        verb, f"seat:{seat.pk}", by=by, role=role, at=at,
        changes={"bid": seat.bid.reference, "state": [before, assessment.state], **facts},
    )  # fmt: skip
