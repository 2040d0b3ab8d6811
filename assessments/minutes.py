"""The minutes of a panel's meeting as content that is read, hashed, agreed and printed."""

from typing import Any

from assessments import panel_queries
from assessments.models import PanelMeeting
from audit.record import as_json


def of(meeting: PanelMeeting) -> dict[str, Any]:
    """Return the whole minutes: attendance, who left the table for which bid, outcomes with votes and reasons.

    A bid carries the frozen figures it was decided on. Scores are per cent, grants whole pounds.
    """
    members = panel_queries.table(meeting)
    conflicts = panel_queries.conflicts_of(meeting)
    return {
        "competition": meeting.competition.reference,
        "title": meeting.competition.title,
        "held_on": meeting.held_on,
        "place": meeting.place,
        "opened_at": meeting.opened_at,
        "sheet_sha256": meeting.sheet_sha256,
        "threshold": meeting.competition.quality_threshold,
        "present": [_named(m) for m in members if m.is_present],
        "absent": [_named(m) for m in members if not m.is_present],
        "general": meeting.general,
        "bids": [
            {
                "bid": found.item.bid.reference,
                "title": found.item.bid.standing.title,
                "lead": found.item.bid.standing.lead_name,
                "rank": found.item.rank,
                "score": found.item.score,
                "grant_pounds": found.item.grant_pounds,
                "is_above_line": found.item.is_above_line,
                "suggested": found.item.suggested,
                "outcome": found.item.outcome,
                "reason": found.item.reason,
                "text": found.item.text,
                "votes": dict(sorted(found.votes.items())),
                "left_the_table": [
                    {"name": str(m.user), "known_by": conflicts[m.pk][found.item.bid_id]}
                    for m in members
                    if m.is_present and found.item.bid_id in conflicts.get(m.pk, {})
                ],
            }
            for found in panel_queries.agenda(meeting)
        ],
    }


def _named(member: Any) -> dict[str, str]:
    return {"name": str(member.user), "duty": member.duty}


def kept(content: dict[str, Any]) -> dict[str, Any]:
    """Return the minutes as the database keeps them."""
    found: dict[str, Any] = as_json(content)
    return found


def shown(meeting: PanelMeeting) -> dict[str, Any]:
    """Return the minutes as they are to be read: agreed ones as agreed, others as they stand."""
    return meeting.minutes if meeting.minutes else kept(of(meeting))
