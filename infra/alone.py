"""Let one process at a time work on a thing, without a lock that outlives it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(kind: int, key: int) -> Iterator[bool]:
    """Tell whether nobody else works on this thing, and hold it until the end; PostgreSQL lets go when we die.

    Args:
        kind: a number of the house for a kind of work, as PostgreSQL's advisory locks are numbered.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, key])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, key])
