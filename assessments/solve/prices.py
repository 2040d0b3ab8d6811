"""Read prices off a solved program: what every pair and team would add, and the bound on all allocations they prove."""

from dataclasses import dataclass

import numpy as np

from assessments.solve.model import Model
from assessments.solve.teams import Charges, Teams, teams_worth

NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True)
class Prices:
    """Hold the reduced cost of every pair of the instance, and what a pair of a split bid is worth within a team.

    A pair with reduced cost −d cannot be in an allocation that is worth more than `bound` − d, nor can a team worth −d.
    """

    reduced: np.ndarray
    worth: np.ndarray
    bid_price: np.ndarray
    open_price: float
    miss_price: float


def read(model: Model) -> Prices:
    """Return the prices of a program solved to optimality."""
    instance = model.instance
    dual = np.asarray(model.highs.getSolution().row_dual)
    worth = model.weights.total * instance.affinity - dual[model.bids + instance.assessor]
    if model.total_row >= 0:
        worth = worth - dual[model.total_row] * instance.affinity
    reduced = worth - dual[instance.bid]
    for row, kind in zip(model.type_row, model.kinds, strict=True):
        reduced -= np.where(kind[instance.assessor], dual[row + instance.bid], 0.0)
    if model.most:
        region = np.where(model.region_row >= 0, dual[model.region_row], 0.0)
        reduced -= region[instance.bid * model.regions + instance.region[instance.assessor]]
    reduced -= np.where(model.floor_row >= 0, dual[model.floor_row], 0.0)[instance.bid] * instance.affinity
    reduced[model.split[instance.bid]] = -np.inf
    return Prices(
        reduced=reduced,
        worth=worth,
        bid_price=dual[: model.bids] * instance.seats,
        open_price=float(dual[model.open_limit]) + model.weights.unfilled,
        miss_price=float(dual[model.miss_limit]) + model.weights.rule_violations,
    )


def teams_of(model: Model, prices: Prices, bid: int, least: float) -> Teams:
    """Return the teams of a split bid whose reduced cost is at least `least`, best first."""
    instance, limits = model.instance, model.limits
    charges = Charges(
        price=float(prices.bid_price[bid]),
        open_price=prices.open_price,
        miss_price=prices.miss_price,
        floor=limits.min_bid_total,
        open=int(min(limits.unfilled, instance.bids[bid].k)),
        misses=int(min(limits.rule_violations, 1_000_000)),
    )
    worth = prices.worth[instance.first[bid] : instance.first[bid + 1]]
    return teams_worth(instance, bid, worth, charges, least)
