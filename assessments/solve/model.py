"""The allocation as a linear program in HiGHS, over the pairs that matter and with the rows that matter.

Variables: x (pair used, 0-1), open (seats of a bid left unfilled), miss (assessors of a type a bid lacks), excess
(assessors above a region's most), worst (the worst-served bid's affinity) and y (a whole team used). Rows:

    bid b                Σ x + open_b = k_b
    assessor a           Σ x ≤ capacity_a
    type t, bid b        Σ x of the type + miss ≥ least_t
    region r, bid b      Σ x of the region − excess ≤ most        (only where more than `most` pairs of it are in)
    floor, bid b         Σ affinity · x − worst ≥ 0                (only where asked for)
    open seats           Σ open ≤ limit
    misses               Σ miss + Σ excess ≤ limit
    total                Σ affinity · x ≥ limit                    (only where asked for)

A bid may be split into teams: its x are taken out, and each of its teams is one column y that stands for all its pairs
at once (Dantzig and Wolfe's decomposition, for the bids where the rows above leave halves of assessors).
"""

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from assessments.solve.instance import Instance
from assessments.solve.teams import Teams
from assessments.solve.values import best_sums

INFINITY = highspy.kHighsInf
STRANDED = 1e5  # charge for a seat of a split bid that no team in the program serves, in points of affinity


