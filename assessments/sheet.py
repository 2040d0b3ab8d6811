"""Reads for the officials' pages: the ranked sheet as a panel sees it, how far assessment is, and one bid's scores."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from assessments import moderation, panel_queries, queries, rules
from assessments.models import Assessment, FrozenSheet, PanelMeeting, Score, Seat
from assessments.moderation import Advice, Flag, Mark
from assessments.rules import Ranked
from assessments.states import AssessmentState, Outcome, SeatState
from bids.models import Bid
from bids.queries import kept_from
from bids.states import BidState
from funds import approvals
from funds.models import Competition, Proposal, Question
from funds.money import round_half_up
from funds.states import CompetitionState

# From then on the sheet is the frozen one.
FIXED = (CompetitionState.AT_PANEL, CompetitionState.DECIDED, CompetitionState.CLOSED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ranked sheet with what a panel wants to see beside it."""

    row: Ranked
    marks: Sequence[Decimal]  # what each counted assessor gave, per cent, lowest first
    held: int  # seats invited or accepted
    handed_in: int
    cumulative_pounds: int  # grants of this bid and of all above it on the sheet
    outcome: str
    override_reason: str
    calibrated: Decimal | None  # advisory, beside the score
    flags: Sequence[Flag]


@dataclass(frozen=True)
class Sheet:
    """The ranked sheet of a competition, with where its outcomes come from."""

    lines: list[Line]
    basis: str  # Suggested, Proposed or Decided
    proposal: Proposal | None
    left_pence: int
    withheld: int = 0  # bids that a conflict of interest keeps from the reader, left out of lines and sums

    @property
    def waits_for_approval(self) -> bool:
        """Tell whether a decision was put forward that nobody has approved yet."""
        return self.basis == "Proposed"


def of(competition: Competition, reader: User | None = None) -> Sheet:
    """Return the ranked sheet, in a constant number of queries, without what is kept from the reader."""
    ranked = queries.ranked(competition)
    left = queries.left_pence(competition, ranked)
    proposal = approvals.waiting("decision").filter(reference=competition.reference).first()
    decided = {d.bid_id: (str(d.outcome), d.override_reason) for d in queries.decisions_of(competition)}
    if proposal is not None:
        basis, outcomes = "Proposed", _proposed(ranked, proposal)
    elif decided:
        basis, outcomes = "Decided", decided
    else:
        found = rules.suggest(ranked, left_pence=left, threshold=competition.quality_threshold)
        basis, outcomes = "Suggested", {row.bid_id: (found[row.reference], "") for row in ranked}
    kept = kept_from(reader, competition) if reader else set()
    lines = list(_lines(competition, ranked, decided | outcomes, kept))
    return Sheet(lines, basis, proposal, left, withheld=len(ranked) - len(lines))


def _proposed(ranked: Sequence[Ranked], proposal: Proposal) -> dict[int, tuple[str, str]]:
    lines = proposal.content["bids"]
    return {
        row.bid_id: (lines[row.reference]["outcome"], lines[row.reference]["override_reason"])
        for row in ranked
        if row.reference in lines
    }


def _lines(
    competition: Competition, ranked: Sequence[Ranked], outcomes: Mapping[int, tuple[str, str]], kept: Collection[int]
) -> Iterator[Line]:
    beside = _beside(competition, ranked)
    cumulative = 0
    for row in ranked:
        if row.bid_id in kept:
            continue
        cumulative += row.grant_pounds
        outcome, reason = outcomes.get(row.bid_id, ("", ""))
        advice, held, handed_in = beside[row.bid_id]
        yield Line(row, advice.given, held, handed_in, cumulative, outcome, reason, advice.calibrated, advice.flags)


Beside = tuple[Advice, int, int]  # the advice on a bid, its seats held, its assessments handed in


def _beside(competition: Competition, ranked: Sequence[Ranked]) -> dict[int, Beside]:
    """Return what stands beside each score: what was frozen for the panel, or else what stands now. One query."""
    frozen: Mapping[str, Any] = {}
    if competition.state in FIXED:
        frozen = FrozenSheet.objects.filter(competition=competition).values_list("lines", flat=True).first() or {}
    if not all("marks" in frozen.get(row.reference, ()) for row in ranked):
        return _as_it_stands(competition, ranked)
    lines = {row.bid_id: frozen[row.reference] for row in ranked}
    return {bid: (moderation.thawed(bid, line), line["held"], line["handed_in"]) for bid, line in lines.items()}


def _as_it_stands(competition: Competition, ranked: Sequence[Ranked]) -> dict[int, Beside]:
    marks, seats = work_on(competition)
    advice = moderation.advise(ranked, marks, competition.quality_threshold)
    return {bid: (found, *seats.get(bid, (0, 0))) for bid, found in advice.items()}


def to_freeze(competition: Competition) -> dict[str, dict[str, Any]]:
    """Return bid reference → all that a panel is shown of how a bid was scored, as it is frozen. Two queries."""
    ranked = queries.ranked(competition)
    beside = _as_it_stands(competition, ranked)
    lines = {}
    for row in ranked:
        advice, held, handed_in = beside[row.bid_id]
        seats = {"held": held, "handed_in": handed_in}
        lines[row.reference] = queries.frozen_line(row) | seats | moderation.frozen(advice)
    return lines


def flags_of(bid: Bid) -> list[Flag]:
    """Return why a bid should be talked about, as the ranked sheet shows it. Two queries."""
    competition = bid.competition
    ranked = queries.ranked(competition)
    if all(row.bid_id != bid.pk for row in ranked):
        return []
    marks, _ = work_on(competition)
    return list(moderation.advise(ranked, marks, competition.quality_threshold)[bid.pk].flags)


