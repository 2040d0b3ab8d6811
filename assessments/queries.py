"""Reads of seats, scores and the ranked sheet."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from assessments import availability, rules
from assessments.models import (
    Absence,
    Agreement,
    Assessment,
    Assessor,
    Block,
    CompetitionCapacity,
    ConflictDecision,
    Decision,
    Declaration,
    Score,
    Seat,
)
from assessments.rules import Ranked
from assessments.states import AssessmentState, SeatState
from audit.record import as_json
from bids.models import Bid
from bids.states import STANDING, BidState
from funds.models import Competition, Envelope, Question

# One division of whole numbers, rounded once: halves go up and nothing is rounded twice.
_RANKED = """
WITH sheets AS (
    SELECT seat.bid_id, a.id, a.is_in_scope, a.is_fundable,
           sum(q.weight * s.points) AS earned, sum(q.weight * q.max_points) AS possible
    FROM bids_bid b
    JOIN assessments_seat seat ON seat.bid_id = b.id AND seat.state = 'accepted'
    JOIN assessments_assessment a ON a.seat_id = seat.id AND a.state = 'submitted' AND a.is_counted
    JOIN assessments_score s ON s.assessment_id = a.id
    JOIN funds_question q ON q.id = s.question_id AND q.is_scored AND q.competition_id = b.competition_id
    WHERE b.competition_id = %(competition)s
    GROUP BY seat.bid_id, a.id
), marks AS (
    SELECT bid_id, count(*) AS counted,
           round(100.0 * sum(earned) / sum(possible), 1) AS score,
           round(100.0 * (max(earned) - min(earned)) / max(possible), 1) AS spread,
           count(*) FILTER (WHERE is_in_scope) AS in_scope,
           count(*) FILTER (WHERE is_fundable) AS fundable
    FROM sheets GROUP BY bid_id
)
SELECT row_number() OVER (ORDER BY marks.score DESC NULLS LAST, b.reference), b.id, b.reference, sent.title,
       sent.lead_name, b.state, coalesce(marks.counted, 0), marks.score, marks.spread, sent.grant_pounds,
       coalesce(marks.in_scope, 0), coalesce(marks.fundable, 0), sent.clinical_area, sent.lead_region
FROM bids_bid b
JOIN bids_standing sent ON sent.bid_id = b.id
LEFT JOIN marks ON marks.bid_id = b.id
WHERE b.competition_id = %(competition)s AND b.state = ANY(%(standing)s)
ORDER BY 1
"""


def ranked(competition: Competition) -> list[Ranked]:
    """Return the ranked sheet of a competition, in one query: bids that stand, best score first, then by reference.

    Score is the weighted mean over submitted, counted assessments of accepted seats, spread the distance between the
    highest and the lowest of them; both per cent, 1 decimal, half up.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RANKED, {"competition": competition.pk, "standing": [str(s) for s in STANDING]})
        return [Ranked(*row) for row in cursor.fetchall()]


def frozen_line(row: Ranked) -> dict[str, Any]:
    """Return the figures of a bid as they are frozen for the panel; ranks follow from them."""
    names = ("score", "spread", "counted", "in_scope", "fundable", "grant_pounds")
    found: dict[str, Any] = as_json({name: getattr(row, name) for name in names})
    return found


def _is_blocked() -> Exists:
    return Exists(Block.objects.filter(bid=OuterRef("bid"), assessor=OuterRef("assessor")))


def seats_of(user: User) -> QuerySet[Seat]:
    """Return the seats that a person holds as an assessor, by deadline; a blocked pair or a lost seat is not there."""
    return (
        Seat.objects.filter(assessor__user=user, state__in=rules.HELD, bid__state__in=STANDING)
        .exclude(_is_blocked())
        .select_related("bid__competition", "assessor", "assessment")
        .order_by(F("bid__competition__assess_by").asc(nulls_last=True), "bid__reference")
    )


def with_agreement(seats: QuerySet[Seat]) -> QuerySet[Any]:
    """Return seats with `has_agreed`: whether their assessor has agreed to any version of the terms."""
    return seats.annotate(has_agreed=Exists(Agreement.objects.filter(assessor=OuterRef("assessor"))))


