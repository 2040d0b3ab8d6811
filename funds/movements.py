"""The ledger entries that make a figure of a stream, a year of it or a pot, and how the figures went over time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth

from funds.instants import LONDON
from funds.models import LedgerEntry, Stream
from funds.rules_in_database import COUNTERS, MOVES

# Figure → what it adds up of the counters. What is left is the envelope without what is committed.
FIGURES = {
    "cap": {"cap": 1},
    "allocated": {"allocated": 1},
    "committed": {"committed": 1},
    "instructed": {"instructed": 1},
    "paid": {"paid": 1},
    "to_allocate": {"cap": 1, "allocated": -1},
    "left": {"cap": 1, "committed": -1},
    "to_pay": {"cap": 1, "paid": -1},
    "exposure": {"committed": 1, "paid": -1},
}
LABELS = {
    "cap": "Envelope", "allocated": "Allocated", "committed": "Committed", "instructed": "Instructed", "paid": "Paid",
    "to_allocate": "Left to allocate", "left": "Left to commit", "to_pay": "Left to pay",
    "exposure": "Committed, not paid",
}  # fmt: skip


def effects(figure: str, level: str) -> dict[str, int]:
    """Return kind of entry → +1 or −1, for the kinds that move a figure of a stream, a year or a pot."""
    found = {}
    for kind, levels in MOVES.items():
        moved = levels.get(level, {})
        if sign := sum(weight * moved.get(counter, 0) for counter, weight in FIGURES[figure].items()):
            found[str(kind)] = sign
    return found


def entries(
    stream: Stream, *, figure: str = "", year: str = "", pot: str = "", kind: str = "", until: dt.date | None = None
) -> QuerySet[LedgerEntry]:
    """Return entries of a stream, each with the pence by which it moves the figure as `moved`.

    Args:
        figure: one of `FIGURES`; only entries that move it. All entries, as they were posted, when none is named.
        year: only of this financial year.
        pot: reference of a competition; only of its pot.
        until: first day of the last month (UK time); all months when none is named.
    """
    asked = {"year": year, "pot__competition__reference": pot, "kind": kind}
    found = LedgerEntry.objects.filter(stream=stream, **{name: value for name, value in asked.items() if value})
    if until:
        found = found.filter(at__lt=dt.datetime.combine(until + relativedelta(months=1), dt.time(), LONDON))
    return (
        moving(found, figure, "pot" if pot else "year" if year else "stream")
        if figure
        else found.annotate(moved=F("pence"))
    )


def moving(found: QuerySet[LedgerEntry], figure: str, level: str) -> QuerySet[LedgerEntry]:
    """Return those of the entries that move a figure of a stream, a year or a pot, each with its pence as `moved`."""
    signs = effects(figure, level)
    cases = [When(kind=kind, then=Value(sign)) for kind, sign in signs.items()]
    sign = Case(*cases, default=Value(0), output_field=BigIntegerField())
    return found.filter(kind__in=signs).annotate(moved=F("pence") * sign)


def total(found: QuerySet[LedgerEntry]) -> int:
    """Return what entries move together, in pence."""
    return found.order_by().aggregate(total=Sum("moved"))["total"] or 0


class Month(NamedTuple):
    """Where a stream stood at the end of a month, in pence."""

    month: dt.date
    cap: int
    allocated: int
    committed: int
    instructed: int
    paid: int

    @property
    def to_allocate(self) -> int:
        """What could still be allocated to competitions."""
        return self.cap - self.allocated

    @property
    def to_commit(self) -> int:
        """What could still be committed."""
        return self.cap - self.committed

    @property
    def to_pay(self) -> int:
        """What was not paid yet."""
        return self.cap - self.paid


def burn_down(stream: Stream, today: dt.date) -> list[Month]:
    """Return where a stream stood at the end of each month (UK time) from its first entry to this one. One query."""
    found = LedgerEntry.objects.filter(stream=stream).annotate(month=TruncMonth("at", tzinfo=LONDON))
    rows = found.order_by("month").values_list("month", "kind").annotate(pence=Sum("pence"))
    return list(by_month(((at.date(), kind, pence) for at, kind, pence in rows), today))


def by_month(rows: Iterable[tuple[dt.date, str, int]], today: dt.date) -> Iterator[Month]:
    """Yield the figures at the end of each month to this one, or to the last that moved, from (month, kind, pence)."""
    moved: dict[dt.date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for at, kind, pence in rows:
        for counter, sign in MOVES[kind].get("stream", {}).items():
            moved[at][counter] += sign * pence
    stands = dict.fromkeys(COUNTERS, 0)
    month = min(moved, default=None)
    last = max([*moved, today])
    while month is not None and month <= last:
        if month in moved:
            stands = {counter: pence + moved[month][counter] for counter, pence in stands.items()}
        yield Month(month, **stands)
        month += relativedelta(months=1)
