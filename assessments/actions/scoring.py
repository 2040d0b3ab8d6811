"""Write, hand in and reopen an assessment. Scores cost one lock and no more than an answer of a bid does."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import agreement, blind, queries, rules
from assessments import scoring as reads
from assessments.actions import sheets
from assessments.actions.locks import hold_in_assessment, hold_seat
from assessments.models import Assessment, Score, Seat
from assessments.states import AssessmentState, SeatState
from audit.record import digest, record
from funds.models import Question
from infra.rows import rows

JUDGEMENT = ("is_in_scope", "is_fundable", "feedback", "note")

_HELD = """
    SELECT {seat}, who.user_id, b.competition_id, call.state, EXISTS (
        SELECT 1 FROM assessments_block x WHERE x.bid_id = seat.bid_id AND x.assessor_id = seat.assessor_id
    )
    FROM assessments_seat seat
    JOIN assessments_assessor who ON who.id = seat.assessor_id
    JOIN bids_bid b ON b.id = seat.bid_id
    JOIN funds_competition call ON call.id = b.competition_id
    WHERE seat.id = %(seat)s FOR NO KEY UPDATE OF seat
"""
_SHEET = "SELECT {sheet} FROM assessments_assessment sheet WHERE sheet.seat_id = %(seat)s"
_SCORES = """
    SELECT {score} FROM assessments_score score
    WHERE score.assessment_id = %(sheet)s AND score.question_id = ANY(%(questions)s)
