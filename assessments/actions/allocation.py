"""Seat assessors on all bids of a competition in one go: ask, work out and accept."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import rules
from assessments.actions.runs import accept_run, carry_out_run, create_run
from assessments.models import Seat
from assessments.question import Terms
from assessments.states import RunState
from funds.models import Competition


class Allocated(NamedTuple):
    """The new seats, and what could not be met: `bid` reference, `missing` seats, `because` in words."""

    seats: list[Seat]
    shortfalls: list[dict[str, Any]]
    is_optimal: bool


def allocate(*, competition: Competition, by: User, role: str, at: dt.datetime, seconds: int = 60) -> Allocated:
    """Invite assessors to every submitted bid on the competition's terms; seats that are held stay. Safe to repeat.

    Nothing is locked while the solver thinks, at most so many `seconds` (docs/allocation.md).

    Raises:
        Refused: the role may not do this, the competition is not in assessment, or something moved meanwhile.
    """
    rules.must_manage(role)
    with transaction.atomic():
        run = create_run(competition=competition, terms=Terms.of(competition), seconds=seconds, by=by, role=role, at=at)
    done = carry_out_run(run.pk, at=at)
    if done is None or done.state != RunState.DONE:
        raise Refused(done.problem if done else "Another process works on this run.")
    seats = accept_run(run=done, edits=0, by=by, role=role, at=at)
    return Allocated(seats, done.shortfalls, bool(done.is_optimal))
