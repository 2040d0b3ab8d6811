"""Settle the aims of an allocation one after the other, and keep the best allocation found on the way."""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from assessments.solve.clock import Clock, OutOfTime
from assessments.solve.exchange import raise_worst
from assessments.solve.greedy import fill, greedy
from assessments.solve.instance import Instance
from assessments.solve.model import INFINITY, Limits, Model, Weights
from assessments.solve.prices import NEGLIGIBLE
from assessments.solve.program import Program, Relaxation, Unattainable, likely_pairs
from assessments.solve.teams import TooManyTeams
from assessments.solve.values import Values, best_sums, measure
from assessments.solve.whole import Whole, best_total, keeps, search
from assessments.solve.worst import bound_worst, lift_worst

MISS_CHARGE = 1e4  # points of affinity for a rule miss in the first program, and ten times that for an open seat
SMALL = 20_000  # pairs of an instance for which the exact best of the worst-served bid is looked for at length
TOLERANCE = 0.005  # DOMAIN.md section 4: the worst-served bid within 0.5 %, where the exact best is out of reach
SEARCH_PAIRS = 60_000  # a search without prices takes all pairs up to this many, else the likely ones, and proves less


class Search:
    """Keep the best allocation so far (`best`, positions of pairs) and what is proved of the aims.

    `best_possible` holds the proved best of each aim, given the best of the aims before it; `bound` that of the total.
    """

    def __init__(self, instance: Instance, aims: tuple[str, ...], clock: Clock) -> None:
        self.instance, self.aims, self.clock = instance, aims, clock
        self.before_total = aims[: aims.index("total")]
        self.best = greedy(instance)
        self.best_possible: dict[str, float] = {}
        self.bound = self.most = float(best_sums(instance).sum())
        self.enough = INFINITY
        self.near: Whole | None = None

    def go(self) -> None:
        """Settle the aims by relaxations and, if whole seats cannot match those, by search; then the total.

        Raises OutOfTime when the time limit cuts this short; the best allocation stays.
        """
        filled = fill(self.instance, self.best)
        self._take(filled)
        if not len(self.instance.bid):
            self.best_possible = {aim: getattr(self.values(), aim) for aim in self.aims}
            return
        limits = Limits()
        if self.aims[0] == "unfilled":
            self.best_possible["unfilled"] = measure(self.instance, filled).unfilled
            limits = Limits(unfilled=self.best_possible["unfilled"])
        self.clock.report("first program")
        self._open_program(filled, limits)
        found = Whole(None, INFINITY)
        with suppress(Unattainable):  # what is hoped of one aim may leave the next without an answer
            hoped = self._relax_aims(limits)
            self.clock.report("total affinity")
            found = self._total(self.program, hoped, self._first_share())
        if found.chosen is None:
            hoped = self._search_aims(limits)
            found = self._final(hoped)
        self.bound = min(self.bound, found.bound)
        if found.chosen is not None:
            self._after_total(hoped)

    def _first_share(self) -> Clock:
        """Return a clock for the first try: short where so many bids are in parts that it will hardly succeed."""
        if not self.before_total:
            return self.clock
        touched = len(np.unique(self.instance.bid[self.program.fractional()]))
        return self.clock.share(0.4 if 3 * touched < len(self.instance.bids) else 0.05)

    def values(self) -> Values:
        """Measure the best allocation so far."""
        return measure(self.instance, self.best)

    def proved(self) -> bool:
        """Tell whether every aim is at its proved best."""
        values = self.values()
        return all(int(self.best_possible.get(aim, -1)) == getattr(values, aim) for aim in self.aims)

    def _take(self, chosen: np.ndarray) -> None:
        if measure(self.instance, chosen).rank(self.aims, self.enough) > self.values().rank(self.aims, self.enough):
            self.best = np.sort(chosen)

    # -- by relaxation ------------------------------------------------------------------------------------------------

    def _open_program(self, pairs: np.ndarray, limits: Limits) -> None:
        pairs = np.union1d(likely_pairs(self.instance), np.union1d(pairs, self.best))
        weights = Weights(total=1.0, unfilled=10 * MISS_CHARGE, rule_violations=MISS_CHARGE)
        self.program = Program(self.instance, pairs, weights, limits, self.clock)
        self.program.relax()

    def _relax_aims(self, limits: Limits) -> Limits:
        """Return the limits with each aim before the total at the best that seats shared out in parts allow."""
        for aim in self.before_total:
            if aim == "unfilled" and limits.unfilled < INFINITY:
                continue
            self.clock.report(aim.replace("_", " "))
            self.best_possible[aim] = self._bound_of(aim)
            limits = replace(limits, **{aim: float(self.best_possible[aim])})
            self.program.model.limit(limits)
        return limits

    def _bound_of(self, aim: str) -> int:
        model = self.program.model
        if aim == "min_bid_total":
            model.aim(Weights(total=1.0))
            self.bound = min(self.bound, self.program.relax().bound)
            return bound_worst(self.program, self.bound, self.clock.share(0.2))
        if aim == "rule_violations" and model.weights.total and model.misses() < NEGLIGIBLE:
            return 0
        model.aim(Weights(**{aim: 1.0}))
        return max(0, int(np.ceil(-self.program.relax().bound - NEGLIGIBLE)))

    # -- the total ----------------------------------------------------------------------------------------------------

    def _total(self, program: Program, limits: Limits, clock: Clock, first: bool = False) -> Whole:
        """Find the greatest total within the limits (any will do with `first`), and take it if it is best."""
        program.clock = clock
        found = Whole(None, INFINITY)
        try:
            program.model.limit(limits)
            program.model.aim(Weights(total=1.0))
            relaxation = self._relaxed(program)
            if relaxation is None:
                return Whole(None, INFINITY, impossible=True)
            found = Whole(None, relaxation.bound)
            found = best_total(program, program.split_fractional(relaxation), first)
        except (OutOfTime, Unattainable, TooManyTeams):
            self.clock.check()
        if found.chosen is None or not keeps(measure(self.instance, found.chosen), limits):
            return Whole(None, found.bound, found.impossible)
        self._take(found.chosen)
        return found

    def _relaxed(self, program: Program) -> Relaxation | None:
        """Solve a program, with all pairs if some cannot meet its limits; return nothing if all of them cannot."""
        with suppress(Unattainable):
            return program.relax()
        program.model.add_pairs(np.arange(len(self.instance.bid)))
        with suppress(Unattainable):
            return program.relax()
        return None

    def _fresh_total(self, limits: Limits, clock: Clock, first: bool = False) -> Whole:
        """Do the same with a new program over the pairs that have mattered so far."""
        pairs = np.union1d(np.nonzero(self.program.model.column >= 0)[0], self.best)
        start = replace(limits, min_bid_total=0.0)
        program = Program(self.instance, pairs, Weights(total=1.0), start, clock)
        try:
            level = limits.min_bid_total
            if level and lift_worst(program, level) < level - NEGLIGIBLE:
                return Whole(None, INFINITY, impossible=True)
        except (OutOfTime, Unattainable):
            self.clock.check()
            return Whole(None, INFINITY)
        return self._total(program, limits, clock, first)

    def _final(self, limits: Limits) -> Whole:
        """Find the greatest total within the limits that the search has settled, unless it was found on the way."""
        found = self.near
        if found is None:
            self.clock.report("total affinity again")
            found = self._fresh_total(limits, self.clock.share(0.6))
        if found.chosen is None:
            self.clock.report("better totals near the best allocation")
            self._improve(limits)
        return found

    def _improve(self, limits: Limits) -> None:
        """Search from the best allocation so far, among the pairs that have mattered, for a greater total."""
        if not keeps(self.values(), limits):
            return
        model = Model(self.instance, Weights(total=1.0), limits)
        model.add_pairs(np.union1d(np.nonzero(self.program.model.column >= 0)[0], self.best))
        if limits.min_bid_total:
            model.add_floors(np.arange(len(self.instance.bids)))
        found = search(model, self.clock, start=self.best)
        if found.chosen is not None:
            self._take(found.chosen)

    # -- by search ----------------------------------------------------------------------------------------------------

    def _search_aims(self, limits: Limits) -> Limits:
        """Return the limits with each aim before the total at the best that was found for whole seats.

        What the relaxations promised for an aim held only if the aims before it were met as hoped, so it is asked anew.
        """
        self.bound = self.most
        for aim in self.before_total:
            if aim == "unfilled" and limits.unfilled < INFINITY:
                continue
            self.clock.report(f"{aim.replace('_', ' ')} by search")
            self._open_program(np.nonzero(self.program.model.column >= 0)[0], limits)
            self.best_possible[aim] = self._bound_of(aim)
            worst = aim == "min_bid_total"
            limits = self._search_worst(limits) if worst else self._search_least(aim, limits)
        return limits

    def _search_least(self, aim: str, limits: Limits) -> Limits:
        """Find the least unfilled seats or rule misses; first try whether the relaxation's bound is met."""
        hoped = replace(limits, **{aim: float(self.best_possible[aim])})
        found = self._fresh_total(hoped, self.clock.share(0.3), first=True)
        if found.chosen is None:
            self._search_whole(aim, limits)
        return replace(limits, **{aim: float(getattr(self.values(), aim))})

    def _search_whole(self, aim: str, limits: Limits) -> None:
        """Search for the best of one aim without prices to guide it; note the bound if all pairs were looked at."""
        model = Model(self.instance, Weights(**{aim: 1.0}), limits)
        if limits.total > 0:
            model.add_total_row()
        every = len(self.instance.bid) <= SEARCH_PAIRS
        pairs = np.arange(len(self.instance.bid)) if every else np.nonzero(self.program.model.column >= 0)[0]
        model.add_pairs(np.union1d(pairs, self.best))
        if limits.min_bid_total or aim == "min_bid_total":
            model.add_floors(np.arange(len(self.instance.bids)))
        found = search(model, self.clock.share(0.4))
        if found.chosen is not None:
            self._take(found.chosen)
        if every and np.isfinite(found.bound):
            self.best_possible[aim] = abs(int(np.floor(found.bound + NEGLIGIBLE)))

    def _search_worst(self, limits: Limits) -> Limits:
        """Raise the worst-served bid as far as whole seats are found to allow, exactly or to within the tolerance."""
        if not keeps(self.values(), limits):
            self._fresh_total(limits, self.clock.share(0.3), first=True)
        self._take(raise_worst(self.instance, self.best, self.clock.share(0.2)))
        low = self.values().min_bid_total
        if len(self.instance.bid) <= SMALL:
            low = self._climb(limits, low, self.clock.share(0.3), first=True)
        if low < self.best_possible["min_bid_total"]:
            self.enough = float(np.ceil((1 - TOLERANCE) * self.best_possible["min_bid_total"]))
            self.clock.report("worst-served bid within the tolerance")
            if low < self.enough and not self._try_floor(limits, self.enough, self.clock.share(0.4)):
                self.clock.report("worst-served bid as well as found")
                self._try_floor(limits, low, self.clock.share(0.6))
                low = self._climb(limits, low, self.clock)
        return replace(limits, min_bid_total=float(min(self.enough, self.values().min_bid_total)))

    def _try_floor(self, limits: Limits, floor: float, clock: Clock, first: bool = False) -> bool:
        """Tell whether an allocation was found with every bid at or above the floor; keep its total and bound."""
        found = self._fresh_total(replace(limits, min_bid_total=float(floor)), clock, first)
        if not first and (found.chosen is not None or self.near is None):
            self.near, self.bound = found, min(found.bound, self.most)
        if found.impossible and self.best_possible["min_bid_total"] >= floor:
            self.best_possible["min_bid_total"] = int(floor) - 1
        return found.chosen is not None

    def _climb(self, limits: Limits, low: int, clock: Clock, first: bool = False) -> int:
        """Return the highest floor found to be possible for every bid, by halving the range above `low`."""
        high = int(min(self.best_possible["min_bid_total"], self.enough))
        while low < high and not clock.stopped():
            level = (low + high + 1) // 2
            if self._try_floor(limits, level, clock.share(0.4), first):
                low = max(level, self.values().min_bid_total)
            else:
                high = level - 1
        return low

    def _after_total(self, limits: Limits) -> None:
        """Settle the aims that come after the total."""
        limits = replace(limits, total=float(self.values().total))
        self.best_possible["total"] = int(self.bound + NEGLIGIBLE)
        for aim in self.aims[len(self.before_total) + 1 :]:
            self.clock.report(aim.replace("_", " "))
            self._search_whole(aim, limits)
            limits = replace(limits, **{aim: float(getattr(self.values(), aim))})