@dataclass(frozen=True)
class Standing:
    """How far the panel of a competition is: its newest meeting, and the decision that waits."""

    meeting: PanelMeeting | None
    proposal: Proposal | None


def standing(competition: Competition) -> Standing:
    """Return how far the panel is. Two queries."""
    waiting = approvals.waiting("decision").filter(reference=competition.reference).first()
    return Standing(panel_queries.current(competition), waiting)


def undecided(competition: Competition, sheet: Sheet) -> list[Line]:
    """Return the lines that a decision can be taken on: at the panel all that stand, afterwards those decided on."""
    match competition.state:
        case CompetitionState.AT_PANEL:
            return [line for line in sheet.lines if line.row.state == BidState.SUBMITTED]
        case CompetitionState.DECIDED:
            return [line for line in sheet.lines if line.row.state in rules.DECIDED]
    return []


_WORK = """
SELECT seat.bid_id, seat.assessor_id, a.state = 'submitted' AND seat.state = 'accepted', a.is_counted,
       sum(q.weight * s.points), sum(q.weight * q.max_points)
FROM bids_bid b
JOIN assessments_seat seat ON seat.bid_id = b.id AND seat.state = ANY(%(held)s)
LEFT JOIN assessments_assessment a ON a.seat_id = seat.id
LEFT JOIN assessments_score s ON s.assessment_id = a.id AND a.state = 'submitted'
LEFT JOIN funds_question q ON q.id = s.question_id AND q.is_scored
WHERE b.competition_id = %(competition)s
GROUP BY seat.id, a.id
ORDER BY a.id
"""


def work_on(competition: Competition) -> tuple[list[Mark], dict[int, tuple[int, int]]]:
    """Return what each counted assessor gave each bid, and bid key → (seats held, handed in). One query.

    Marks are per cent of the points possible, to 1 decimal half up.
    """
    marks: list[Mark] = []
    seats: dict[int, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WORK, {"competition": competition.pk, "held": [str(s) for s in rules.HELD]})
        for bid, assessor, is_in, is_counted, earned, possible in cursor.fetchall():
            held, handed_in = seats.get(bid, (0, 0))
            seats[bid] = (held + 1, handed_in + bool(is_in))
            if is_in and is_counted:
                marks.append(Mark(bid, assessor, percent(earned, possible)))
    return marks, seats


def percent(earned: int | None, possible: int | None) -> Decimal:
    """Return points as per cent of those possible, to 1 decimal half up."""
    return round_half_up(Decimal(100 * (earned or 0)) / (possible or 1), 1)


def bids_by_state(competition: Competition) -> list[tuple[BidState, int]]:
    """Return how many bids are in each state, drafts too, in the order of the states. One query."""
    rows = Bid.objects.filter(competition=competition).values_list("state")
    found = dict(rows.annotate(n=Count("pk")).order_by())
    return [(state, found[state]) for state in BidState if found.get(state)]


def progress(competition: Competition) -> dict[str, int]:
    """Return how many seats were invited, accepted, declined or withdrawn, and assessments begun and handed in."""
    accepted = Q(state=SeatState.ACCEPTED)
    return Seat.objects.filter(bid__competition=competition).aggregate(
        invited=Count("pk", filter=Q(state=SeatState.INVITED)),
        accepted=Count("pk", filter=accepted),
        begun=Count("pk", filter=accepted & Q(assessment__state=AssessmentState.IN_PROGRESS)),
        handed_in=Count("pk", filter=accepted & Q(assessment__state=AssessmentState.SUBMITTED)),
        declined=Count("pk", filter=Q(state=SeatState.DECLINED)),
        withdrawn=Count("pk", filter=Q(state=SeatState.WITHDRAWN)),
    )


def work_of(user: User) -> QuerySet[Seat]:
    """Return an assessor's seats with the number of questions asked and of those that have points and a reason."""
    scored = Question.objects.filter(competition=OuterRef("bid__competition"), is_scored=True)
    done = Score.objects.filter(assessment__seat=OuterRef("pk"), points__isnull=False).exclude(reason__regex=r"^\s*$")
    return queries.seats_of(user).annotate(asked=_count(scored, "competition"), done=_count(done, "assessment"))


def _count(rows: QuerySet, by: str) -> Coalesce:
    number = Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return Coalesce(number, 0)


@dataclass(frozen=True)
class Column:
    """One assessor's work on a bid: their seat, its assessment if begun, points by question, and the percentage."""

    seat: Seat
    assessment: Assessment | None
    scores: Mapping[int, Score]
    percent: Decimal | None


def columns_of(user: User, bid: Bid) -> list[Column]:
    """Return what every assessor of a bid wrote, as an official may read it; unfinished work has no percentage."""
    scores: dict[int, dict[int, Score]] = defaultdict(dict)
    for score in Score.objects.filter(assessment__seat__bid=bid).select_related("question", "assessment"):
        scores[score.assessment.seat_id][score.question_id] = score
    columns = []
    for seat in queries.visible_to(user).filter(bid=bid):
        written = scores[seat.pk]
        assessment = getattr(seat, "assessment", None)
        is_in = assessment is not None and assessment.state == AssessmentState.SUBMITTED
        earned = sum((s.points or 0) * s.question.weight for s in written.values())
        possible = sum(s.question.max_points * s.question.weight for s in written.values())
        columns.append(Column(seat, assessment, written, percent(earned, possible) if is_in else None))
    return columns


def outcome_label(outcome: str) -> str:
    """Return an outcome in words; nothing for none."""
    return Outcome(outcome).label if outcome else ""
