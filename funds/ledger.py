"""The one way to move money: post entries; the database refuses what does not fit."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import record, record_all
from funds.models import Envelope, LedgerEntry, Proposal, Stream
from funds.money import pounds
from funds.states import EnvelopeKind


class DoesNotFit(Refused):
    """There is not enough left in an envelope."""


class PostedBefore(Refused):
    """An entry of this kind and reference is there already."""


_WORDS = {
    "funds_allocated_within_cap": "the stream has not enough left to allocate",
    "funds_committed_within_cap": "the competition, the year or the stream has not enough left to commit",
    "funds_instructed_within_committed": "more would be paid than is committed",
    "funds_paid_within_instructed": "more would be paid than was instructed",
    "funds_nothing_below_zero": "a counter would fall below zero",
    "no year envelope": "the stream has no money in that financial year",
}


def open_envelope(*, stream: Stream, kind: str, year: str = "") -> Envelope:
    """Return a new envelope at zero; streams and years have one each."""
    if kind in (EnvelopeKind.STREAM, EnvelopeKind.YEAR):
        return Envelope.objects.get_or_create(stream=stream, kind=kind, year=year)[0]
    return Envelope.objects.create(stream=stream, kind=kind, year=year)


@transaction.atomic
def post(
    *,
    kind: str,
    reference: str,
    pence: int,
    stream: Stream,
    by: User | None,
    at: dt.datetime,
    year: str = "",
    pot: Envelope | None = None,
    award: Envelope | None = None,
    proposal: Proposal | None = None,
    reason: str = "",
    role: str = "",
) -> LedgerEntry:
    """Write one entry; its counters move in the same transaction. Posting it again changes nothing.

    Args:
        kind: an `EntryKind`.
        reference: what makes the entry one of a kind, such as MFA-000001/2026-27.
        pence: above zero.
        year: financial year in which the cost falls; needed for all but allocations.

    Raises:
        DoesNotFit: an envelope has not enough left; nothing is written.
        Refused: the reference was posted before with another amount.
    """
    entry = LedgerEntry(
        kind=kind, reference=reference, pence=pence, stream=stream, year=year, pot=pot, award=award,
        proposal=proposal, reason=reason, by=by, at=at,
    )  # fmt: skip
    try:
        with _in_words(pence):
            entry.save(force_insert=True)
    except PostedBefore as error:
        earlier = LedgerEntry.objects.get(kind=kind, reference=reference)
        if earlier.pence == pence:
            return earlier
        raise Refused(f"{reference} was posted before as {pounds(earlier.pence)}, not {pounds(pence)}.") from error
    record(
        f"ledger.{kind}", f"ledger:{reference}", by=by, role=role, at=at, changes={"pence": pence, "entry": entry.pk}
    )
    return entry


@transaction.atomic
def post_all(entries: Sequence[LedgerEntry], *, by: User | None, at: dt.datetime, role: str = "") -> list[LedgerEntry]:
    """Write many entries at once; every counter moves once, by their sum. All are written, or none.

    Raises:
        DoesNotFit: an envelope has not enough left.
        PostedBefore: one of them was posted before.
    """
    for entry in entries:
        entry.by, entry.at = by, at
    with _in_words(sum(entry.pence for entry in entries)):
        made = LedgerEntry.objects.bulk_create(entries)
    record_all(
        [
            (f"ledger.{entry.kind}", f"ledger:{entry.reference}", {"pence": entry.pence, "entry": entry.pk})
            for entry in made
        ],
        by=by, at=at, role=role,
    )  # fmt: skip
    return made


@contextmanager
def _in_words(pence: int) -> Iterator[None]:
    """Turn what the database refuses into words; nothing that was written within stays."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "funds_entry_posted_once" in str(error):
            raise PostedBefore("This was posted before. Reload the page to see what has happened.") from error
        for constraint, words in _WORDS.items():
            if constraint in str(error):
                raise DoesNotFit(f"{pounds(pence)} does not fit: {words}.") from error
        raise
