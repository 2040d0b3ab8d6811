"""Save a whole score sheet at once, as the page does."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from assessments.actions.scoring import save_overall, save_score
from assessments.models import Seat
from funds.models import Question


@transaction.atomic
def save_sheet(
    *,
    seat: Seat,
    scores: Iterable[tuple[Question, int | None, str]],
    is_in_scope: bool | None,
    is_fundable: bool | None,
    feedback: str,
    note: str,
    by: User,
    at: dt.datetime,
) -> None:
    """Save points and reasons of some questions and the judgement on the whole bid, all or nothing.

    Args:
        scores: (question, points or None while the assessor is thinking, reason) of each question that changed.

    Raises:
        Refused: not the assessor's own accepted seat, points or a text not allowed, or handed in already.
    """
    for question, points, reason in scores:
        save_score(seat=seat, question=question, points=points, reason=reason, by=by, at=at)
    save_overall(
        seat=seat, is_in_scope=is_in_scope, is_fundable=is_fundable, feedback=feedback, note=note, by=by, at=at
    )
