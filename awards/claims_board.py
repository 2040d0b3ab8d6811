"""The board of claims for officials: what waits for whom and how long, and how promptly claims are paid."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from awards import queries, rules
from awards.models import Claim
from awards.states import ClaimState
from infra.filters import uk_date

OPEN = (ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.REVIEWED, ClaimState.APPROVED, ClaimState.INSTRUCTED,
        ClaimState.RETURNED)  # fmt: skip
ENDED_UNPAID = (ClaimState.REJECTED, ClaimState.NIL)
WAITS_FOR = {
    ClaimState.SUBMITTED: "Network",
    ClaimState.QUERIED: "Claimant",
    ClaimState.REVIEWED: "Fund manager",
    ClaimState.APPROVED: "Finance",
    ClaimState.RETURNED: "Finance",
    ClaimState.INSTRUCTED: "Bank",
}
DAY = 86_400  # seconds
HEAD = (
    "Claim", "Claimant", "Project", "Award", "Network", "State", "Waits for", "Received", "Days", "Late",
    "Spend (£)", "Grant (£)", "Paid on",
)  # fmt: skip
TARGETS = ((5, 80), (30, 100))  # days, and the share of claims in per cent that is paid within them


def board(user: User, asked: dict[str, Any], at: dt.datetime) -> QuerySet[Claim]:
    """Return the submitted claims that a person may see and that fit the filter, with all that a row shows."""
    found = queries.claims_visible_to(user).filter(received_at__isnull=False)
    found = found.select_related(None).select_related("organisation", "award__bid", "award__network", "payment")
    if text := asked.get("q"):
        found = found.filter(
            Q(reference__icontains=text) | Q(organisation__name__icontains=text) | Q(award__bid__title__icontains=text)
        )
    if state := asked.get("state"):
        found = found.filter(state__in=OPEN if state == "open" else [state])
    if network := asked.get("network"):
        found = found.filter(award__network=network)
    if age := asked.get("age"):
        found = _longer_than(int(age), found.filter(state__in=OPEN), at)
    if asked.get("late"):
        found = found.filter(received_at__date__gt=F("ends_on") + dt.timedelta(days=rules.CLAIM_DAYS))
    return found.defer("declaration", "reason", "content_sha256")


def _longer_than(days: int, claims: QuerySet[Claim], at: dt.datetime) -> QuerySet[Claim]:
    """Return the claims that have been with the department for more than so many days, as `seconds_of` counts them."""
    since = at - dt.timedelta(days=days)
    held = F("held_seconds") * Value(dt.timedelta(seconds=1), output_field=DurationField())
    asked = Coalesce(Value(at) - F("queried_at"), Value(dt.timedelta()), output_field=DurationField())
    begun = ExpressionWrapper(F("received_at") + held + asked, output_field=DateTimeField())
    return claims.filter(received_at__lt=since).alias(begun=begun).filter(begun__lt=since)


def seconds_of(claim: Claim, at: dt.datetime) -> int:
    """Return how long a claim has been with the department, in seconds; time with the claimant is left out.

    The clock runs from the first submission to the payment or to `at`, and stands while the claim is queried.
    """
    payment = getattr(claim, "payment", None) if claim.state == ClaimState.PAID else None
    end = payment.settled_at if payment and payment.settled_at else at
    held = claim.held_seconds
    if claim.queried_at:
        held += int((end - claim.queried_at).total_seconds())
    return max(0, int((end - (claim.received_at or end)).total_seconds()) - held)


def days_of(claim: Claim, at: dt.datetime) -> int | None:
    """Return how long a claim has been with the department, in whole days; none when it ended without a payment."""
    return None if claim.state in ENDED_UNPAID else seconds_of(claim, at) // DAY


def is_late(claim: Claim) -> bool:
    """Tell whether a claim came later than 30 days after its period."""
    return claim.received_at is not None and rules.uk_day(claim.received_at) > rules.claim_due_on(claim.ends_on)


def rows(claims: QuerySet[Claim], at: dt.datetime) -> Iterator[Sequence[Any]]:
    """Yield the claims as rows of a table, the oldest first; amounts in pounds and pence."""
    for claim in claims.order_by("received_at", "pk").iterator(chunk_size=1_000):
        payment = getattr(claim, "payment", None)
        paid_at = payment.settled_at if payment and claim.state == ClaimState.PAID else None
        yield (
            claim.reference, claim.organisation.name, claim.award.bid.title, claim.award.reference,
            str(claim.award.network or ""), claim.get_state_display(), WAITS_FOR.get(ClaimState(claim.state), ""),
            uk_date(claim.received_at), days_of(claim, at), "yes" if is_late(claim) else "",
            in_pounds(claim.eligible_pence), in_pounds(claim.grant_pence), uk_date(paid_at) if paid_at else "",
        )  # fmt: skip


def in_pounds(pence: int) -> str:
    """Return pence as a number of pounds, such as 1234.50."""
    return f"{pence // 100}.{pence % 100:02d}"


@dataclass(frozen=True)
class Promptness:
    """How promptly the claims of a month, or of all time, were paid: seconds from submission to payment, sorted.

    Attributes:
        waiting: how long claims have waited that are not paid, in seconds; of all time alone.
    """

    month: dt.date | None
    seconds: tuple[int, ...]
    waiting: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many claims were paid."""
        return len(self.seconds)

    def percentile(self, percent: int) -> float:
        """Return within how many days `percent` per cent of the claims were paid (nearest rank), to a tenth above."""
        rank = -(-percent * self.count // 100)
        return -(-self.seconds[max(rank, 1) - 1] * 10 // DAY) / 10

    def within(self, days: int) -> int:
        """Return how many per cent of the claims were paid within so many days, rounded down."""
        return 100 * self._in_time(days) // self.count

    def overdue(self, days: int) -> int:
        """Return how many claims wait longer than so many days already."""
        return sum(seconds > days * DAY for seconds in self.waiting)

    def meets(self, days: int, percent: int) -> bool:
        """Tell whether the target was kept; a claim that waits longer than that already misses it."""
        return 100 * self._in_time(days) >= percent * (self.count + self.overdue(days))

    def _in_time(self, days: int) -> int:
        return sum(seconds <= days * DAY for seconds in self.seconds)


def promptness(user: User, at: dt.datetime) -> list[Promptness]:
    """Return how promptly claims were paid: all of them first, then month by month of payment, the newest first."""
    seen = queries.claims_visible_to(user).select_related(None).order_by()
    paid = seen.filter(state=ClaimState.PAID, payment__settled_at__isnull=False)
    months: dict[dt.date, list[int]] = {}
    for received_at, settled_at, held in paid.values_list("received_at", "payment__settled_at", "held_seconds"):
        if received_at is None or settled_at is None:
            continue
        seconds = max(0, int((settled_at - received_at).total_seconds()) - held)
        months.setdefault(rules.uk_day(settled_at).replace(day=1), []).append(seconds)
    unpaid = seen.filter(state__in=OPEN, received_at__isnull=False, is_nil=False)
    waiting = tuple(seconds_of(c, at) for c in unpaid.only("state", "received_at", "queried_at", "held_seconds"))
    if not months and not waiting:
        return []
    every = sorted(second for month in months.values() for second in month)
    by_month = [Promptness(month, tuple(sorted(months[month]))) for month in sorted(months, reverse=True)]
    return [Promptness(None, tuple(every), waiting), *by_month]
