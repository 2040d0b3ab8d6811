"""What an applicant reads once feedback is released: their own scores and reasons, and how all bids were scored."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from django.db.models import QuerySet

from assessments import queries
from assessments.models import Assessment, FeedbackRelease, Score
from assessments.states import AssessmentState, SeatState
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition, Question
from funds.money import round_half_up

BAND = 10  # per cent
DECIDED = (BidState.SUCCESSFUL, BidState.RESERVE, BidState.UNSUCCESSFUL)


class Given(NamedTuple):
    """What one assessor, who is not named, gave and wrote on a question."""

    number: int
    points: int
    reason: str


@dataclass(frozen=True)
class Scored:
    """A question with what every assessor gave, and the mean of it to 1 decimal half up."""

    question: Question
    mean: Decimal | None
    given: list[Given]


@dataclass(frozen=True)
class Overall:
    """What one assessor, who is not named, said about the whole bid."""

    number: int
    in_scope: bool
    fundable: bool
    feedback: str


@dataclass(frozen=True)
class Distribution:
    """How the bids of a competition were scored, per cent."""

    bands: list[tuple[int, int]]  # lower end of the band, number of bids
    lowest: Decimal
    middle: Decimal
    highest: Decimal
    line: Decimal | None  # score of the lowest bid that is funded
    funded: int
    scored: int


def bids_of(competition: Competition | int) -> QuerySet[Bid]:
    """Return the bids whose applicants are told when feedback is released."""
    return Bid.objects.filter(competition=competition, state__in=DECIDED).order_by("pk")


def release_of(bid: Bid) -> FeedbackRelease | None:
    """Return the release that lets a bid's applicants read its feedback; nothing before."""
    return FeedbackRelease.objects.filter(competition=bid.competition_id).first()


def _counted(bid: Bid) -> QuerySet[Assessment]:
    counted = {"state": AssessmentState.SUBMITTED, "is_counted": True, "seat__state": SeatState.ACCEPTED}
    return Assessment.objects.filter(seat__bid=bid, **counted).order_by("seat")


def of(bid: Bid) -> tuple[list[Scored], list[Overall]]:
    """Return a bid's scores question by question and what was said about it whole. Three queries."""
    sheets = list(_counted(bid))
    number = {sheet.pk: n for n, sheet in enumerate(sheets, start=1)}
    written: dict[int, list[Given]] = defaultdict(list)
    for score in Score.objects.filter(assessment__in=sheets, points__isnull=False).order_by("assessment__seat"):
        written[score.question_id].append(Given(number[score.assessment_id], score.points or 0, score.reason))
    questions = Question.objects.filter(competition=bid.competition_id, is_scored=True).order_by("position")
    scored = [Scored(question, _mean(written[question.pk]), written[question.pk]) for question in questions]
    overall = [Overall(number[s.pk], bool(s.is_in_scope), bool(s.is_fundable), s.feedback) for s in sheets]
    return scored, overall


def _mean(given: list[Given]) -> Decimal | None:
    return round_half_up(Decimal(sum(g.points for g in given)) / len(given), 1) if given else None


def distribution(competition: Competition) -> Distribution | None:
    """Return how all bids were scored; nothing when none was. One query."""
    rows = [row for row in queries.ranked(competition) if row.score is not None]
    if not rows:
        return None
    scores = [row.score for row in rows if row.score is not None]
    funded = [row.score for row in rows if row.state == BidState.SUCCESSFUL and row.score is not None]
    bands = [(low, sum(1 for score in scores if band(score) == low)) for low in range(0, 100, BAND)]
    return Distribution(
        bands=bands,
        lowest=min(scores),
        middle=round_half_up(Decimal(median(scores)), 1),
        highest=max(scores),
        line=min(funded, default=None),
        funded=len(funded),
        scored=len(scores),
    )


def band(score: Decimal) -> int:
    """Return the lower end of the band that a score falls into, per cent."""
    return min(int(score) // BAND * BAND, 100 - BAND)
