"""Draw the line under a ranked sheet: from the top, at the best total under the pot, or with a minimum per theme."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import highspy
import numpy as np

from assessments.solve.files import BadInput, kind_of, name_of

INFINITY = highspy.kHighsInf
LARGEST, DECIMALS = 10**15, 20
EXACT_DECIMALS = 3  # scores with more are compared to within a millionth of a point


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold a bid of the sheet: score in the points of the sheet, cost in the unit of the budget, theme or none."""

    id: str
    score: Decimal
    cost: Decimal
    theme: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold what the panel decides on; `bids` by rank: score downwards, then id."""

    bids: tuple[Candidate, ...]
    budget: Decimal
    threshold: Decimal
    theme_minimum: dict[str, int]

    @property
    def eligible(self) -> list[Candidate]:
        """Return the bids at or above the threshold, by rank."""
        return [bid for bid in self.bids if bid.score >= self.threshold]


@dataclass(frozen=True, slots=True)
class Panel:
    """Hold the ways to draw the line; where no portfolio is possible its total is None, and `because` says why."""

    top_down_stop: list[str]
    top_down_skip: list[str]
    knapsack: list[str]
    knapsack_total: Decimal
    portfolio_total: Decimal | None
    portfolio: list[str]
    because: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the file holds it."""
        answer: dict[str, Any] = {
            "top_down_stop": self.top_down_stop,
            "top_down_skip": self.top_down_skip,
            "knapsack_total": _plain(self.knapsack_total),
            "portfolio_total": None if self.portfolio_total is None else _plain(self.portfolio_total),
            "portfolio": self.portfolio,
        }
        return answer | ({"because": self.because} if self.because else {})


def parse(data: Any) -> Sheet:
    """Check `{"bids": [{"id", "score", "cost", "theme"}], "budget", "threshold", "theme_minimum": {}}`.

    Numbers may be integers, or decimals read as Decimal; ids that are whole numbers rank by their value. Raises
    BadInput with the place and the mend.
    """
    if not isinstance(data, Mapping):
        raise BadInput("A panel file must hold a JSON object with the keys bids, budget and threshold.")
    rows = data.get("bids")
    if not isinstance(rows, list):
        raise BadInput(f"“bids” is {kind_of(rows)}: it must be a list.")
    bids = [_candidate(row, f"bids[{number}]") for number, row in enumerate(rows)]
    seen: set[str] = set()
    for number, bid in enumerate(bids):
        if bid.id in seen:
            raise BadInput(f"bids[{number}]: the id {bid.id!r} stands twice. Give each bid its own id.")
        seen.add(bid.id)
    numbers = {str(row["id"]): row["id"] for row in rows if type(row["id"]) is int}
    ranked = tuple(sorted(bids, key=lambda bid: (-bid.score, bid.id not in numbers, numbers.get(bid.id, 0), bid.id)))
    budget, threshold = _amount(data.get("budget"), "budget"), _amount(data.get("threshold", 0), "threshold")
    return Sheet(ranked, budget, threshold, _minimum(data.get("theme_minimum", {})))


def _candidate(row: Any, place: str) -> Candidate:
    if not isinstance(row, Mapping):
        raise BadInput(f"{place} is {kind_of(row)}: it must be an object with id, score, cost and theme.")
    name, theme = name_of(row.get("id"), f"{place}.id"), row.get("theme")
    if theme is not None and not isinstance(theme, str):
        raise BadInput(f"{place}.theme is {theme!r}: it must be a word in quotation marks, or null.")
    score, cost = _amount(row.get("score"), f"{place}.score"), _amount(row.get("cost"), f"{place}.cost")
    return Candidate(name, score, cost, theme or "")


def _amount(value: Any, place: str) -> Decimal:
    if type(value) not in (int, float, Decimal) or not (number := Decimal(str(value))).is_finite():
        raise BadInput(f"{place} is {value!r}: it must be a number, 0 or more.")
    if number < 0:
        raise BadInput(f"{place} is {value}: it must be 0 or more.")
    if number > LARGEST or -int(number.normalize().as_tuple().exponent) > DECIMALS:
        raise BadInput(f"{place} is {value}: it must be below {LARGEST:,} and have {DECIMALS} decimals at most.")
    return number