@dataclass(frozen=True, slots=True)
class Weights:
    """Hold what one unit of each aim is worth in the objective; the aims to be least are charged."""

    total: float = 0.0
    unfilled: float = 0.0
    rule_violations: float = 0.0
    min_bid_total: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what is already settled: the most unfilled seats and rule misses, the least for the worst bid and in all."""

    unfilled: float = INFINITY
    rule_violations: float = INFINITY
    min_bid_total: float = 0.0
    total: float = 0.0


class Model:
    """Keep one HiGHS model that grows: pairs and teams are added as columns, rules and floors as rows when needed."""

    def __init__(self, instance: Instance, weights: Weights, limits: Limits) -> None:
        self.instance, self.weights, self.limits = instance, weights, limits
        self.kinds = list(instance.of_type.values())
        self.most = instance.max_per_region or 0
        self.bids, self.assessors = len(instance.bids), len(instance.assessors)
        self.regions = int(instance.region.max(initial=0)) + 1
        self.region_row = np.full(self.bids * self.regions if self.most else 0, -1, dtype=np.int64)
        self.region_load = np.zeros(len(self.region_row), dtype=np.int64)
        self.floor_row = np.full(self.bids, -1, dtype=np.int64)
        self.column = np.full(len(instance.bid), -1, dtype=np.int64)
        self.excess_column = np.zeros(0, dtype=np.int64)
        self.split = np.zeros(self.bids, dtype=bool)
        self.team_column = np.zeros(0, dtype=np.int64)
        self.team_members = np.zeros((0, int(instance.seats.max(initial=0))), dtype=np.int64)
        self.stranded_column = np.zeros(0, dtype=np.int64)
        self.total_row = -1
        self.highs = highspy.Highs()
        self.highs.silent()
        for name, value in (("threads", 1), ("random_seed", 0)):
            self.highs.setOptionValue(name, value)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._lay_out()
        self.limit(limits)
        self.aim(weights)

    def _lay_out(self) -> None:
        """Lay the rows every model has, and the columns that do not stand for pairs."""
        bids, seats, instance = self.bids, self.instance.seats, self.instance
        type_rows = bids * len(self.kinds)
        self.type_row = bids + self.assessors + bids * np.arange(len(self.kinds))
        self.open_limit = bids + self.assessors + type_rows
        self.miss_limit = self.open_limit + 1
        least = np.repeat(np.array(list(instance.min_per_type.values()), dtype=np.float64), bids)
        lower = np.concatenate([seats, np.full(self.assessors, -INFINITY), least, np.full(2, -INFINITY)])
        upper = np.concatenate([seats, instance.capacity, np.full(type_rows + 2, INFINITY)])
        self._add_rows(lower, upper, np.zeros(len(lower) + 1), np.zeros(0), np.zeros(0))
        self.miss_column, self.worst_column = bids, bids + type_rows
        own = np.concatenate([np.arange(bids), bids + self.assessors + np.arange(type_rows)])
        limit = np.repeat([self.open_limit, self.miss_limit], [bids, type_rows])
        index = np.column_stack([own, limit]).ravel()
        start = 2 * np.arange(len(own) + 1)
        self._add_columns(np.zeros(len(own) + 1), start, index, np.ones(len(index)), 0.0, INFINITY)

    def _add_rows(self, lower: Any, upper: Any, start: np.ndarray, index: np.ndarray, value: np.ndarray) -> None:
        self.highs.addRows(
            len(lower),
            np.asarray(lower, dtype=np.float64),
            np.asarray(upper, dtype=np.float64),
            len(index),
            start.astype(np.int32),
            index.astype(np.int32),
            value.astype(np.float64),
        )

    def _add_columns(
        self, cost: np.ndarray, start: np.ndarray, index: np.ndarray, value: np.ndarray, lower: Any, upper: Any
    ) -> np.ndarray:
        """Add columns and return their numbers; a single lower or upper bound serves them all."""
        first, count = self.highs.getNumCol(), len(cost)
        self.highs.addCols(
            count,
            cost.astype(np.float64),
            np.broadcast_to(np.asarray(lower, dtype=np.float64), count).copy(),
            np.broadcast_to(np.asarray(upper, dtype=np.float64), count).copy(),
            len(index),
            start.astype(np.int32),
            index.astype(np.int32),
            value.astype(np.float64),
        )
        return first + np.arange(count)

    # -- growing ------------------------------------------------------------------------------------------------------

    def add_pairs(self, pairs: np.ndarray) -> None:
        """Add the pairs (positions) that are not in yet, with region rows where they may now break a rule."""
        instance = self.instance
        pairs = np.unique(pairs[(self.column[pairs] < 0) & ~self.split[instance.bid[pairs]]])
        bid, assessor, affinity = instance.bid[pairs], instance.assessor[pairs], instance.affinity[pairs]
        one, every = np.ones(len(pairs)), np.ones(len(pairs), dtype=bool)
        entries = [(bid, one, every), (self.bids + assessor, one, every)]
        entries += [(row + bid, one, kind[assessor]) for row, kind in zip(self.type_row, self.kinds, strict=True)]
        if self.most:
            keys = bid * self.regions + instance.region[assessor]
            entries.append((self.region_row[keys], one, self.region_row[keys] >= 0))
        entries.append((self.floor_row[bid], affinity, self.floor_row[bid] >= 0))
        if self.total_row >= 0:
            entries.append((np.full(len(pairs), self.total_row), affinity, every))
        row, value, inside = (np.column_stack(part) for part in zip(*entries, strict=True))
        start = np.concatenate([[0], np.cumsum(inside.sum(axis=1))])
        lower = instance.locked[pairs].astype(float)
        self.column[pairs] = self._add_columns(
            self.weights.total * affinity, start, row[inside], value[inside], lower, 1.0
        )
        if self.most:
            np.add.at(self.region_load, keys, 1)
            self._add_region_rows(np.nonzero((self.region_load > self.most) & (self.region_row < 0))[0])

    def _add_region_rows(self, keys: np.ndarray) -> None:
        """Add a row and an excess for each key (bid × regions + region), over the pairs already in."""
        if not len(keys):
            return
        active = np.nonzero(self.column >= 0)[0]
        of = self.instance.bid[active] * self.regions + self.instance.region[self.instance.assessor[active]]
        active, of = active[np.isin(of, keys)], of[np.isin(of, keys)]
        order = np.argsort(of, kind="stable")
        start = np.searchsorted(of[order], np.append(keys, keys[-1] + 1))
        self.region_row[keys] = self.highs.getNumRow() + np.arange(len(keys))
        none, most = np.full(len(keys), -INFINITY), np.full(len(keys), self.most)
        self._add_rows(none, most, start, self.column[active[order]], np.ones(len(order)))
        index = np.column_stack([self.region_row[keys], np.full(len(keys), self.miss_limit)]).ravel()
        cost = np.full(len(keys), -self.weights.rule_violations)
        upper = 0.0 if self.limits.rule_violations == 0 else INFINITY
        start = 2 * np.arange(len(keys) + 1)
        columns = self._add_columns(cost, start, index, np.tile([-1.0, 1.0], len(keys)), 0.0, upper)
        self.excess_column = np.concatenate([self.excess_column, columns])

    def add_floors(self, bids: np.ndarray) -> None:
        """Hold the given bids' affinity at or above `worst`."""
        bids = bids[(self.floor_row[bids] < 0) & ~self.split[bids]]
        if not len(bids):
            return
        first = self.highs.getNumRow()
        self.floor_row[bids] = first + np.arange(len(bids))
        active = np.nonzero((self.column >= 0) & (self.floor_row[self.instance.bid] >= first))[0]
        row = np.concatenate([self.floor_row[self.instance.bid[active]] - first, np.arange(len(bids))])
        index = np.concatenate([self.column[active], np.full(len(bids), self.worst_column)])
        value = np.concatenate([self.instance.affinity[active], np.full(len(bids), -1)])
        order = np.argsort(row, kind="stable")
        start = np.searchsorted(row[order], np.arange(len(bids) + 1))
        self._add_rows(np.zeros(len(bids)), np.full(len(bids), INFINITY), start, index[order], value[order])

    def add_total_row(self) -> None:
        """Hold the total affinity at or above its limit; for aims that come after the total."""
        active = np.nonzero(self.column >= 0)[0]
        self.total_row = self.highs.getNumRow()
        start = np.array([0, len(active)])
        least = np.array([self.limits.total])
        self._add_rows(least, [INFINITY], start, self.column[active], self.instance.affinity[active])

    def split_bid(self, bid: int) -> None:
        """Take a bid's pairs and rules out: teams alone can serve it; one that none serves is charged dearly."""
        first, last = self.instance.first[bid], self.instance.first[bid + 1]
        columns = self.column[first:last]
        self._bound(columns[columns >= 0], 0.0, 0.0)
        self._bound(np.array([bid]), 0.0, 0.0)
        rows = [int(row) + bid for row in self.type_row] + [int(self.floor_row[bid])]
        if self.most:
            rows += self.region_row[bid * self.regions : (bid + 1) * self.regions].tolist()
        for row in rows:
            if row >= 0:
                self.highs.changeRowBounds(row, -INFINITY, INFINITY)
        self.split[bid] = True
        seats = float(self.instance.bids[bid].k)
        cost, start = np.array([-STRANDED * seats]), np.array([0, 1])
        column = self._add_columns(cost, start, np.array([bid]), np.array([seats]), 0.0, 1.0)
        self.stranded_column = np.concatenate([self.stranded_column, column])

    def add_teams(self, bid: int, teams: Teams) -> None:
        """Add teams of a split bid."""
        seats, count = self.instance.bids[bid].k, len(teams)
        inside = teams.members >= 0
        assessor = np.where(inside, self.bids + self.instance.assessor[teams.members], 0)
        row = np.column_stack([np.full(count, bid), assessor, np.tile([self.open_limit, self.miss_limit], (count, 1))])
        value = np.column_stack([np.full(count, seats), inside, teams.open, teams.misses])
        used = value != 0
        start = np.concatenate([[0], np.cumsum(used.sum(axis=1))])
        cost = self.weights.total * teams.affinity
        cost = cost - self.weights.unfilled * teams.open - self.weights.rule_violations * teams.misses
        columns = self._add_columns(cost, start, row[used], value[used], 0.0, 1.0)
        self.team_column = np.concatenate([self.team_column, columns])
        padded = np.pad(teams.members, ((0, 0), (0, self.team_members.shape[1] - seats)), constant_values=-1)
        self.team_members = np.concatenate([self.team_members, padded])

    def forbid_stranding(self) -> None:
        """Have every split bid served."""
        self._bound(self.stranded_column, 0.0, 0.0)

    # -- aims and limits ----------------------------------------------------------------------------------------------

    def aim(self, weights: Weights) -> None:
        """Maximise total affinity and the worst bid's, less unfilled seats and rule misses; before any bid is split."""
        self.weights = weights
        cost = np.zeros(self.highs.getNumCol())
        cost[: self.bids] = -weights.unfilled
        cost[self.miss_column : self.worst_column] = -weights.rule_violations
        cost[self.worst_column] = weights.min_bid_total
        cost[self.excess_column] = -weights.rule_violations
        active = np.nonzero(self.column >= 0)[0]
        cost[self.column[active]] = weights.total * self.instance.affinity[active]
        self.highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def limit(self, limits: Limits) -> None:
        """Keep what is settled; before any bid is split."""
        self.limits = limits
        self.highs.changeRowBounds(self.open_limit, -INFINITY, limits.unfilled)
        self.highs.changeRowBounds(self.miss_limit, -INFINITY, limits.rule_violations)
        self._bound(np.arange(self.bids), 0.0, self._most_open(limits))
        misses = np.concatenate([np.arange(self.miss_column, self.worst_column), self.excess_column])
        self._bound(misses, 0.0, 0.0 if limits.rule_violations == 0 else INFINITY)
        self._bound(np.array([self.worst_column]), limits.min_bid_total, INFINITY)

    def _most_open(self, limits: Limits) -> Any:
        """Return how many seats a bid may leave open: none of a bid whose best others would not reach the floor."""
        if limits.unfilled == 0:
            return 0.0
        if not limits.min_bid_total:
            return INFINITY
        most = np.zeros(self.bids)
        for open_seats in range(1, int(self.instance.seats.max()) + 1):
            left = self.instance.seats - open_seats
            reached = best_sums(self.instance, np.maximum(left, 0)) >= limits.min_bid_total
            most[reached & (left >= 0)] = open_seats
        return most

    def hold_short_bids(self, level: float) -> None:
        """Let no bid share out an open seat so that the worst-served one seems better off than whole seats allow.

        With j seats open a bid has at most the sum of its best k − j. While the worst-served bid is asked for no more
        than a level that every bid of these rows reaches with all seats, worst + j (level − best k − 1) ≤ level.
        """
        if self.limits.unfilled == 0:
            return
        full, short = best_sums(self.instance), best_sums(self.instance, np.maximum(self.instance.seats - 1, 0))
        bids = np.nonzero((self.instance.seats > 0) & ~self.split & (short < level) & (full >= level))[0]
        start, none = 2 * np.arange(len(bids) + 1), np.full(len(bids), -INFINITY)
        index = np.column_stack([bids, np.full(len(bids), self.worst_column)]).ravel()
        value = np.column_stack([level - short[bids], np.ones(len(bids))]).ravel()
        self._add_rows(none, np.full(len(bids), level), start, index, value)

    def cap_worst(self, most: float) -> None:
        """Ask no more than so much affinity for the worst-served bid."""
        self._bound(np.array([self.worst_column]), self.limits.min_bid_total, max(most, self.limits.min_bid_total))

    def _bound(self, columns: np.ndarray, lower: float, upper: Any) -> None:
        count = len(columns)
        most = np.broadcast_to(np.asarray(upper, dtype=np.float64), count).copy()
        self.highs.changeColsBounds(count, columns.astype(np.int32), np.full(count, lower), most)

    # -- answers ------------------------------------------------------------------------------------------------------

    def pair_values(self) -> np.ndarray:
        """Return how much of every pair of the instance the last answer uses, 0 to 1, alone or within teams."""
        solution = np.asarray(self.highs.getSolution().col_value)
        active = self.column >= 0
        x = np.zeros(len(self.column))
        x[active] = solution[self.column[active]]
        if len(self.team_column):
            members = self.team_members
            weight = np.broadcast_to(solution[self.team_column][:, None], members.shape)
            np.add.at(x, members[members >= 0], weight[members >= 0])
        return x

    def worst(self) -> float:
        """Return the affinity of the worst-served bid in the last answer."""
        return float(self.highs.getSolution().col_value[self.worst_column])

    def misses(self) -> float:
        """Return the rule misses of the last answer."""
        return float(self.highs.getSolution().row_value[self.miss_limit])

    def open_seats(self) -> np.ndarray:
        """Return each bid's unfilled seats in the last answer."""
        return np.asarray(self.highs.getSolution().col_value)[: self.bids]

    def misses_of_types(self) -> np.ndarray:
        """Return how many assessors of some type each bid lacks in the last answer."""
        misses = np.asarray(self.highs.getSolution().col_value)[self.miss_column : self.worst_column]
        return misses.reshape(len(self.kinds), self.bids).sum(axis=0)

    def stranded(self) -> float:
        """Return how many split bids no team serves in the last answer, in parts."""
        return float(np.asarray(self.highs.getSolution().col_value)[self.stranded_column].sum())
