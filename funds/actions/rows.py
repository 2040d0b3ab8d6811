"""Strands, questions and documents asked for: add, change, remove and move them while a competition is set up."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError
from django.utils.text import slugify

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from funds.actions.setup import ROWS, locked_draft
from funds.models import Competition
from funds.parts import Part
from funds.seen import must_be_as_seen
from funds.starters.shape import Row

MOST_ROWS = 60
# The column by which other rooms know a row, made once from its title: (column, title, length).
NAMES = {Part.STRANDS: ("code", "title", 30), Part.QUESTIONS: ("slug", "heading", 40)}


@transaction.atomic
def save_row(
    *, competition: Competition, part: Part, key: int | None, fields: Row, by: User, role: str, at: dt.datetime,
    seen: str = "",
) -> Any:  # fmt: skip
    """Change a row of a part, or add one at the end when there is no key; the part is to be marked again.

    Args:
        seen: key of the row's `fields` as the writer read them (`funds.seen.key_of`); left out, nothing is compared.

    Raises:
        funds.seen.Outdated: somebody else has changed the row since.
        Refused: the competition is published, the row is gone, another has its title, or there are too many.
    """
    competition = locked_draft(competition, role)
    rows = ROWS[part].objects.filter(competition=competition)
    row = _row(competition, part, key) if key else _new(competition, part, fields)
    if key and all(getattr(row, name) == value for name, value in fields.items()):
        return row
    if key:
        must_be_as_seen(row, fields, seen)
    for name, value in fields.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "per_title" in str(error):
            raise Refused("Another one has this title already. Choose a different title.") from error
        raise
    _unmark(competition, part)
    record(
        "competition.row_saved", competition, by=by, role=role, at=at,
        changes={"part": part, "row": row.pk, "rows": rows.count(), "sha256": digest(fields)},
    )  # fmt: skip
    return row


def _unmark(competition: Competition, part: Part) -> None:
    """Let a part whose rows have changed wait for somebody to mark it as complete again."""
    if part not in competition.parts_to_do:
        competition.parts_to_do = [*competition.parts_to_do, part]
        competition.save(update_fields=["parts_to_do"])


def _new(competition: Competition, part: Part, fields: Row) -> Any:
    """Return a row that is not kept yet, after all others, under a name of its own."""
    model: Any = ROWS[part]
    rows = model.objects.filter(competition=competition)
    if rows.count() >= MOST_ROWS:
        raise Refused(f"A competition has at most {MOST_ROWS} of these.")
    row = model(competition=competition)
    if part != Part.STRANDS:
        row.position = (rows.aggregate(last=Max("position"))["last"] or 0) + 1
    if part in NAMES:
        column, title, length = NAMES[part]
        setattr(row, column, free_name(fields[title], set(rows.values_list(column, flat=True)), length))
    return row


def free_name(title: str, taken: set[str], length: int) -> str:
    """Return a short name for addresses made from a title, different from those that are taken."""
    plain = slugify(title)[:length].strip("-") or "part"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain[: length - len(str(number)) - 1]}-{number}"
    return name


def _row(competition: Competition, part: Part, key: int) -> Any:
    found: Any = ROWS[part].objects.filter(competition=competition, pk=key).first()
    if found is None:
        raise Refused("Somebody has removed this already.")
    return found


@transaction.atomic
def remove_row(*, competition: Competition, part: Part, key: int, by: User, role: str, at: dt.datetime) -> None:
    """Take a row out.

    Raises:
        Refused: the competition is published, or bids that were brought in stand on the row.
    """
    competition = locked_draft(competition, role)
    row = _row(competition, part, key)
    try:
        row.delete()
    except ProtectedError as error:
        raise Refused("Bids stand on this, so it cannot be removed.") from error
    _unmark(competition, part)
    record("competition.row_removed", competition, by=by, role=role, at=at, changes={"part": part, "row": key})


@transaction.atomic
def move_row(
    *, competition: Competition, part: Part, key: int, is_up: bool, by: User, role: str, at: dt.datetime
) -> None:
    """Let a question or a document change places with the one above or below it; at the end it stays."""
    competition = locked_draft(competition, role)
    row = _row(competition, part, key)
    others: Any = ROWS[part].objects.filter(competition=competition)
    if is_up:
        other = others.filter(position__lt=row.position).order_by("-position").first()
    else:
        other = others.filter(position__gt=row.position).order_by("position").first()
    if other is None:
        return
    mine, theirs = row.position, other.position
    others.filter(pk=row.pk).update(position=others.aggregate(last=Max("position"))["last"] + 1)
    others.filter(pk=other.pk).update(position=mine)
    others.filter(pk=row.pk).update(position=theirs)
    _unmark(competition, part)
    record(
        "competition.row_moved", competition, by=by, role=role, at=at,
        changes={"part": part, "row": key, "position": [mine, theirs]},
    )  # fmt: skip
