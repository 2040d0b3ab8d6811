"""Reads of interviews: what officials plan, what interviewers and applicants see, and what came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import User
from assessments import interview_rules, queries, rules
from assessments.models import (
    Block,
    HandedIn,
    Interview,
    InterviewCriterion,
    Interviewer,
    InterviewPlan,
    InterviewScore,
    InterviewSheet,
    InterviewSlot,
    Seat,
)
from assessments.states import AssessmentState, InterviewState
from bids.models import Bid
from funds.models import Competition
from funds.money import round_half_up

MOST_TO_CHOOSE = 100  # bids and slots that one page offers
_SCORES = """
SELECT i.bid_id, round(100.0 * sum(s.points) / (10 * count(*)), 1)
FROM assessments_interview i
JOIN assessments_interviewsheet sheet ON sheet.interview_id = i.id AND sheet.state = 'submitted'
JOIN assessments_interviewer who ON who.id = sheet.interviewer_id
JOIN assessments_interviewplan plan ON plan.id = i.plan_id
JOIN assessments_interviewscore s ON s.sheet_id = sheet.id
WHERE plan.competition_id = %s AND NOT EXISTS (
    SELECT 1 FROM assessments_block b WHERE b.bid_id = i.bid_id AND b.assessor_id = who.assessor_id
)
GROUP BY i.bid_id
"""


@dataclass(frozen=True)
class Given:
    """What one interviewer gave one bid: per cent when handed in."""

    sheet: InterviewSheet
    percent: Decimal | None
    scores: list[InterviewScore]

    @property
    def changes(self) -> list[HandedIn]:
        """Sheets handed in after the first, each with why it differs from the one before."""
        return sorted((kept for kept in self.sheet.handed_in.all() if kept.number > 1), key=lambda kept: kept.number)


def scores_of(competition: Competition) -> dict[int, Decimal]:
    """Return bid key → mean of its interview over the sheets that are in, per cent to 1 decimal half up. One query.

    What an interviewer handed in before a conflict of interest came to light does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, [competition.pk])
        return dict(cursor.fetchall())


def combined(score: Decimal | None, interview: Decimal | None, weight_percent: int) -> Decimal | None:
    """Return score and interview in one figure, per cent to 1 decimal half up; nothing without both or without weight.

    It stands beside the score and never instead of it: rank, line and decision go by the score.
    """
    if score is None or interview is None or not weight_percent:
        return None
    return round_half_up(((100 - weight_percent) * score + weight_percent * interview) / 100, 1)


def beside(competition: Competition, ranked: Iterable[rules.Ranked]) -> dict[int, tuple[Decimal, Decimal | None]]:
    """Return bid key → interview and combined score of the bids that were interviewed, as the ranked sheet shows them.

    Two queries where the competition interviews, none elsewhere.
    """
    plan = plan_of(competition) if competition.has_interview else None
    if plan is None:
        return {}
    given, weight = scores_of(competition), plan.weight_percent
    return {
        row.bid_id: (given[row.bid_id], combined(row.score, given[row.bid_id], weight))
        for row in ranked
        if row.bid_id in given
    }


def plan_of(competition: Competition) -> InterviewPlan | None:
    """Return how a competition interviews; nothing until it is planned."""
    return InterviewPlan.objects.filter(competition=competition).first()


def all_of(plan: InterviewPlan) -> QuerySet[Interview]:
    """Return the interviews of a plan by their time, with the number of sheets begun and handed in. One query."""
    is_in = Q(sheets__state=AssessmentState.SUBMITTED)
    return (
        Interview.objects.filter(plan=plan)
        .select_related("bid__standing", "slot")
        .annotate(begun=Count("sheets"), handed_in=Count("sheets", filter=is_in))
        .order_by("slot__starts_at", "pk")
    )


def free_slots(plan: InterviewPlan) -> QuerySet[InterviewSlot]:
    """Return the slots that no interview takes."""
    return plan.slots.filter(interview=None).order_by("starts_at", "pk")


def bids_to_invite(competition: Competition) -> list[rules.Ranked]:
    """Return the best bids at or above the threshold that have no interview yet, at most 100, best first."""
    there = set(
        Interview.objects.filter(plan__competition=competition)
        .exclude(state=InterviewState.CANCELLED)
        .values_list("bid", flat=True)
    )
    ranked = queries.ranked(competition)
    found = [r for r in ranked if r.bid_id not in there and rules.is_above_line(r, competition.quality_threshold)]
    return found[:MOST_TO_CHOOSE]


def to_hold(user: User) -> QuerySet[Interview]:
    """Return the interviews that an assessor sits in, by their time; a bid that they are blocked from is not there."""
    seat = Interviewer.objects.filter(plan=OuterRef("plan"), assessor__user=user, left_at=None)
    blocked = Block.objects.filter(bid=OuterRef("bid"), assessor__user=user)
    standing = Interview.objects.exclude(state=InterviewState.CANCELLED).filter(
        bid__state__in=interview_rules.INTERVIEWED
    )
    return (
        standing.filter(Exists(seat))
        .exclude(Exists(blocked))
        .select_related("plan__competition", "bid__competition", "slot")
        .order_by("slot__starts_at", "pk")
    )


def is_still_blind(interview: Interview, user: User) -> bool:
    """Tell whether a person has to assess the bid of an interview first, not knowing who bids, as an interview says."""
    mine = Seat.objects.filter(bid=interview.bid_id, assessor__user=user, state__in=rules.HELD)
    return interview.plan.competition.is_blind and mine.filter(assessment__submitted_at=None).exists()


def sheet_of(interview: Interview, user: User) -> InterviewSheet | None:
    """Return what a person has written on an interview, if they have begun."""
    mine = InterviewSheet.objects.filter(interview=interview, interviewer__assessor__user=user)
    return mine.select_related("interviewer").first()


def written_on(sheet: InterviewSheet) -> list[tuple[InterviewCriterion, InterviewScore | None]]:
    """Return every criterion of a sheet's interview, in order, with what is written on it. Two queries."""
    kept = {score.criterion_id: score for score in sheet.scores.all()}
    criteria = InterviewCriterion.objects.filter(plan=sheet.interviewer.plan_id).order_by("position")
    return [(criterion, kept.get(criterion.pk)) for criterion in criteria]


def given_to(interview: Interview) -> list[Given]:
    """Return what every interviewer gave, as officials read it. Three queries."""
    sheets = interview.sheets.select_related("interviewer__assessor__user").prefetch_related("handed_in")
    found = list(sheets.order_by("pk"))
    written: dict[int, list[InterviewScore]] = {sheet.pk: [] for sheet in found}
    rows = InterviewScore.objects.filter(sheet__interview=interview).select_related("criterion")
    for score in rows.order_by("criterion__position"):
        written[score.sheet_id].append(score)
    return [_given(sheet, written[sheet.pk]) for sheet in found]


def _given(sheet: InterviewSheet, scores: list[InterviewScore]) -> Given:
    """Return a sheet with its percentage; one that is not in shows nothing."""
    if sheet.state != AssessmentState.SUBMITTED:
        return Given(sheet, None, [])
    total = sum(score.points or 0 for score in scores)
    return Given(sheet, round_half_up(Decimal(100 * total) / (10 * len(scores)), 1), scores)


def of_bid(bid: Bid) -> Interview | None:
    """Return the interview of a bid that its applicants are invited to."""
    rows = Interview.objects.filter(bid=bid).exclude(state=InterviewState.CANCELLED)
    return rows.select_related("slot", "plan").first()
