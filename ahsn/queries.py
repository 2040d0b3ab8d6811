"""Reads of allocations, instalments, returns and releases."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.urls import reverse

from accounts.models import User
from accounts.states import Role
from ahsn.models import Allocation, Instalment, NetworkReturn, Release
from ahsn.rules import SPENT
from ahsn.states import CLOSING, RELEASE_LIVE, ReleaseState, ReturnState, Standing
from funds.models import LedgerEntry, Stream
from funds.plans import Planned
from funds.states import EntryKind

S = Standing


def needed() -> QuerySet[Any]:
    """Return all instalments, without the closing returns in whose place a later year's first return reports.

    One that was begun before the later year was shared out stays: it reports on these months.
    """
    later = Allocation.objects.filter(network=OuterRef("allocation__network"), year__gt=OuterRef("allocation__year"))
    return Instalment.objects.exclude(Q(number=CLOSING) & Q(network_return=None) & Exists(later))


def instalments(today: dt.date) -> QuerySet[Any]:
    """Return the instalments that are needed, each with where it `stands`, and when it was settled."""
    live = Release.objects.filter(instalment=OuterRef("pk"), state__in=RELEASE_LIVE)
    stands = Case(
        When(live=ReleaseState.PAID, then=Value(S.PAID)),
        When(live=ReleaseState.INSTRUCTED, then=Value(S.INSTRUCTED)),
        When(live=ReleaseState.PROPOSED, then=Value(S.PROPOSED)),
        When(network_return__state=ReturnState.ACCEPTED, number=CLOSING, then=Value(S.COMPLETE)),
        When(network_return__state=ReturnState.ACCEPTED, then=Value(S.READY)),
        When(network_return__state=ReturnState.SUBMITTED, then=Value(S.SUBMITTED)),
        When(due_on__lt=today, then=Value(S.OVERDUE)),
        When(network_return__state=ReturnState.SENT_BACK, then=Value(S.SENT_BACK)),
        When(starts_on__lte=today, then=Value(S.DUE)),
        default=Value(S.LATER),
        output_field=CharField(),
    )
    found = (
        needed()
        .annotate(live=Subquery(live.values("state")[:1]), settled_at=Subquery(live.values("settled_at")[:1]))
        .annotate(stands=stands)
    )
    return found.select_related("allocation__network__organisation", "network_return")


def of_year(year: str, today: dt.date) -> list[Instalment]:
    """Return the instalments of a financial year by network and number. One query."""
    found = instalments(today).filter(allocation__year=year)
    return list(found.order_by("allocation__network__organisation__name", "number"))


def years() -> list[str]:
    """Return the financial years whose money is shared out, the newest first."""
    return list(Allocation.objects.order_by("-year").values_list("year", flat=True).distinct())


class NetworkRow(NamedTuple):
    """One network in a year: its instalments by number, its closing return, and what they come to, in pence."""

    allocation: Allocation
    cells: list[Instalment]
    closing: Instalment | None
    pence: int
    paid: int

    @property
    def due(self) -> list[Instalment]:
        """All that it reports for, in order."""
        return [*self.cells, *([self.closing] if self.closing else [])]


def by_network(found: Iterable[Instalment]) -> list[NetworkRow]:
    """Return a row for each network of instalments that are ordered by network."""
    rows: dict[int, list[Instalment]] = {}
    for one in found:
        rows.setdefault(one.allocation_id, []).append(one)
    return [
        NetworkRow(
            ones[0].allocation, [one for one in ones if not one.is_closing],
            next((one for one in ones if one.is_closing), None), total(ones), total(ones, S.PAID),
        )
        for ones in rows.values()
    ]  # fmt: skip


def by_number(found: Iterable[Instalment]) -> list[tuple[int, int]]:
    """Return what the networks' instalments of each number come to, in pence."""
    sums: dict[int, int] = {}
    for one in found:
        if not one.is_closing:
            sums[one.number] = sums.get(one.number, 0) + one.pence
    return sorted(sums.items())


def by_standing(found: Iterable[Any]) -> list[tuple[Standing, int, int]]:
    """Return where instalments stand: how many, and their pence; only where there are some."""
    found = list(found)
    counted = [(where, [one for one in found if one.stands == where]) for where in Standing]
    return [(where, len(ones), total(ones)) for where, ones in counted if ones]


def total(found: Iterable[Any], stands: str = "") -> int:
    """Return the pence of instalments, or of those that stand somewhere."""
    return sum(one.pence for one in found if not stands or one.stands == stands)


