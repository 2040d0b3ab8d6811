"""Close blocks of the record with seals."""

import datetime as dt

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from audit.lines import event_lines
from audit.models import Seal
from audit.verify import NOTHING_BEFORE, MerkleTree, leaf_hash, seal_hash


class RecordBusy(Exception):
    """A deed still in progress kept the gate open for too long; sealing is to be tried again."""


def close_gate() -> int:
    """Wait for every deed in progress; return the highest id (0: none) below which no event can appear any more.

    Call it outside a transaction: new deeds wait for as long as the lock is held, which is until the function's
    transaction ends.

    Raises:
        RecordBusy: a deed took longer than the gate waits (audit/migrations/0002_close_gate.py).
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT audit_close_gate()")
            return cursor.fetchone()[0]
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise RecordBusy("A deed still in progress keeps the record open: try again in a minute.") from error
        raise


def close_block(at: dt.datetime) -> Seal | None:
    """Seal the events that no seal covers yet; return the new seal, or None if there is nothing new.

    The gate's lock is held only while the boundary is read, so that deeds go on while a long block is hashed.

    Args:
        at: the instant to write on the seal, aware.

    Raises:
        RecordBusy: as `close_gate`.
    """
    return seal_upto(close_gate(), at)


@transaction.atomic
def seal_upto(boundary: int, at: dt.datetime) -> Seal | None:
    """Seal the events after the last seal up to `boundary`, in bounded memory; two sealers take turns.

    Args:
        boundary: an id from `close_gate`; any other may leave out an event for ever.
        at: the instant to write on the seal, aware.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit_seal'))")
    last = Seal.objects.order_by("number").last()
    tree, first_id, last_id = MerkleTree(), 0, 0
    for last_id, line in event_lines(after=last.last_id if last else 0, upto=boundary):
        first_id = first_id or last_id
        tree.add(leaf_hash(line))
    if not tree.count:
        return None
    facts = {
        "number": last.number + 1 if last else 1,
        "previous": last.seal if last else NOTHING_BEFORE,
        "first_id": first_id,
        "last_id": last_id,
        "count": tree.count,
        "root": tree.root(),
    }
    return Seal.objects.create(**facts, seal=seal_hash(facts), sealed_at=at)
