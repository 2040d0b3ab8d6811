"""The officials' live board: how far the assessment of a competition is, bid by bid and assessor by assessor."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from funds.models import Competition

PAGE = 50
SPREAD, SPLIT = "wide spread", "split on fundable"
# What to look at, and the condition that says which bids that are.
VIEWS = {
    "": "TRUE",
    "missing": "submitted < wanted",
    "unanswered": "invited > 0",
    "overdue": "overdue > 0",
    "disagree": "is_wide OR is_split",
}
LABELS = {
    "": "All bids",
    "missing": "Assessments missing",
    "unanswered": "Invitations without an answer",
    "overdue": "Overdue",
    "disagree": "Assessors disagree",
}
# Only what is handed in and counts is added up; what is being written is counted in questions, never in points.
_BIDS = """
WITH questions AS (
    SELECT count(*) AS asked, sum(weight * max_points) AS possible
    FROM funds_question WHERE competition_id = %(competition)s AND is_scored
), sheets AS (
    SELECT seat.bid_id, seat.state AS seat_state, a.state, a.is_counted, a.is_fundable,
           count(s.id) FILTER (WHERE s.points IS NOT NULL AND s.reason ~ '\\S') AS done,
           sum(q.weight * s.points) AS earned
    FROM bids_bid b
    JOIN assessments_seat seat ON seat.bid_id = b.id
    LEFT JOIN assessments_assessment a ON a.seat_id = seat.id
    LEFT JOIN assessments_score s ON s.assessment_id = a.id
    LEFT JOIN funds_question q ON q.id = s.question_id
    WHERE b.competition_id = %(competition)s
    GROUP BY seat.id, a.id
), sums AS (
    SELECT bid_id,
        count(*) FILTER (WHERE seat_state = 'invited') AS invited,
        count(*) FILTER (WHERE seat_state = 'accepted') AS accepted,
        count(*) FILTER (WHERE seat_state = 'declined') AS declined,
        count(*) FILTER (WHERE seat_state = 'accepted' AND state = 'submitted') AS submitted,
        sum(done) FILTER (WHERE seat_state = 'accepted') AS done,
        avg(earned) FILTER (WHERE counts) AS mean, max(earned) FILTER (WHERE counts) AS most,
        min(earned) FILTER (WHERE counts) AS least,
        count(*) FILTER (WHERE counts) AS counted, count(*) FILTER (WHERE counts AND is_fundable) AS fundable
    FROM (SELECT *, seat_state = 'accepted' AND state = 'submitted' AND is_counted AS counts FROM sheets) sheets
    GROUP BY bid_id
), lines AS (
    SELECT b.id, b.reference, sent.title, sent.lead_name, %(wanted)s AS wanted,
        coalesce(invited, 0) AS invited, coalesce(accepted, 0) AS accepted, coalesce(declined, 0) AS declined,
        coalesce(submitted, 0) AS submitted, coalesce(done, 0)::bigint AS done,
        coalesce(accepted, 0) * questions.asked AS asked,
        round(100.0 * mean / possible, 1) AS score, round(100.0 * (most - least) / possible, 1) AS spread,
        coalesce(100 * (most - least) >= 30 * possible, FALSE) AS is_wide,
        coalesce(fundable > 0 AND fundable < counted, FALSE) AS is_split,
        CASE WHEN %(is_late)s
            THEN coalesce(invited, 0) + coalesce(accepted, 0) - coalesce(submitted, 0) ELSE 0 END AS overdue,
        EXISTS (SELECT 1 FROM assessments_discussion d WHERE d.bid_id = b.id AND d.state = 'open') AS is_discussed
    FROM bids_bid b
    JOIN bids_standing sent ON sent.bid_id = b.id
    CROSS JOIN questions
    LEFT JOIN sums ON sums.bid_id = b.id
    WHERE b.competition_id = %(competition)s AND b.state IN ('submitted', 'reopened')
      AND b.id <> ALL(%(without)s::bigint[])
)
"""
_PAGE = "SELECT * FROM lines WHERE ({view}) AND reference > %(after)s ORDER BY reference LIMIT %(limit)s"
_TOTALS = """SELECT count(*), coalesce(sum(invited), 0), coalesce(sum(accepted), 0), coalesce(sum(submitted), 0),
    coalesce(sum(greatest(wanted - submitted, 0)), 0), coalesce(sum(overdue), 0),
    count(*) FILTER (WHERE submitted < wanted), count(*) FILTER (WHERE invited > 0),
    count(*) FILTER (WHERE overdue > 0), count(*) FILTER (WHERE is_wide OR is_split)