def of_organisations(organisations: Collection[int], today: dt.date) -> QuerySet[Any]:
    """Return the instalments of the networks that these organisations are, the newest year first."""
    found = instalments(today).filter(allocation__network__organisation__in=organisations)
    return found.order_by("-allocation__year", "allocation__network__organisation__name", "number")


def leads(organisations: Collection[int]) -> dict[int, list[User]]:
    """Return who signs for each of these networks. One query."""
    held = User.objects.filter(
        is_active=True, memberships__role=Role.AHSN_LEAD, memberships__ended_at=None,
        memberships__organisation__in=organisations,
    )  # fmt: skip
    found: dict[int, list[User]] = {}
    for user in held.annotate(of=F("memberships__organisation")).order_by("pk").distinct():
        found.setdefault(user.of, []).append(user)
    return found


def not_paid(closing: Instalment) -> QuerySet[Instalment]:
    """Return the instalments of a closing return's year that are not paid, in their order."""
    others = Instalment.objects.filter(allocation=closing.allocation_id, number__lt=CLOSING)
    return others.exclude(releases__state=ReleaseState.PAID).order_by("number")


class Account(NamedTuple):
    """What a network has received and what it says it has spent up to an instalment, in pence."""

    allocated: int
    received: int
    spent: int

    @property
    def in_hand(self) -> int:
        """What it has received and not spent."""
        return self.received - self.spent


def account(instalment: Instalment) -> Account:
    """Return what a network was given and has spent, by the returns accepted before this instalment's. Two queries."""
    network = instalment.allocation.network_id
    paid = Q(releases__state=ReleaseState.PAID)
    rows = Instalment.objects.filter(allocation__network=network)
    sums = rows.aggregate(allocated=Sum("pence"), received=Sum("pence", filter=paid))
    earlier = Q(instalment__starts_on__lt=instalment.starts_on)
    if not instalment.is_closing:  # of the year before: it reports on the same months, and was there first
        earlier |= Q(instalment__starts_on=instalment.starts_on, instalment__number=CLOSING)
    before = NetworkReturn.objects.filter(earlier, instalment__allocation__network=network, state=ReturnState.ACCEPTED)
    spent = before.aggregate(**{name: Sum(name) for name in SPENT})
    return Account(sums["allocated"] or 0, sums["received"] or 0, sum(value or 0 for value in spent.values()))


def releases(*states: str) -> QuerySet[Release]:
    """Return releases in these states with all that a list shows."""
    found = Release.objects.filter(state__in=states)
    return found.select_related(
        "instalment__allocation__network__organisation", "instalment__network_return", "bank_details", "proposed_by",
        "file__by",
    ).defer("file__content")  # fmt: skip


def path(reference: str) -> str:
    """Return the address of the page of an instalment and its return."""
    return reverse("network_return", args=[reference])


def planned(stream: Stream | None, month: dt.date | None = None) -> list[Planned]:
    """Return the instalments as the pages of money plan them: each in the month in which it can first be paid."""
    found = Instalment.objects.exclude(number=CLOSING).select_related("allocation__network__organisation")
    if stream is not None:
        found = found.filter(allocation__envelope__stream=stream)
    if month is not None:
        found = found.filter(starts_on__year=month.year, starts_on__month=month.month)
    return [
        Planned(
            one.reference, path(one.reference), str(one.allocation.network.organisation),
            "Instalment", one.starts_on.replace(day=1), one.pence,
        )
        for one in found.order_by("starts_on", "pk")
    ]  # fmt: skip


class Reconciled(NamedTuple):
    """What the ledger says of allocations, and the releases of which the bank is silent, in pence."""

    instructed: int
    paid: int
    returned: int
    outstanding: int

    @property
    def difference(self) -> int:
        """What must be nothing."""
        return self.instructed - self.paid - self.returned - self.outstanding


def reconciled() -> Reconciled:
    """Compare the ledger's entries with the releases. Two queries."""
    kinds = (EntryKind.INSTRUCTED, EntryKind.PAID, EntryKind.RETURNED)
    entries = LedgerEntry.objects.filter(kind__in=kinds, award__allocation__isnull=False).order_by()
    posted = dict(entries.values_list("kind").annotate(total=Sum("pence")))
    silent = Release.objects.filter(state=ReleaseState.INSTRUCTED).aggregate(total=Sum("pence"))["total"]
    instructed, paid, returned = (posted.get(kind, 0) for kind in kinds)
    return Reconciled(instructed, paid, returned, silent or 0)
