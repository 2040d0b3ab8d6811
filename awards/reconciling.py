"""Do ledger and bank agree? Instructed less paid, returned and outstanding comes to nothing. Pence throughout."""

from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from awards.models import BankReport, Payment, PaymentRun, RunItem
from awards.states import ItemState, LineOutcome, PaymentState
from funds.models import LedgerEntry, Stream
from funds.states import EntryKind

POSTED = (EntryKind.INSTRUCTED, EntryKind.PAID, EntryKind.RETURNED)


class Line(NamedTuple):
    """One stream: what the ledger posted for claims, and the payments of which the bank is silent."""

    stream: Stream
    instructed: int
    paid: int
    returned: int
    outstanding: int

    @property
    def difference(self) -> int:
        """What must be nothing."""
        return self.instructed - self.paid - self.returned - self.outstanding


def by_stream() -> list[Line]:
    """Return a line for each stream that has a competition, and so claims. Three queries.

    Three figures are the ledger's, the fourth is the payments' own.
    """
    entries = posted_for_claims().order_by()
    posted = {(s, k): pence for s, k, pence in entries.values_list("stream", "kind").annotate(total=Sum("pence"))}
    open_ones = silent().order_by()
    waiting = dict(open_ones.values_list("claim__award__bid__competition__stream").annotate(total=Sum("pence")))
    return [
        Line(
            stream,
            instructed=posted.get((stream.pk, EntryKind.INSTRUCTED), 0),
            paid=posted.get((stream.pk, EntryKind.PAID), 0),
            returned=posted.get((stream.pk, EntryKind.RETURNED), 0),
            outstanding=waiting.get(stream.pk, 0),
        )
        for stream in Stream.objects.filter(competitions__isnull=False).distinct().order_by("title")
    ]


def posted_for_claims() -> QuerySet[LedgerEntry]:
    """Return the entries of payments of claims: instructed, paid and returned."""
    return LedgerEntry.objects.filter(kind__in=POSTED, award__award__isnull=False)


def silent() -> QuerySet[Payment]:
    """Return the payments that were instructed and of which the bank has said nothing yet."""
    return Payment.objects.filter(state=PaymentState.INSTRUCTED)


def outstanding() -> QuerySet[RunItem]:
    """Return the payments of which the bank has said nothing yet."""
    return RunItem.objects.filter(state=ItemState.INSTRUCTED).select_related("run", "claim__organisation")


def with_figures(runs: QuerySet[PaymentRun]) -> QuerySet[PaymentRun]:
    """Return runs with how many payments are `paid`, `returned` and `outstanding`."""
    states = {"paid": ItemState.PAID, "returned": ItemState.RETURNED, "outstanding": ItemState.INSTRUCTED}
    counted = {name: Count("parts", filter=Q(parts__state=state)) for name, state in states.items()}
    return runs.select_related("proposed_by", "ended_by").annotate(**counted)


def outcomes(report: BankReport) -> list[tuple[str, int]]:
    """Return how many lines of a report did what, in words."""
    counted = dict(report.lines.order_by().values_list("outcome").annotate(lines=Count("pk")))
    return [(outcome.label, counted[outcome]) for outcome in LineOutcome if outcome in counted]