"""


def _hold_to_write(seat: Seat | int, by: User) -> tuple[Seat, int, Assessment | None]:
    """Lock an assessor's own accepted seat, for the deed done most often.

    Returns:
        The seat, the key of its competition, and its assessment, if one was begun and is not handed in. That is read
        after the lock, as another window may have saved while this one waited.
    """
    key = seat if isinstance(seat, int) else seat.pk
    [(held, user_id, competition_id, state, is_blocked)] = rows(_HELD, {"seat": key}, seat=Seat)
    if user_id != by.pk:
        raise Refused("Only the assessor of this seat may write its assessment.")
    if held.state != SeatState.ACCEPTED or is_blocked:
        is_invited = held.state == SeatState.INVITED
        raise Refused(
            "Accept the bid before you assess it." if is_invited else "This bid is no longer yours to assess."
        )
    rules.must_be_in_assessment(state)
    [(assessment,)] = rows(_SHEET, {"seat": key}, sheet=Assessment) or [(None,)]
    if assessment:
        rules.must_be_in_progress(assessment.state)
    return held, competition_id, assessment


def _typed(scores: Mapping[Question, Mapping[str, Any]], competition_id: int) -> dict[Question, dict[str, Any]]:
    """Return points and reasons as they are kept; refuse what is none, or is about another competition."""
    found = {}
    for question, given in scores.items():
        if question.competition_id != competition_id or not question.is_scored:
            raise Refused(f"“{question.heading}” is not a scored question of this competition.")
        found[question] = sheets.checked(given, question.heading, min(question.max_points, 10))
    return found


@transaction.atomic
def save_sheet(
    *,
    seat: Seat | int,
    scores: Mapping[Question, Mapping[str, Any]],
    judgement: Mapping[str, Any],
    by: User,
    at: dt.datetime,
    version: int | None = None,
    by_itself: bool = False,
) -> Assessment:
    """Save what was typed on a score sheet, all or nothing; the first save begins it, the same again changes nothing.

    Args:
        seat: the assessor's seat, or its key.
        scores: by question, `points` (a whole number, or None while the assessor is thinking) and `reason`, or one.
        judgement: of `is_in_scope`, `is_fundable` (None: not said yet), `feedback` for the applicant and `note` for
            officials, those that were typed.
        version: of the sheet that the writer saw; None when they saw none.
        by_itself: the page saves while somebody types; the record holds such saves once in ten minutes.

    Raises:
        SavedElsewhere: the sheet was saved from another window since.
        Refused: not the assessor's own accepted seat, points or a text that cannot be kept, or handed in already.
    """
    return _save(seat, scores, judgement, by=by, at=at, version=version, by_itself=by_itself)[0]


def _save(
    seat: Seat | int,
    scores: Mapping[Question, Mapping[str, Any]],
    judgement: Mapping[str, Any],
    *,
    by: User,
    at: dt.datetime,
    version: int | None = None,
    by_itself: bool = False,
) -> tuple[Assessment, dict[int, Score]]:
    """Save a sheet as `save_sheet` says; return it with the scores that are kept now, by the key of the question."""
    seat, competition_id, assessment = _hold_to_write(seat, by)
    assessment = assessment or Assessment(seat=seat)
    typed = _typed(scores, competition_id)
    keys = {"sheet": assessment.pk, "questions": [question.pk for question in typed]}
    kept = {score.question_id: score for (score,) in rows(_SCORES, keys, score=Score)} if typed else {}
    changed = {
        question: (kept.get(question.pk) or Score(question=question), new)
        for question, new in typed.items()
        if new != {name: getattr(kept.get(question.pk, _NO_SCORE), name) for name in new}
    }
    judged: dict[str, tuple[Any, Any]] = {}
    for name, value in judgement.items():
        new_value = sheets.plain(value, f"The {name}") if isinstance(value, str) else value
        if new_value != getattr(assessment, name):
            judged[name] = getattr(assessment, name), new_value
    if not changed and not judged:
        return assessment, kept
    sheets.must_be_seen(assessment, version)
    is_recorded = not (by_itself and sheets.is_same_stretch(assessment.saved_at, at))
    for name, (_, value) in judged.items():
        setattr(assessment, name, value)
    assessment.version, assessment.saved_at = assessment.version + 1, at
    assessment.save(update_fields=None if assessment.pk is None else [*judged, "version", "saved_at"])
    for score, new in changed.values():
        _put(score, assessment, new, is_recorded, by=by, at=at)
    if judged and is_recorded:
        _record_judgement(assessment, judged, by=by, at=at)
    return assessment, kept | {question.pk: score for question, (score, _) in changed.items()}


_NO_SCORE = Score()


def _put(score: Score, assessment: Assessment, new: Mapping[str, Any], is_recorded: bool, **who: Any) -> None:
    """Write points and reason of one question."""
    before = (score.points, score.reason)
    for name, value in new.items():
        setattr(score, name, value)
    if score.pk is None:
        score.assessment = assessment
        score.save(force_insert=True)
    else:
        score.save(update_fields=list(new))
    if is_recorded:
        record(
            "score.saved", f"seat:{assessment.seat_id}", role="assessor", **who,
            changes={
                "question": score.question_id, "points": [before[0], score.points],
                "reason_sha256": [digest(before[1]), digest(score.reason)],
            },
        )  # fmt: skip


def _record_judgement(assessment: Assessment, judged: Mapping[str, tuple[Any, Any]], **who: Any) -> None:
    changes: dict[str, Any] = {}
    for name, both in judged.items():
        is_text = isinstance(both[1], str)
        changes[f"{name}_sha256" if is_text else name] = [digest(value) for value in both] if is_text else [*both]
    record("assessment.saved", f"seat:{assessment.seat_id}", role="assessor", changes=changes, **who)


@transaction.atomic
def save_score(
    *, seat: Seat, question: Question, points: int | str | None, reason: str, by: User, at: dt.datetime
) -> Score:
    """Save points and reason on one question, as `save_sheet` does.

    Raises:
        Refused: as `save_sheet`.
    """
    _, kept = _save(seat, {question: {"points": points, "reason": reason}}, {}, by=by, at=at)
    return kept[question.pk]


def save_overall(*, seat: Seat, by: User, at: dt.datetime, **judgement: Any) -> Assessment:
    """Save the judgement on the whole bid, as `save_sheet` does.

    Raises:
        Refused: as `save_sheet`.
    """
    return save_sheet(seat=seat, scores={}, judgement=judgement, by=by, at=at)


@transaction.atomic
def submit_assessment(*, seat: Seat, by: User, at: dt.datetime, change_reason: str = "") -> Assessment:
    """Hand in an assessment that is whole; from then on its scores are fixed, and what was handed in is kept for ever.

    Args:
        change_reason: why scores differ from those handed in before, once it was reopened.

    Raises:
        Refused: something is missing (all of it is named), it was handed in already, or its assessor has never agreed
            to the terms.
    """
    seat, _, assessment = _hold_to_write(seat, by)
    agreement.must_have_agreed(queries.agreed_version(seat.assessor))
    assessment = assessment or Assessment.objects.create(seat=seat)
    missing = rules.missing_before_submission(
        lacking=queries.lacking(assessment),
        too_long=reads.too_long(assessment),
        is_in_scope=assessment.is_in_scope,
        is_fundable=assessment.is_fundable,
    )
    if missing:
        raise Refused(" ".join(missing))
    hold_in_assessment(seat)
    kept = sheets.keep(assessment, reads.content_of(assessment), change_reason=change_reason, at=at)
    assessment.submit(at=at)
    assessment.save(update_fields=["state", "submitted_at"])
    scores = dict(Score.objects.filter(assessment=assessment).order_by("question").values_list("question_id", "points"))
    _record(
        assessment, seat, "assessment.submitted", by=by, role="assessor", at=at, scores=scores, version=kept.number,
        sha256=kept.sha256,
    )  # fmt: skip
    return assessment


@transaction.atomic
def reopen_assessment(*, seat: Seat, reason: str, by: User, role: str, at: dt.datetime) -> Assessment:
    """Let the assessor change an assessment that was handed in, and tell them; it counts only when handed in again.

    Raises:
        Refused: no reason, nothing handed in, or the assessment of the competition is over.
    """
    rules.must_manage(role)
    reason = sheets.reopening_reason(reason)
    seat, assessment = _hold_submitted(seat)
    last = assessment.handed_in.count()
    if not last and assessment.submitted_at:  # handed in before what was handed in was kept
        last = sheets.keep(assessment, reads.content_of(assessment), at=assessment.submitted_at).number
    assessment.reopen(reason=reason)
    assessment.save(update_fields=["state", "reopened_reason"])
    _record(assessment, seat, "assessment.reopened", by=by, role=role, at=at, reason_sha256=digest(reason))
    tell(
        "assessment_reopened", to=seat.assessor.user, key=f"assessment.reopened/{seat.pk}/{last}", at=at,
        path=f"/assessments/{seat.pk}/", reference=seat.bid.reference, competition=seat.bid.competition,
        reason=blind.text_for_assessor(seat.bid, reason),
    )  # fmt: skip
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
    if is_counted and queries.is_kept_away(seat):
        raise Refused("A conflict of interest keeps this assessment from counting. Decide the conflict first.")
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