FROM lines"""
_ASSESSORS = """
SELECT a.id, u.full_name, coalesce(network.name, 'Independent'),
    count(*) FILTER (WHERE seat.state = 'invited') AS invited,
    count(*) FILTER (WHERE seat.state = 'accepted') AS accepted,
    count(*) FILTER (WHERE seat.state = 'declined') AS declined,
    count(*) FILTER (WHERE seat.state = 'accepted' AND sheet.state = 'in_progress') AS begun,
    count(*) FILTER (WHERE seat.state = 'accepted' AND sheet.state = 'submitted') AS submitted,
    CASE WHEN %(is_late)s THEN count(*) FILTER (WHERE seat.state = 'invited' OR (seat.state = 'accepted'
        AND sheet.state IS DISTINCT FROM 'submitted')) ELSE 0 END AS overdue,
    max(sheet.saved_at) AS saved_at
FROM assessments_seat seat
JOIN bids_bid b ON b.id = seat.bid_id AND b.competition_id = %(competition)s AND b.state IN ('submitted', 'reopened')
JOIN assessments_assessor a ON a.id = seat.assessor_id
JOIN accounts_user u ON u.id = a.user_id
LEFT JOIN accounts_organisation network ON network.id = a.network_id
LEFT JOIN assessments_assessment sheet ON sheet.seat_id = seat.id
WHERE a.id > %(after)s
GROUP BY a.id, u.full_name, network.name ORDER BY a.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Line:
    """How far one bid is. Score and spread are per cent over what is handed in and counts; `done` counts questions."""

    bid_id: int
    reference: str
    title: str
    lead: str
    wanted: int
    invited: int
    accepted: int
    declined: int
    submitted: int
    done: int
    asked: int
    score: Decimal | None
    spread: Decimal | None
    is_wide: bool
    is_split: bool
    overdue: int
    is_discussed: bool

    @property
    def missing(self) -> int:
        """How many assessments are not handed in."""
        return max(self.wanted - self.submitted, 0)

    @property
    def flags(self) -> list[str]:
        """Why the bid should be talked about."""
        return [text for text, applies in ((SPREAD, self.is_wide), (SPLIT, self.is_split)) if applies]


@dataclass(frozen=True, slots=True)
class Worker:
    """How far one assessor is in a competition."""

    assessor_id: int
    name: str
    network: str
    invited: int
    accepted: int
    declined: int
    begun: int
    submitted: int
    overdue: int
    saved_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all bids of a competition that stand, and how many bids each view holds."""

    bids: int
    invited: int
    accepted: int
    submitted: int
    missing: int
    overdue: int
    views: dict[str, int]


def _facts(competition: Competition, today: dt.date, without: Collection[int] = (), **further: Any) -> dict[str, Any]:
    is_late = competition.assess_by is not None and competition.assess_by < today
    wanted = competition.assessors_per_bid
    kept = {"without": sorted(without)}
    return {"competition": competition.pk, "wanted": wanted, "is_late": is_late, **kept, **further}


def _rows(sql: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        return cursor.fetchall()


def lines(
    competition: Competition,
    today: dt.date,
    *,
    view: str = "",
    after: str = "",
    limit: int | None = PAGE,
    without: Collection[int] = (),
) -> list[Line]:
    """Return bids by reference from `after` on, those of one of `VIEWS`; all of them without a limit. One query.

    Args:
        without: keys of bids that a conflict of interest keeps from the reader.
    """
    facts = _facts(competition, today, without, after=after, limit=limit)
    return [Line(*row) for row in _rows(_BIDS + _PAGE.format(view=VIEWS[view]), facts)]


def totals(competition: Competition, today: dt.date, without: Collection[int] = ()) -> Totals:
    """Return the sums of a board, without the bids of these keys. One query."""
    [(bids, invited, accepted, submitted, missing, overdue, *views)] = _rows(
        _BIDS + _TOTALS, _facts(competition, today, without)
    )
    found = dict(zip(VIEWS, [bids, *views], strict=True))
    return Totals(bids, invited, accepted, submitted, missing, overdue, found)


def workers(competition: Competition, today: dt.date, *, after: int = 0, limit: int | None = PAGE) -> list[Worker]:
    """Return assessors with a seat in a competition by their key from `after` on. One query."""
    return [Worker(*row) for row in _rows(_ASSESSORS, _facts(competition, today, after=after, limit=limit))]


HEAD = (
    "bid", "title", "lead", "wanted", "invited", "accepted", "declined", "handed_in", "missing", "overdue",
    "questions_done", "questions_asked", "score", "spread", "flags", "in_discussion",
)  # fmt: skip


def cells(found: list[Line]) -> Iterator[tuple[Any, ...]]:
    """Yield the lines of a board as a table for a spreadsheet."""
    for line in found:
        yield (
            line.reference, line.title, line.lead, line.wanted, line.invited, line.accepted, line.declined,
            line.submitted, line.missing, line.overdue, line.done, line.asked, line.score, line.spread,
            "; ".join(line.flags), "yes" if line.is_discussed else "no",
        )  # fmt: skip
