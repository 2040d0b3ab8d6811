"""Reads of score sheets: what is written, what is missing, what was handed in."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.models import User
from assessments import rules
from assessments.models import Assessment, Block, Discussion, Score, Seat
from assessments.states import AssessmentState, SeatState
from bids.states import STANDING
from funds.models import Question
from funds.states import CompetitionState
from infra import words
from infra.rows import rows

GROUPS = ("invited", "to_do", "handed_in", "over")


def group_of(seat: Seat) -> str:
    """Return where a seat stands in its assessor's work: to answer, to assess, handed in, or over."""
    assessment = getattr(seat, "assessment", None)
    if assessment and assessment.state == AssessmentState.SUBMITTED:
        return "handed_in"
    if seat.bid.competition.state != CompetitionState.IN_ASSESSMENT:
        return "over"
    return "invited" if seat.state == SeatState.INVITED else "to_do"


_ASKED = """
    SELECT {q} FROM assessments_seat seat
    JOIN assessments_assessor who ON who.id = seat.assessor_id AND who.user_id = %(user)s
    JOIN bids_bid b ON b.id = seat.bid_id AND b.state = ANY(%(standing)s)
    LEFT JOIN funds_question q ON q.competition_id = b.competition_id AND q.is_scored AND q.slug = ANY(%(slugs)s)
    WHERE seat.id = %(seat)s AND seat.state = ANY(%(held)s) AND NOT EXISTS (
        SELECT 1 FROM assessments_block x WHERE x.bid_id = seat.bid_id AND x.assessor_id = seat.assessor_id
    )
"""


def asked_of(user: User, seat: int, slugs: Collection[str]) -> list[Question] | None:
    """Return the scored questions with these slugs that a person's own seat asks; None when they hold no such seat.

    It is `queries.seats_of` for the request made most often.
    """
    standing, held = [str(s) for s in STANDING], [str(s) for s in rules.HELD]
    keys = {"user": user.pk, "seat": seat, "slugs": list(slugs), "standing": standing, "held": held}
    found = rows(_ASKED, keys, q=Question)
    return [question for (question,) in found if question] if found else None


def done_of(written: Sequence[tuple[Question, Score | None]]) -> int:
    """Return how many questions have points and a reason."""
    return sum(1 for _, s in written if s and s.points is not None and words.count(s.reason))


def content_of(assessment: Assessment) -> dict[str, Any]:
    """Return all that is handed in with a sheet, as it is kept for ever and its hash covers it."""
    scores = Score.objects.filter(assessment=assessment).order_by("question__position").select_related("question")
    return {
        "scores": {score.question.slug: [score.points, score.reason] for score in scores},
        **{name: getattr(assessment, name) for name in ("is_in_scope", "is_fundable", "feedback", "note")},
    }


def too_long(assessment: Assessment) -> list[str]:
    """Return what is wrong with the length of texts of a sheet, in words."""
    texts = [
        (f"The reason on “{score.question.heading}”", score.reason, rules.REASON_WORDS)
        for score in assessment.scores.select_related("question").order_by("question__position")
    ]
    texts += [(f"The {name}", getattr(assessment, name), rules.FEEDBACK_WORDS) for name in ("feedback", "note")]
    return [f"{what}: {problem}" for what, text, limit in texts if (problem := words.over_limit(text, limit))]


def was_taken_back(user: User, seat: int) -> bool:
    """Tell whether officials have withdrawn a person's seat, with no conflict of interest that hides its bid."""
    blocks = Block.objects.filter(bid=OuterRef("bid"), assessor=OuterRef("assessor"))
    withdrawn = Seat.objects.filter(pk=seat, assessor__user=user, state=SeatState.WITHDRAWN)
    return withdrawn.exclude(Exists(blocks)).exists()


def is_discussed(seat: Seat) -> bool:
    """Tell whether there is a discussion of a seat's bid that its assessor may read, having handed in."""
    assessment = getattr(seat, "assessment", None)
    has_handed_in = assessment is not None and assessment.submitted_at is not None
    return has_handed_in and Discussion.objects.filter(bid=seat.bid_id).exists()
