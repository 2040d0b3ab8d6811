"""Spread a grant over cost categories and months, to the penny. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bids.states import CostCategory
from funds.money import share
from funds.years import financial_year


class Cell(NamedTuple):
    """Grant expected to be claimed in one month and category, in pence."""

    month: dt.date
    category: str
    pence: int


def by_category(grant_pence: int, costs: Mapping[str, int]) -> dict[str, int]:
    """Share a partner's grant among its cost categories by their cost (largest remainder), in the order of letters.

    Args:
        costs: category to eligible cost, in any one unit; categories at zero receive nothing.
    """
    spent = {str(category): costs[category] for category in CostCategory if costs.get(category, 0) > 0}
    if not spent or not grant_pence:
        return {}
    return dict(zip(spent, share(grant_pence, list(spent.values())), strict=True))


def profile(grant_pence: int, costs: Mapping[str, int], months: Sequence[dt.date]) -> list[Cell]:
    """Spread a partner's grant flat over its months, so that the cells add up to the grant.

    A category's odd pence go to one month each, beginning after the month at which the category before stopped. So
    no two months of a category, and no two months in total, differ by more than a penny.
    """
    cells, turn = [], 0
    for category, pence in by_category(grant_pence, costs).items():
        each, odd = divmod(pence, len(months))
        lucky = {(turn + i) % len(months) for i in range(odd)}
        turn = (turn + odd) % len(months)
        cells += [Cell(month, category, each + (i in lucky)) for i, month in enumerate(months)]
    return [cell for cell in cells if cell.pence]


def by_year(cells: Iterable[Cell]) -> dict[str, int]:
    """Add up a profile by financial year, the earliest first."""
    years: dict[str, int] = {}
    for cell in sorted(cells):
        year = financial_year(cell.month)
        years[year] = years.get(year, 0) + cell.pence
    return years


def take_earliest(left: Mapping[str, int], pence: int) -> dict[str, int]:
    """Return how much of `pence` to take from each year of what is `left`, the earliest year first.

    Raises:
        ValueError: there is less left than `pence`.
    """
    taken = {}
    for year in sorted(left):
        part = min(max(left[year], 0), pence)
        if part:
            taken[year] = part
            pence -= part
    if pence:
        raise ValueError("There is not so much left in all years together.")
    return taken
