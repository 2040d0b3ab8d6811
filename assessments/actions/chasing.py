"""Write to assessors who have not answered an invitation or not handed in an assessment. Safe to repeat."""

import datetime as dt
from collections import defaultdict

from accounts.post import Letter, tell_all
from assessments import rules, waits
from assessments.models import Seat


def chase(*, at: dt.datetime) -> int:
    """Write the reminders of the day, each once to each assessor for all of their bids; return how many.

    Invitations are chased after 2 and 5 days without an answer; assessments 7, 2 and 1 day before they are due, and
    each day once they are late.
    """
    return len(tell_all([*_invitations(at), *_assessments(at)], at=at))


def _invitations(at: dt.datetime) -> list[Letter]:
    groups: dict[tuple[int, int, dt.date, int], list[Seat]] = defaultdict(list)
    for seat in waits.unanswered():
        invited_on = seat.invited_at.date()
        if (days := rules.chased_after((at.date() - invited_on).days)) is not None:
            groups[seat.assessor_id, seat.bid.competition_id, invited_on, days].append(seat)
    return [
        Letter(
            "seats_unanswered", seats[0].assessor.user,
            f"seats.chased/{seats[0].bid.competition.reference}/{invited_on}/{days}", "/assessments/",
            {"competition": seats[0].bid.competition, "bids": len(seats), "invited_on": invited_on},
        )
        for (_, _, invited_on, days), seats in groups.items()
    ]  # fmt: skip


def _assessments(at: dt.datetime) -> list[Letter]:
    groups: dict[tuple[int, int, dt.date], list[Seat]] = defaultdict(list)
    for seat in waits.not_handed_in():
        if due := seat.bid.competition.assess_by:
            groups[seat.assessor_id, seat.bid.competition_id, due].append(seat)
    letters = []
    for (_, _, due), seats in groups.items():
        left = (due - at.date()).days
        days = rules.chased_before(left)
        if days is None and left >= 0:
            continue
        competition = seats[0].bid.competition
        key = f"assessments.chased/{competition.reference}/" + (
            f"late/{at.date()}" if days is None else f"{due}/{days}"
        )
        facts = {"competition": competition, "bids": len(seats), "left": left}
        letters.append(Letter("assessments_due", seats[0].assessor.user, key, "/assessments/", facts))
    return letters
