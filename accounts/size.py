"""Work out the size of an enterprise from its figures and those of its linked and partner enterprises. Pure.

Commission Recommendation 2003/361/EC, Annex: article 2 (ceilings), article 3 (linked above 50 %, partner from 25 %),
article 6 (linked enterprises are added whole, partners pro rata). Euros are turned into pounds, not pounds into
euros, so that every comparison is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.rules import Refused
from accounts.states import Size

LINKED_ABOVE, PARTNER_FROM = Decimal(50), Decimal(25)  # per cent
MOST_STAFF, MOST_POUNDS, MOST_RELATED = 9_999_999, 10**12 - 1, 50


class Ceiling(NamedTuple):
    """What an enterprise of a size has less staff than, and at most which turnover or balance sheet, in euros."""

    size: Size
    staff: int
    turnover: int
    balance: int


CEILINGS = (
    Ceiling(Size.MICRO, 10, 2_000_000, 2_000_000),
    Ceiling(Size.SMALL, 50, 10_000_000, 10_000_000),
    Ceiling(Size.MEDIUM, 250, 50_000_000, 43_000_000),
)


@dataclass(frozen=True)
class Figures:
    """Staff in annual work units, turnover and balance sheet total in whole pounds, of one year."""

    staff: Decimal
    turnover: int
    balance: int


@dataclass(frozen=True)
class Related:
    """An enterprise that holds, or is held by, `share` per cent of the one that is measured."""

    name: str
    identifier: str
    share: Decimal
    figures: Figures

    @property
    def counted(self) -> Decimal:
        """The per cent of its figures that are added."""
        if self.share > LINKED_ABOVE:
            return Decimal(100)
        return self.share if self.share >= PARTNER_FROM else Decimal(0)

    @property
    def kind(self) -> str:
        """What it is called in the Recommendation."""
        return "linked" if self.share > LINKED_ABOVE else "partner" if self.counted else "independent"


class Working(NamedTuple):
    """The size, the sums it follows from, and how, line by line in words."""

    size: Size
    staff: Decimal
    turnover: Decimal
    balance: Decimal
    lines: tuple[str, ...]


def worked_out(own: Figures, related: Sequence[Related], pounds_per_euro: Decimal) -> Working:
    """Return the size that follows from these figures.

    Args:
        pounds_per_euro: what a euro cost in pounds, such as 0.88723.

    Raises:
        Refused: a figure is negative, too large, not a number or has more than two decimals.
    """
    _must_be_figures(own, related)
    staff, turnover, balance = (
        getattr(own, figure) + sum((r.counted * getattr(r.figures, figure) / 100 for r in related), Decimal(0))
        for figure in ("staff", "turnover", "balance")
    )
    fits = next((c for c in CEILINGS if _is_within(c, staff, turnover, balance, pounds_per_euro)), None)
    size = fits.size if fits else Size.LARGE
    lines = (
        _sum("staff", own.staff, [(r, r.figures.staff) for r in related], staff, number),
        _sum("turnover", own.turnover, [(r, r.figures.turnover) for r in related], turnover, money),
        _sum("balance sheet", own.balance, [(r, r.figures.balance) for r in related], balance, money),
        *(f"{r.name}: {number(r.share)} % is less than {PARTNER_FROM} %, so it is not counted."
          for r in related if not r.counted),
        _because(fits, pounds_per_euro),
    )  # fmt: skip
    return Working(size, staff, turnover, balance, lines)


def _is_within(c: Ceiling, staff: Decimal, turnover: Decimal, balance: Decimal, rate: Decimal) -> bool:
    return staff < c.staff and (turnover <= c.turnover * rate or balance <= c.balance * rate)


def _must_be_figures(own: Figures, related: Sequence[Related]) -> None:
    if len(related) > MOST_RELATED:
        raise Refused(f"At most {MOST_RELATED} linked and partner enterprises can be entered.")
    for figures in (own, *(r.figures for r in related)):
        if not _is_number(figures.staff, MOST_STAFF):
            raise Refused(f"Staff must be a number from 0 to {MOST_STAFF:,} with at most two decimals.")
        if not all(0 <= pounds <= MOST_POUNDS for pounds in (figures.turnover, figures.balance)):
            raise Refused(f"Turnover and balance sheet must be whole pounds from £0 to £{MOST_POUNDS:,}.")
    if not all(_is_number(r.share, 100) for r in related):
        raise Refused("A share must be a percentage from 0 to 100 with at most two decimals.")


def _is_number(value: Decimal, most: int) -> bool:
    return value.is_finite() and 0 <= value <= most and value == round(value, 2)


def number(value: Decimal) -> str:
    """Return a number as people write it: 38, 12.5 or 1,200."""
    return f"{value.normalize():,f}"


def money(value: Decimal | int) -> str:
    """Return pounds as people write them: £4,000,000, with odd pence where there are some."""
    return f"£{Decimal(value).normalize():,f}"


def _sum(name: str, own: Decimal | int, others: list[tuple[Related, Decimal | int]], total: Decimal, say) -> str:
    """Return a sum in words, such as “38 staff + 40 of linked Fictional Holdings = 78”."""
    parts = [f"{say(Decimal(own))} {name}"]
    for enterprise, figure in others:
        if enterprise.kind == "partner":
            parts.append(f"{number(enterprise.share)} % of {say(Decimal(figure))} of partner {enterprise.name}")
        elif enterprise.counted:
            parts.append(f"{say(Decimal(figure))} of linked {enterprise.name}")
    return parts[0] + "." if len(parts) == 1 else f"{' + '.join(parts)} = {say(total)}."


def _because(fits: Ceiling | None, rate: Decimal) -> str:
    """Return why this size, with its ceilings in euros and pounds."""
    c = fits or CEILINGS[-1]
    turnover = f"€{c.turnover // 1_000_000} million ({money(c.turnover * rate)})"
    balance = f"€{c.balance // 1_000_000} million ({money(c.balance * rate)})"
    if fits is None:
        return (
            f"That is {c.staff} staff or more, or turnover above {turnover} and balance sheet above {balance}: large."
        )
    return (
        f"That is fewer than {c.staff} staff, and turnover of at most {turnover} or balance sheet of at most"
        f" {balance}: {c.size.label.lower()}."
    )
