"""Allocate at once: best pairs first, then exchanges until no further seat can be filled."""

from collections import deque

import numpy as np

from assessments.solve.instance import Instance


def greedy(instance: Instance) -> np.ndarray:
    """Return positions of pairs taken by falling affinity: first those that keep the rules, then any that fit."""
    seats, room = instance.seats.tolist(), instance.capacity.tolist()
    bids, assessors = instance.bid.tolist(), instance.assessor.tolist()
    team = _Teams(instance)
    taken = np.nonzero(instance.locked)[0].tolist()
    for pair in taken:
        seats[bids[pair]] -= 1
        room[assessors[pair]] -= 1
        team.add(bids[pair], assessors[pair])
    order = np.argsort(-instance.affinity, kind="stable")
    rest = order[~instance.locked[order]].tolist()
    for keeps_rules in (True, False):
        left = []
        for pair in rest:
            bid, assessor = bids[pair], assessors[pair]
            if not seats[bid] or not room[assessor]:
                continue
            if keeps_rules and not team.suits(bid, assessor, seats[bid]):
                left.append(pair)
                continue
            seats[bid] -= 1
            room[assessor] -= 1
            team.add(bid, assessor)
            taken.append(pair)
        rest = left
    return np.array(sorted(taken), dtype=np.int64)


class _Teams:
    """Keep what each bid's team still needs of the rules."""

    def __init__(self, instance: Instance) -> None:
        kinds = sorted(instance.min_per_type)
        self.needs = [[instance.min_per_type[kind] for kind in kinds] for _ in instance.bids]
        self.kinds = [[n for n, kind in enumerate(kinds) if kind in a.types] for a in instance.assessors]
        self.region = instance.region.tolist()
        self.most = instance.max_per_region
        self.seen: list[dict[int, int]] = [{} for _ in instance.bids]

    def suits(self, bid: int, assessor: int, seats: int) -> bool:
        """Tell whether the rules can still be met when the assessor takes one of the bid's open seats."""
        if self.most is not None and self.seen[bid].get(self.region[assessor], 0) >= self.most:
            return False
        needs = self.needs[bid]
        after = [need - (kind in self.kinds[assessor]) for kind, need in enumerate(needs)]
        return max(after, default=0) < seats and sum(max(0, need) for need in after) <= max(seats - 1, 0)

    def add(self, bid: int, assessor: int) -> None:
        for kind in self.kinds[assessor]:
            self.needs[bid][kind] -= 1
        region = self.region[assessor]
        self.seen[bid][region] = self.seen[bid].get(region, 0) + 1


def fill(instance: Instance, chosen: np.ndarray) -> np.ndarray:
    """Move seats along chains of bids and assessors until the number of filled seats is the greatest possible.

    Kuhn's augmenting paths: where no chain from an open seat to a free assessor is left, none fills more seats.
    Locked seats do not move.
    """
    chains = _Chains(instance, chosen)
    for bid in np.nonzero(chains.open_seats)[0].tolist():
        while chains.open_seats[bid] and chains.extend(bid):
            pass
    return np.nonzero(chains.used)[0]


class _Chains:
    def __init__(self, instance: Instance, chosen: np.ndarray) -> None:
        self.instance = instance
        self.used = np.zeros(len(instance.bid), dtype=bool)
        self.used[chosen] = True
        self.open_seats = instance.seats - np.bincount(instance.bid[chosen], minlength=len(instance.bids))
        self.room = instance.capacity - np.bincount(instance.assessor[chosen], minlength=len(instance.assessors))
        self.serves: list[set[int]] = [set() for _ in instance.assessors]
        for pair in chosen[~instance.locked[chosen]].tolist():
            self.serves[instance.assessor[pair]].add(pair)
        self.dead = np.zeros(len(instance.assessors), dtype=bool)

    def extend(self, start: int) -> bool:
        """Fill one seat of the bid by a shortest chain; tell whether there was one."""
        first, by = self.instance.first, self.instance.assessor
        came_by: dict[int, int] = {start: -1}
        seen = self.dead.copy()
        queue = deque([start])
        while queue:
            bid = queue.popleft()
            pairs = np.arange(first[bid], first[bid + 1])
            pairs = pairs[~self.used[pairs] & ~seen[by[pairs]]]
            free = pairs[self.room[by[pairs]] > 0]
            if len(free):
                self._shift(int(free[np.argmax(self.instance.affinity[free])]), came_by)
                return True
            seen[by[pairs]] = True
            for pair in pairs.tolist():
                for held in sorted(self.serves[by[pair]]):
                    other = int(self.instance.bid[held])
                    if other not in came_by:
                        came_by[other] = pair
                        queue.append(other)
        self.dead = seen
        return False

    def _shift(self, pair: int, came_by: dict[int, int]) -> None:
        """Take the pair, and hand the seat that each bid on the chain gives up to the bid before it."""
        instance = self.instance
        self.room[instance.assessor[pair]] -= 1
        while True:
            bid, assessor = int(instance.bid[pair]), int(instance.assessor[pair])
            self.used[pair] = True
            self.serves[assessor].add(pair)
            if came_by[bid] < 0:
                self.open_seats[bid] -= 1
                return
            pair = came_by[bid]
            assessor = int(instance.assessor[pair])
            given_up = next(p for p in self.serves[assessor] if instance.bid[p] == bid)
            self.used[given_up] = False
            self.serves[assessor].discard(given_up)
