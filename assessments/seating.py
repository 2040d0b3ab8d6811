"""Write many seats down at once: the invitations, their events and one e-mail to each person."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from accounts.models import User
from accounts.post import Letter, tell_all
from assessments.models import Seat
from assessments.question import Pair, Question
from audit.record import record
from funds.models import Competition


def seat_all(
    now: Question, pairs: Iterable[Pair], *, by: User | None, role: str, at: dt.datetime, key: str
) -> list[Seat]:
    """Invite assessors to bids; the caller holds them and has seen that nothing stands against it.

    Args:
        key: what the e-mails are about, to be said only once, such as “run/12”.
    """
    seats = Seat.objects.bulk_create(
        [Seat(bid=now.bids[bid], assessor=now.assessors[person], invited_at=at) for bid, person in pairs],
        batch_size=500,
    )
    for seat in seats:
        facts = {"seat": seat.pk, "assessor": seat.assessor_id}
        record("seat.invited", f"bid:{seat.bid.reference}", by=by, role=role, at=at, changes=facts)
    tell_invited(seats, now.competition, at=at, key=key)
    return seats


def tell_invited(seats: Iterable[Seat], competition: Competition, *, at: dt.datetime, key: str) -> None:
    """Write to each assessor once about all bids that they are asked to assess."""
    by_person: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_person[seat.assessor_id].append(seat)
    tell_all(
        (
            Letter(
                "seats_invited", theirs[0].assessor.user, f"seats.invited/{key}", "/assessments/",
                {"competition": competition, "bids": len(theirs)},
            )
            for theirs in by_person.values()
        ),
        at=at,
    )  # fmt: skip
