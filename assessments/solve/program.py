"""Solve the linear relaxation of an allocation: price pairs in, add floors that are broken, split bids into teams."""

import dataclasses
from dataclasses import dataclass

import highspy
import numpy as np

from assessments.solve import prices
from assessments.solve.clock import Clock, OutOfTime
from assessments.solve.instance import Instance
from assessments.solve.model import Limits, Model, Weights
from assessments.solve.prices import NEGLIGIBLE, Prices
from assessments.solve.teams import TooManyTeams

FLOOR_MARGIN = 100  # points of affinity: bids this near the worst-served get their floor at once
TEAMS_AT_ONCE = 200
TEAM_GAIN = 10 * NEGLIGIBLE  # a team that adds less than this is not looked for
FIRST_TEAMS = 60.0  # points of affinity below a bid's best team within which its first teams lie
LAST_TEAMS = 1e5


class Unattainable(Exception):
    """Tell that the pairs in the program cannot meet its limits, even in parts."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Hold the best allocation when seats may be shared out in parts: its bound, prices and share x of every pair."""

    bound: float
    prices: Prices
    x: np.ndarray
    totals: np.ndarray
    stranded: float

    @property
    def fractional(self) -> np.ndarray:
        """Tell which pairs are used in part."""
        return (self.x > NEGLIGIBLE) & (self.x < 1 - NEGLIGIBLE)


def run(model: Model, clock: Clock) -> highspy.HighsModelStatus:
    """Run HiGHS within the time left and return its status."""
    highs = model.highs
    clock.check()
    highs.setOptionValue("time_limit", highs.getRunTime() + clock.left())
    highs.run()
    return highs.getModelStatus()


class Program:
    """Keep a growing linear program and solve it to proved optimality over all pairs of the instance."""

    def __init__(self, instance: Instance, pairs: np.ndarray, weights: Weights, limits: Limits, clock: Clock) -> None:
        self.instance, self.clock = instance, clock
        self.model = Model(instance, weights, limits)
        self.model.add_pairs(pairs)
        if clock.cancelled is not None:
            self.model.highs.cbSimplexInterrupt.subscribe(lambda event: event.interrupt(clock.stopped()))

    def relax(self) -> Relaxation:
        """Solve, adding pairs, teams and floors until none would change the answer.

        Raises OutOfTime, or Unattainable when the pairs in the program cannot meet its limits.
        """
        while True:
            status = run(self.model, self.clock)
            if status == highspy.HighsModelStatus.kInfeasible:
                raise Unattainable
            if status != highspy.HighsModelStatus.kOptimal:
                raise OutOfTime
            found = prices.read(self.model)
            if not (self._price_in(found) or self._raise_floors()):
                return self._answer(found)

    def _price_in(self, found: Prices) -> bool:
        """Add what would improve the answer at these prices; tell whether there was anything."""
        scale = max(1.0, self.model.weights.min_bid_total)
        better = np.nonzero((found.reduced > NEGLIGIBLE * scale) & (self.model.column < 0))[0]
        self.model.add_pairs(better)
        count = len(better)
        for bid in np.nonzero(self.model.split)[0].tolist():
            teams = prices.teams_of(self.model, found, bid, TEAM_GAIN)
            self.model.add_teams(bid, teams.take(np.arange(min(len(teams), TEAMS_AT_ONCE))))
            count += len(teams)
        return count > 0

    def _totals(self) -> np.ndarray:
        weights = self.model.pair_values() * self.instance.affinity
        return np.bincount(self.instance.bid, weights=weights, minlength=len(self.instance.bids))

    def _raise_floors(self) -> bool:
        """Add the floors that the answer breaks; tell whether there were any."""
        worst = self.model.worst()
        if worst <= NEGLIGIBLE:
            return False
        totals = self._totals()
        bare = (self.model.floor_row < 0) & ~self.model.split
        if not (bare & (totals < worst - NEGLIGIBLE)).any():
            return False
        self.model.add_floors(np.nonzero(bare & (totals < worst + FLOOR_MARGIN))[0])
        return True

    def _answer(self, found: Prices) -> Relaxation:
        model = self.model
        left_out = np.maximum(found.reduced[model.column < 0], 0.0).sum() + TEAM_GAIN * model.split.sum()
        bound = float(model.highs.getObjectiveValue() + left_out)
        return Relaxation(bound, found, model.pair_values(), self._totals(), model.stranded())

    def fractional(self) -> np.ndarray:
        """Return the pairs that the last answer uses in part."""
        x = self.model.pair_values()
        return np.nonzero((x > NEGLIGIBLE) & (x < 1 - NEGLIGIBLE))[0]

    def split_fractional(self, relaxation: Relaxation) -> Relaxation:
        """Split every bid that is served by parts of assessors into teams, until no more such bids turn up.

        What remains fractional then comes from bids that compete for the same assessor. A bid with too many teams to
        list is left as it is.
        """
        left_alone: set[int] = set()
        while True:
            found = np.unique(self.instance.bid[relaxation.fractional])
            bids = [bid for bid in found[~self.model.split[found]].tolist() if bid not in left_alone]
            if not bids:
                return relaxation
            own = self._with_bid_prices(relaxation)
            before = self.model.split.sum()
            for bid in bids:
                self.clock.check()
                if not self._split(bid, own):
                    left_alone.add(bid)
            if self.model.split.sum() == before:
                return relaxation
            relaxation = self.relax()

    def _split(self, bid: int, found: Prices) -> bool:
        reach = FIRST_TEAMS
        try:
            teams = prices.teams_of(self.model, found, bid, -reach)
            while not len(teams) and reach < LAST_TEAMS:
                reach *= 3
                teams = prices.teams_of(self.model, found, bid, -reach)
        except TooManyTeams:
            return False
        self.model.split_bid(bid)
        self.model.add_teams(bid, teams.take(np.arange(min(len(teams), TEAMS_AT_ONCE))))
        return True

    def _with_bid_prices(self, relaxation: Relaxation) -> Prices:
        """Price each bid at what its present parts are worth, so that only teams nearly as good need be listed."""
        found, model = relaxation.prices, self.model
        value = np.bincount(self.instance.bid, weights=relaxation.x * found.worth, minlength=model.bids)
        value -= found.open_price * model.open_seats() + found.miss_price * model.misses_of_types()
        return dataclasses.replace(found, bid_price=value)


def likely_pairs(instance: Instance) -> np.ndarray:
    """Return pairs to begin with: locked ones, the best of every bid, also by type, and the best of every assessor."""
    every = np.arange(len(instance.bid))
    parts = [every[instance.locked], _best(instance, instance.bid, 12, every)]
    parts.append(_best(instance, instance.assessor, 20, every))
    for of_type in instance.of_type.values():
        parts.append(_best(instance, instance.bid, 4, every[of_type[instance.assessor]]))
    return np.unique(np.concatenate(parts))


def _best(instance: Instance, group: np.ndarray, count: int, pairs: np.ndarray) -> np.ndarray:
    """Return the pairs with the greatest affinity of each group, at most `count` of a group."""
    order = pairs[np.lexsort((-instance.affinity[pairs], group[pairs]))]
    groups = group[order]
    return order[np.arange(len(order)) - np.searchsorted(groups, groups) < count]