def bids_of(user: User) -> QuerySet[Bid]:
    """Return the bids whose content an assessor may read: accepted, which declares no interest, and not blocked."""
    held = seats_of(user).filter(state=SeatState.ACCEPTED)
    return Bid.objects.filter(pk__in=held.order_by().values("bid")).order_by("reference")


def visible_to(user: User) -> QuerySet[Seat]:
    """Return the seats, with what was written on them, that a person may see: officials all, an assessor their own."""
    if user.roles & rules.READS_ALL:
        return Seat.objects.select_related("bid__competition", "assessor__user", "assessment").order_by("bid", "id")
    return seats_of(user)


def interests_as_declared(assessor: Assessor) -> list[Any]:
    """Return the interests of an assessor that stand, as a declaration confirms them."""
    standing = assessor.interests.filter(ended_at=None).order_by("pk")
    return list(standing.values("pk", "kind", "organisation_id", "organisation_name", "company_number"))


def declared_until(assessor: Assessor) -> dt.date | None:
    """Return the last day for which an assessor's newest declaration holds; nothing when there is none."""
    return assessor.declarations.aggregate(last=Max("until"))["last"]


def agreed_version(assessor: Assessor) -> str | None:
    """Return the version of the agreement that an assessor said yes to last; nothing when they were never asked."""
    return assessor.agreements.order_by("-pk").values_list("version", flat=True).first()


def standing_of(user: User, today: dt.date) -> tuple[bool, bool]:
    """Tell whether a person has ever agreed to the terms, and whether their declaration holds today. One query."""
    agreed = Agreement.objects.filter(assessor=OuterRef("pk"))
    declared = Declaration.objects.filter(assessor=OuterRef("pk"), until__gte=today)
    return Assessor.objects.filter(user=user).values_list(Exists(agreed), Exists(declared)).first() or (False, False)


def declarations_running_out(today: dt.date, days: int) -> list[tuple[User, dt.date]]:
    """Return the available assessors whose declaration runs out within so many days, with its last day."""
    people = User.objects.filter(assessor__is_available=True, is_active=True)
    soon = people.annotate(last=Max("assessor__declarations__until")).order_by("pk")
    return [(user, user.last) for user in soon.filter(last__range=(today, today + dt.timedelta(days=days)))]


def scores_of(seat: Seat) -> list[tuple[Question, Score | None]]:
    """Return every scored question of the seat's competition, in order, with what is written on it. Two queries."""
    written = {score.question_id: score for score in Score.objects.filter(assessment__seat=seat)}
    questions = Question.objects.filter(competition=seat.bid.competition_id, is_scored=True).order_by("position")
    return [(question, written.get(question.pk)) for question in questions]


def lacking(assessment: Assessment) -> list[str]:
    """Return the headings of scored questions that have no points or no reason yet, in order."""
    done = Score.objects.filter(assessment=assessment, question=OuterRef("pk"), points__isnull=False).exclude(
        reason__regex=r"^\s*$"
    )
    questions = Question.objects.filter(competition__bids__seats=assessment.seat_id, is_scored=True)
    return list(questions.exclude(Exists(done)).order_by("position").values_list("heading", flat=True))


def board(competition: Competition) -> QuerySet[Bid]:
    """Return the bids that stand with the number of seats in each state, for the officials' board. One query."""

    def seats(**facts: Any) -> Count:
        return Count("seats", filter=Q(**{f"seats__{k}": v for k, v in facts.items()}), distinct=True)

    return (
        Bid.objects.filter(competition=competition, state__in=STANDING)
        .annotate(
            invited=seats(state=SeatState.INVITED),
            accepted=seats(state=SeatState.ACCEPTED),
            declined=seats(state=SeatState.DECLINED),
            submitted=seats(state=SeatState.ACCEPTED, assessment__state=AssessmentState.SUBMITTED),
        )
        .select_related("lead")
        .order_by("reference")
    )


def load(competition: Competition) -> QuerySet[Assessor]:
    """Return all assessors with the seats they hold in a competition and those they have handed in. One query."""
    here = Q(seats__bid__competition=competition)
    return (
        Assessor.objects.select_related("user", "network")
        .annotate(
            held=Count("seats", filter=here & Q(seats__state__in=rules.HELD), distinct=True),
            handed_in=Count(
                "seats",
                filter=here & Q(seats__state=SeatState.ACCEPTED, seats__assessment__state=AssessmentState.SUBMITTED),
                distinct=True,
            ),
        )
        .order_by("id")
    )