def _minimum(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise BadInput(f"“theme_minimum” is {kind_of(value)}: it must be an object such as {{“Stroke”: 1}}.")
    for theme, count in value.items():
        if type(count) is not int or count < 0:
            raise BadInput(f"theme_minimum.{theme} is {count!r}: it must be a whole number, 0 or more.")
    return {theme: count for theme, count in sorted(value.items()) if count}


def solve(sheet: Sheet) -> Panel:
    """Return every way to draw the line; the order in which the sheet was given does not matter."""
    best = _best(sheet, {})
    portfolio = _best(sheet, sheet.theme_minimum) if sheet.theme_minimum else best
    return Panel(
        top_down_stop=_top_down(sheet, stop=True),
        top_down_skip=_top_down(sheet, stop=False),
        knapsack=[bid.id for bid in best or []],
        knapsack_total=_total(best or []),
        portfolio_total=None if portfolio is None else _total(portfolio),
        portfolio=[bid.id for bid in portfolio or []],
        because="" if portfolio is not None else _why_none(sheet),
    )


def _total(bids: list[Candidate]) -> Decimal:
    return sum((bid.score for bid in bids), Decimal(0))


def _top_down(sheet: Sheet, stop: bool) -> list[str]:
    """Fund by rank while the budget lasts: stop at the first bid that does not fit, or skip it."""
    left, funded = sheet.budget, []
    for bid in sheet.eligible:
        if bid.cost <= left:
            left -= bid.cost
            funded.append(bid.id)
        elif stop:
            break
    return funded


def _why_none(sheet: Sheet) -> str:
    """Name the theme that lacks bids, or tell what the cheapest bids that meet the minimum cost."""
    cheapest = Decimal(0)
    for theme, least in sheet.theme_minimum.items():
        costs = sorted(bid.cost for bid in sheet.eligible if bid.theme == theme)
        if len(costs) < least:
            reach = f"{len(costs)} of its bids reach" if len(costs) != 1 else "1 of its bids reaches"
            return f"{theme} needs {least}, but only {reach} the threshold of {_plain(sheet.threshold)}."
        cheapest += sum(costs[:least], Decimal(0))
    return (
        f"The cheapest bids that meet the minimum of every theme cost {_plain(cheapest):,} together, "
        f"{_plain(cheapest - sheet.budget):,} more than the budget of {_plain(sheet.budget):,}."
    )


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


# -- the best sum of scores -------------------------------------------------------------------------------------------


def _best(sheet: Sheet, theme_minimum: dict[str, int]) -> list[Candidate] | None:
    """Return the bids with the greatest sum of scores within budget and minimum, by rank; None if there are none.

    Costs are whole numbers of their smallest unit in the program, and so are scores with few decimals. HiGHS allows a
    hair's breadth above the budget; a choice that uses it is forbidden by name and the program is solved again, so the
    answer is exact.
    """
    bids = [bid for bid in sheet.eligible if bid.cost <= sheet.budget]
    if not bids:
        return None if theme_minimum else []
    costs = _whole([bid.cost for bid in bids] + [sheet.budget])
    highs = _program(bids, costs, theme_minimum)
    while True:
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        chosen = np.nonzero(np.asarray(highs.getSolution().col_value) > 0.5)[0]
        if sum(costs[number] for number in chosen.tolist()) <= costs[-1]:
            return [bids[number] for number in chosen.tolist()]
        highs.addRow(-INFINITY, len(chosen) - 1.0, len(chosen), chosen.astype(np.int32), np.ones(len(chosen)))


def _program(bids: list[Candidate], costs: list[int], theme_minimum: dict[str, int]) -> highspy.Highs:
    highs = highspy.Highs()
    highs.silent()
    scores = np.array([float(bid.score * 10**EXACT_DECIMALS) for bid in bids])
    gap = 0.5 if (scores == np.rint(scores)).all() else 1e-6 * 10**EXACT_DECIMALS
    for name, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0), ("mip_abs_gap", gap)):
        highs.setOptionValue(name, value)
    highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
    count = len(bids)
    every = np.arange(count, dtype=np.int32)
    none, empty = np.zeros(0, dtype=np.int32), np.zeros(0)
    highs.addCols(count, scores, np.zeros(count), np.ones(count), 0, np.zeros(count, dtype=np.int32), none, empty)
    highs.changeColsIntegrality(count, every, np.ones(count, dtype=np.uint8))
    highs.addRow(-INFINITY, float(costs[-1]), count, every, np.array(costs[:-1], dtype=np.float64))
    for theme, least in theme_minimum.items():
        members = np.array([number for number, bid in enumerate(bids) if bid.theme == theme], dtype=np.int32)
        highs.addRow(float(least), INFINITY, len(members), members, np.ones(len(members)))
    return highs


def _whole(amounts: list[Decimal]) -> list[int]:
    """Return the amounts as whole numbers of the greatest unit that divides them all."""
    digits = max(0, *(-int(amount.normalize().as_tuple().exponent) for amount in amounts))
    scaled = [int(amount.scaleb(digits)) for amount in amounts]
    unit = int(np.gcd.reduce(np.array(scaled, dtype=object))) or 1
    return [amount // unit for amount in scaled]
