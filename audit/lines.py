"""The record as canonical lines, read from the database in bounded memory."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from audit.models import Event, Seal
from audit.verify import EVENT_FIELDS, SEAL_FIELDS, canonical

CHUNK = 5_000


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything within as it stood at one instant, and write nothing. Not to be used inside a transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def instant(at: dt.datetime) -> str:
    """Return an instant as the record writes it: UTC, six digits of a second, Z."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its instants written out."""
    return {name: instant(value) if isinstance(value, dt.datetime) else value for name, value in row.items()}


def seal_line(seal: Seal) -> bytes:
    """Return a seal's canonical line, without its end."""
    return canonical(plain({name: getattr(seal, name) for name in SEAL_FIELDS}))


def sealed_to() -> int:
    """Return the highest id that a seal covers; 0 when there is no seal."""
    return Seal.objects.aggregate(top=Max("last_id"))["top"] or 0


def event_lines(upto: int, after: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (id, canonical line) of the events with after < id <= upto, in order, by a server-side cursor."""
    events = Event.objects.filter(id__gt=after, id__lte=upto).order_by("id")
    for row in events.values(*EVENT_FIELDS).iterator(chunk_size=CHUNK):
        yield row["id"], canonical(plain(row))


def seal_lines() -> Iterator[bytes]:
    """Yield every seal's canonical line, in order, by a server-side cursor."""
    for seal in Seal.objects.order_by("number").iterator(chunk_size=CHUNK):
        yield seal_line(seal)
