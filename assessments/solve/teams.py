"""Enumerate the teams that one bid may get: every set of its assessors that is worth enough at given prices."""

from dataclasses import dataclass

import numpy as np

from assessments.solve.instance import Instance


class TooManyTeams(Exception):
    """Tell that a bid has more teams worth their price than were asked for."""


@dataclass(frozen=True, slots=True)
class Teams:
    """Hold teams of one bid, one a row: pairs (positions, -1 for an open seat), affinity, open seats, rule misses.

    `worth` is affinity less prices: what the team adds to the objective above what its bid and assessors are paid.
    """

    members: np.ndarray
    affinity: np.ndarray
    open: np.ndarray
    misses: np.ndarray
    worth: np.ndarray

    def __len__(self) -> int:
        return len(self.worth)

    def take(self, rows: np.ndarray) -> "Teams":
        """Keep the given rows."""
        return Teams(self.members[rows], self.affinity[rows], self.open[rows], self.misses[rows], self.worth[rows])


@dataclass(frozen=True, slots=True)
class Charges:
    """Hold what a team of a bid is charged: its own price, each open seat, each rule miss; and what it may not pass.

    `floor` is the least affinity (0-1000 a seat); `open` and `misses` are the most that a team may have.
    """

    price: float
    open_price: float = 0.0
    miss_price: float = 0.0
    floor: float = 0.0
    open: int = 0
    misses: int = 0


def teams_worth(
    instance: Instance, bid: int, worth: np.ndarray, charges: Charges, least: float, most: int = 2_000_000
) -> Teams:
    """Return all teams of the bid worth at least `least`, best first; `worth` is each pair's affinity less price.

    Locked pairs are in every team. Raises TooManyTeams when more than `most` sets would have to be looked at.
    """
    first, last = int(instance.first[bid]), int(instance.first[bid + 1])
    pairs = np.arange(first, last)
    seats = instance.bids[bid].k
    locked = pairs[instance.locked[pairs]]
    free = pairs[~instance.locked[pairs]]
    free = free[np.argsort(-worth[free - first], kind="stable")]
    value = worth[free - first]
    base = float(worth[locked - first].sum()) - charges.price
    found = []
    for size in range(max(seats - charges.open, len(locked)), seats + 1):
        gap = least - base + (seats - size) * charges.open_price
        chosen, sums = _sets(value, size - len(locked), gap, most)
        members = np.concatenate([np.tile(locked, (len(chosen), 1)), free[chosen]], axis=1)
        found.append(_weigh(instance, members, seats, sums + base, charges))
    teams = found[0] if len(found) == 1 else _join(found)
    keep = (teams.worth >= least) & (teams.affinity >= charges.floor) & (teams.misses <= charges.misses)
    rows = np.nonzero(keep)[0]
    return teams.take(rows[np.argsort(-teams.worth[rows], kind="stable")])


def _sets(value: np.ndarray, size: int, least: float, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return index sets of the given size whose values (sorted downwards) add up to at least `least`, and the sums."""
    chosen = np.zeros((1, 0), dtype=np.int64)
    sums = np.zeros(1)
    last = np.full(1, -1)
    count = len(value)
    if size > count:
        return np.zeros((0, size), dtype=np.int64), np.zeros(0)
    running = np.concatenate([[0.0], np.cumsum(value)])
    for step in range(size):
        width = size - step
        # best[i]: the most that `width` values can add when the first of them is value[i]
        best = running[width:] - running[: count - width + 1]
        stop = np.searchsorted(-best, sums - least + 1e-9, side="right")
        more = np.maximum(stop - (last + 1), 0)
        total = int(more.sum())
        if total > most:
            raise TooManyTeams(f"{total} sets")
        parent = np.repeat(np.arange(len(sums)), more)
        offset = np.arange(total) - np.repeat(np.cumsum(more) - more, more)
        last = last[parent] + 1 + offset
        chosen = np.column_stack([chosen[parent], last])
        sums = sums[parent] + value[last]
    return chosen, sums


def _weigh(instance: Instance, members: np.ndarray, seats: int, sums: np.ndarray, charges: Charges) -> Teams:
    """Measure full or partial teams (all of one size) and charge them for open seats and misses."""
    assessors = instance.assessor[members]
    misses = np.zeros(len(members), dtype=np.int64)
    for kind, least in instance.min_per_type.items():
        misses += np.maximum(0, least - instance.of_type[kind][assessors].sum(axis=1))
    most = instance.max_per_region
    size = members.shape[1]
    if most is not None and size > most:
        region = np.sort(instance.region[assessors], axis=1)
        misses += (region[:, most:] == region[:, : size - most]).sum(axis=1)
    open_seats = np.full(len(members), seats - size)
    padded = np.concatenate([members, np.full((len(members), seats - size), -1)], axis=1)
    worth = sums - open_seats * charges.open_price - misses * charges.miss_price
    return Teams(padded, instance.affinity[members].sum(axis=1), open_seats, misses, worth)


def _join(parts: list[Teams]) -> Teams:
    return Teams(*(np.concatenate([getattr(part, name) for part in parts]) for name in Teams.__dataclass_fields__))
