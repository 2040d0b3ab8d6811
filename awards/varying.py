"""What a variation may change, and how the plan follows. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from dateutil.relativedelta import relativedelta

from accounts.rules import Refused
from awards import spend
from awards.spend import Cell
from funds.years import financial_year, months_from

BY_ONE_PERCENT = 10  # of a partner's cost, all moves together, by one officer; above by two
MOST_MONTHS_LATER = 24


def must_be_later(ends_on: dt.date, now: dt.date, today: dt.date) -> None:
    """Refuse an end that is no month's last day, not later, or more than two years later; and one that comes too late.

    Args:
        now: the day on which the award ends as it stands.
    """
    if today > now:
        raise Refused("The project is over, so its end cannot be moved any more.")
    if (ends_on + dt.timedelta(days=1)).day != 1:
        raise Refused("A project ends on the last day of a month.")
    if not now < ends_on <= now + relativedelta(months=MOST_MONTHS_LATER):
        raise Refused(f"The new end must be later than now, by at most {MOST_MONTHS_LATER} months.")


def moved(before: Mapping[str, int], after: Mapping[str, int], spent_pence: Mapping[str, int]) -> int:
    """Return how many whole pounds move between categories.

    Raises:
        Refused: the sum changes, nothing moves, or a category falls below what was spent on it.
    """
    if sum(after.values()) != sum(before.values()):
        raise Refused(
            f"The costs must still come to £{sum(before.values()):,} together; they come to £{sum(after.values()):,}."
        )
    for category, pence in spent_pence.items():
        if after.get(category, 0) * 100 < pence:
            raise Refused(f"More than £{after.get(category, 0):,} is claimed for {category.replace('_', ' ')} already.")
    if min(after.values(), default=0) < 0:
        raise Refused("No category can be below nothing.")
    pounds = sum(max(0, after.get(category, 0) - before.get(category, 0)) for category in after)
    if not pounds:
        raise Refused("Nothing moves. Change at least two categories.")
    return pounds


def needs_two(moved_pounds: int, moved_before: int, cost_pounds: int) -> bool:
    """Tell whether moves between categories need a second officer: all together above 10 per cent of the cost."""
    return (moved_pounds + moved_before) * 100 > cost_pounds * BY_ONE_PERCENT


def respread(
    cells: Sequence[Cell], grant_pence: int, costs: Mapping[str, int], *, first: dt.date, ends_on: dt.date
) -> list[Cell]:
    """Return a partner's spend profile with everything from `first` on planned anew; it adds up to the grant.

    What is left goes to the categories by what each is still to receive, flat over the months that are left.

    Args:
        cells: the profile as it stands.
        first: first day of the first month to plan anew; the last month of the project at the latest.
    """
    first = min(first, ends_on.replace(day=1))
    past = [cell for cell in cells if cell.month < first]
    planned: dict[str, int] = {}
    for cell in past:
        planned[cell.category] = planned.get(cell.category, 0) + cell.pence
    wanted = spend.by_category(grant_pence, costs)
    weights = {category: max(0, pence - planned.get(category, 0)) for category, pence in wanted.items()}
    left = grant_pence - sum(planned.values())
    count = (ends_on.year - first.year) * 12 + ends_on.month - first.month + 1
    return past + spend.profile(left, weights, months_from(first, count))


def cut(cells: Sequence[Cell], pence: int, year: str) -> list[Cell]:
    """Return a spend profile with `pence` less: of one financial year first, then of the others, the last month first.

    Raises:
        ValueError: less than that is planned.
    """
    kept = []
    for cell in sorted(cells, key=lambda c: (financial_year(c.month) == year, c.month, c.category), reverse=True):
        less = min(cell.pence, pence)
        pence -= less
        kept.append(cell._replace(pence=cell.pence - less))
    if pence:
        raise ValueError(f"{pence} pence more than was planned")
    return [cell for cell in sorted(kept, key=lambda c: (c.month, c.category)) if cell.pence]


def shifts(before: Mapping[str, int], after: Mapping[str, int], left: Mapping[str, int]) -> dict[str, int]:
    """Return by how much the commitment of each financial year changes, in pence; together nothing.

    Args:
        before: the plan by year as it stands.
        after: the plan by year as it will be.
        left: what each year has committed and not instructed; no more than that can leave it.
    """
    wanted = {year: after.get(year, 0) - before.get(year, 0) for year in sorted({*before, *after})}
    out = {year: min(-pence, max(0, left.get(year, 0))) for year, pence in wanted.items() if pence < 0}
    to_give = sum(out.values())
    found = {year: -pence for year, pence in out.items() if pence}
    for year, pence in wanted.items():
        if pence > 0 and to_give:
            found[year] = min(pence, to_give)
            to_give -= found[year]
    return found