def capacities(
    competition: Competition, *, today: dt.date | None = None, only: Assessor | None = None
) -> dict[int, int]:
    """Return assessor key → how many bids of a competition they take, in four queries; of one assessor if asked.

    What is set for the competition goes before the profile. Nobody is asked who takes no invitations, has no account
    in use, or is away on every day of the assessment (from `today` on, where that is given): they take 0.
    """
    people = Assessor.objects.filter(pk=only.pk) if only else Assessor.objects.all()
    taken = dict(people.order_by("pk").values_list("pk", "capacity"))
    here = CompetitionCapacity.objects.filter(competition=competition, assessor__in=people)
    taken |= dict(here.values_list("assessor_id", "bids"))
    unable = set(people.filter(Q(is_available=False) | Q(user__is_active=False)).values_list("pk", flat=True))
    return taken | dict.fromkeys(unable | _away(competition, people, today), 0)


def _away(competition: Competition, people: QuerySet[Assessor], today: dt.date | None) -> set[int]:
    """Return the keys of those who are away while a competition is assessed; nobody while its end is not set."""
    if competition.assess_by is None:
        return set()
    days = availability.window(timezone.localdate(competition.closes_at), competition.assess_by, today)
    absences: dict[int, list[availability.Days]] = defaultdict(list)
    rows = Absence.objects.filter(assessor__in=people).values_list("assessor_id", "first_on", "last_on")
    for key, first, last in rows:
        absences[key].append((first, last))
    return {key for key, gone in absences.items() if availability.is_away_throughout(gone, days)}


def blocks_of(competition: Competition) -> QuerySet[Block]:
    """Return the blocked pairs of a competition with the reason of each."""
    return Block.objects.filter(bid__competition=competition).select_related("bid", "assessor__user").order_by("id")


def flagged(competition: Competition) -> QuerySet[Seat]:
    """Return seats whose assessment was handed in before a conflict of interest came to light."""
    return (
        Seat.objects.filter(bid__competition=competition, state=SeatState.ACCEPTED)
        .filter(_is_blocked())
        .select_related("bid", "assessor__user", "assessment")
        .order_by("bid__reference", "id")
    )


def is_kept_away(seat: Seat) -> bool:
    """Tell whether a conflict of interest blocks a seat's pair, and nobody decided to keep what was handed in."""
    blocked = Block.objects.filter(bid=seat.bid_id, assessor=seat.assessor_id)
    return blocked.exists() and not ConflictDecision.objects.filter(seat=seat, is_kept=True).exists()


def undecided_conflicts(competition: Competition) -> QuerySet[Seat]:
    """Return flagged seats of which nobody has decided yet whether they count."""
    return flagged(competition).filter(conflict_decision=None)


def left_pence(competition: Competition, sheet: list[Ranked]) -> int:
    """Return what the pot has left for new awards, in pence: less what is committed and what was won but not offered.

    Money of an award that has ended is no longer committed, so that it can fund a bid in reserve.
    """
    won = {row.bid_id: row.grant_pounds for row in sheet if row.state == BidState.SUCCESSFUL}
    waiting = Bid.objects.filter(competition__pot=OuterRef("pk"), state=BidState.SUCCESSFUL, award=None)
    pots = Envelope.objects.annotate(waiting=ArraySubquery(waiting.values("pk")))
    pot = pots.get(pk=competition.pot_id)
    return pot.cap_pence - pot.committed_pence - sum(won.get(key, 0) for key in pot.waiting) * 100


def decisions_of(competition: Competition) -> QuerySet[Decision]:
    """Return the decision that counts for each bid, its newest, by rank."""
    newer = Decision.objects.filter(bid=OuterRef("bid"), id__gt=OuterRef("id"))
    return (
        Decision.objects.filter(bid__competition=competition)
        .exclude(Exists(newer))
        .select_related("bid__lead", "proposal__by")
        .order_by("rank", "bid__reference")
    )
