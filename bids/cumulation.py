"""How much aid an undertaking has had under a regime that limits the sum, and whether this grant still fits. Pure.

De minimis aid: Regulation (EU) 1407/2013, Article 3(2), €200,000 over this and the two previous fiscal years. Minimal
financial assistance: Subsidy Control Act 2022, section 36, £315,000 over this and the two previous financial years,
and a written confirmation first (section 37). Years run from 1 April to 31 March.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from funds.money import in_words, round_half_up
from funds.states import AidCurrency
from funds.years import first_day_of_years


@dataclass(frozen=True)
class Limit:
    """Most aid to one undertaking over `years` financial years, the present one included.

    Attributes:
        pounds_per_euro: rate at which this grant is turned into euros.
    """

    amount: int
    currency: AidCurrency
    years: int
    pounds_per_euro: Decimal

    def in_words(self) -> str:
        """Return the limit as £315,000 or €200,000."""
        return in_words(Decimal(self.amount), self.currency)

    def since(self, today: dt.date) -> dt.date:
        """Return the first day that counts."""
        return first_day_of_years(today, self.years)


@dataclass(frozen=True)
class Aid:
    """One sum that was granted before, with the rate of its day."""

    granted_on: dt.date
    amount: Decimal
    currency: AidCurrency
    pounds_per_euro: Decimal

    def within(self, currency: AidCurrency) -> Decimal:
        """Return the sum in another currency, to the penny or cent."""
        return _converted(self.amount, self.currency, currency, self.pounds_per_euro)


@dataclass(frozen=True)
class Standing:
    """What counts, in the currency of the limit, and the working in words."""

    before: Decimal
    grant: Decimal
    limit: Limit

    @property
    def total(self) -> Decimal:
        """Earlier aid and this grant."""
        return self.before + self.grant

    @property
    def is_over(self) -> bool:
        """Tell whether the sum is above the limit; the limit itself is allowed."""
        return self.total > self.limit.amount

    @property
    def working(self) -> str:
        """The sum in words: £120,000 + this grant £200,000 = £320,000 is above £315,000."""
        before, grant, total = (in_words(x, self.limit.currency) for x in (self.before, self.grant, self.total))
        verdict = "is above" if self.is_over else "is within"
        return f"{before} + this grant {grant} = {total} {verdict} {self.limit.in_words()}"


def standing(received: Sequence[Aid], grant_pounds: int, limit: Limit, today: dt.date) -> Standing:
    """Return how an undertaking stands on a day: only aid of the years that count is added up."""
    counted = [aid.within(limit.currency) for aid in received if counts(aid.granted_on, limit, today)]
    grant = _converted(Decimal(grant_pounds), AidCurrency.GBP, limit.currency, limit.pounds_per_euro)
    return Standing(sum(counted, Decimal(0)), grant, limit)


def counts(granted_on: dt.date, limit: Limit, today: dt.date) -> bool:
    """Tell whether aid of a day falls into the years that are added up."""
    return limit.since(today) <= granted_on <= today


@dataclass(frozen=True)
class Declared:
    """What an undertaking declares, and whether its word covers exactly this list."""

    received: tuple[Aid, ...]
    is_confirmed: bool


def problems(declared: Declared, grant_pounds: int, limit: Limit, today: dt.date) -> list[str]:
    """Return what stops a bid: a declaration that is missing, or a sum above the limit."""
    if not grant_pounds:
        return []
    found = []
    if not declared.is_confirmed:
        since = limit.since(today)
        found.append(f"declare the public aid that was granted since {since:%-d %B %Y}, or that there was none.")
    stands = standing(declared.received, grant_pounds, limit, today)
    if stands.is_over:
        found.append(f"{stands.working}. Ask for less, or leave this partner’s grant out.")
    return found


def is_declared(granted_on: dt.date, low: Decimal | None, high: Decimal | None, received: Sequence[Aid]) -> bool:
    """Tell whether an award of a register may be in the list: of the same day, or of an amount that fits it."""
    return any(
        aid.granted_on == granted_on or (low is not None and low <= aid.amount <= (high or aid.amount))
        for aid in received
    )


def _converted(amount: Decimal, given: AidCurrency, wanted: AidCurrency, pounds_per_euro: Decimal) -> Decimal:
    if given == wanted:
        return amount
    return round_half_up(amount * pounds_per_euro if wanted == AidCurrency.GBP else amount / pounds_per_euro, 2)
