"""Where the money of all streams stands by financial year, and what is to come. Pence; every figure opens its rows."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from itertools import accumulate
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from awards.models import Claim, SpendLine
from awards.rules import COUNTED
from awards.states import AwardState
from funds import movements, plans
from funds.instants import LONDON
from funds.models import Envelope, LedgerEntry, Stream
from funds.states import EnvelopeKind
from funds.years import months_from

SPENDING = (AwardState.ACCEPTED, AwardState.LIVE)


class Cell(NamedTuple):
    """One stream in one financial year; all years together where `year` is blank."""

    stream: Stream
    year: str
    cap: int
    committed: int
    instructed: int
    paid: int

    @property
    def exposure(self) -> int:
        """What is promised and not paid yet."""
        return self.committed - self.paid

    @property
    def left(self) -> int:
        """What can still be committed."""
        return self.cap - self.committed


def matrix() -> list[Cell]:
    """Return every stream by year, and each stream's sum after its years. One query."""
    kinds = (EnvelopeKind.YEAR, EnvelopeKind.STREAM)
    found = Envelope.objects.filter(kind__in=kinds).select_related("stream")
    cells = [Cell(e.stream, e.year, e.cap_pence, e.committed_pence, e.instructed_pence, e.paid_pence) for e in found]
    return sorted(cells, key=lambda cell: (cell.stream.title, cell.year == "", cell.year))


class Month(NamedTuple):
    """One month: what spend profiles and instalments plan, what was claimed for it, and what was paid in it."""

    month: dt.date
    planned: int
    claimed: int
    paid: int


def forecast(stream: Stream | None = None) -> list[Month]:
    """Return plan against actuals by month, of awards under way and completed, and of instalments. Four queries.

    A claim counts in the month in which its period ends, a payment in the month in which the bank made it, and what
    came back of one is taken off in the month in which it came.
    """
    planned = _sums(profiles(stream), "month")
    for one in plans.besides_awards(stream):
        planned[one.month] = planned.get(one.month, 0) + one.pence
    ended = claims(stream).annotate(month=TruncMonth("ends_on"))
    paid = payments(stream).annotate(month=TruncMonth("at", tzinfo=LONDON))
    claimed, out = (
        _sums(ended, "month", "grant_pence"),
        {at.date(): p for at, p in _sums(paid, "month", "moved").items()},
    )
    months = _each_month({*planned, *claimed, *out})
    return [Month(m, planned.get(m, 0), claimed.get(m, 0), out.get(m, 0)) for m in months]


def _each_month(known: Collection[dt.date]) -> list[dt.date]:
    """Return the first days of the months from the first to the last that is known, without a gap."""
    if not known:
        return []
    first, last = min(known), max(known)
    return months_from(first, (last.year - first.year) * 12 + last.month - first.month + 1)


def _sums(rows: QuerySet, by: str, what: str = "pence") -> dict:
    return dict(rows.order_by().values_list(by).annotate(total=Sum(what)))


def profiles(stream: Stream | None, month: dt.date | None = None) -> QuerySet[SpendLine]:
    """Return the planned spend of awards that spend or have spent, of one stream or month if named."""
    states = (*SPENDING, AwardState.COMPLETED)
    found = SpendLine.objects.filter(award__state__in=states).select_related("award__bid__lead", "organisation")
    return _narrow(found, "award__bid__competition__stream", stream, "month", month)


def claims(stream: Stream | None, month: dt.date | None = None) -> QuerySet[Claim]:
    """Return the claims that count, of one stream, or whose period ends in one month."""
    found = Claim.objects.filter(state__in=COUNTED).select_related("award", "organisation")
    found = _narrow(found, "award__bid__competition__stream", stream)
    return found.filter(ends_on__gte=month, ends_on__lt=month + relativedelta(months=1)) if month else found


def payments(stream: Stream | None, month: dt.date | None = None) -> QuerySet[LedgerEntry]:
    """Return the entries of what was paid less what came back (`moved`), of one stream, or in one month of UK time."""
    found = _narrow(movements.moving(LedgerEntry.objects.all(), "paid", "stream"), "stream", stream)
    return found.filter(at__gte=_begins(month), at__lt=_begins(month + relativedelta(months=1))) if month else found


def _begins(month: dt.date) -> dt.datetime:
    return dt.datetime.combine(month, dt.time(), LONDON)


# What a month of the forecast adds up: figure → its rows, and which of their columns.
FIGURES: dict[str, tuple[Callable[..., QuerySet[Any]], str]] = {
    "planned": (profiles, "pence"),
    "claimed": (claims, "grant_pence"),
    "paid": (payments, "moved"),
}


def rows_of(figure: str, stream: Stream | None, month: dt.date | None) -> tuple[QuerySet[Any], int]:
    """Return the rows that make a figure of a month, or of all months, and what they come to."""
    find, column = FIGURES[figure]
    rows = find(stream, month)
    return rows, rows.aggregate(total=Sum(column))["total"] or 0


def running(months: Iterable[Month]) -> list[tuple[str, list[int]]]:
    """Return each figure of the forecast added up from the first month on, for a chart."""
    months = list(months)
    return [(name, list(accumulate(getattr(month, name) for month in months))) for name in FIGURES]


def _narrow(
    rows: QuerySet, stream_field: str, stream: Stream | None, field: str = "", value: object = None
) -> QuerySet:
    if stream is not None:
        rows = rows.filter(**{stream_field: stream})
    return rows.filter(**{field: value}) if field and value else rows


def due_next(today: dt.date, months: int = 6) -> list[Month]:
    """Return what the spend profiles expect in this month and those after it."""
    first = today.replace(day=1)
    until = first + relativedelta(months=months)
    return [month for month in forecast() if first <= month.month < until]


def total(cells: Iterable[Cell], figure: str) -> int:
    """Return a figure of all streams together."""
    return sum(getattr(cell, figure) for cell in cells if not cell.year)
