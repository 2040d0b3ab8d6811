"""Find what makes a demand impossible: bids that compete for too few assessors, or rules that exclude each other."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from assessments.solve.greedy import fill
from assessments.solve.instance import Instance
from assessments.solve.teams import Charges, TooManyTeams, teams_worth

LOOKED_AT = 200_000  # sets of assessors


@dataclass(frozen=True, slots=True)
class Scarcity:
    """Hold bids (numbers) that want more seats than the assessors (numbers) eligible for them can take between them."""

    bids: tuple[int, ...]
    assessors: tuple[int, ...]
    wanted: int
    possible: int


class Scarce:
    """Find for any bid left short the smallest set of bids seen to compete for too few assessors (Hall's condition).

    A set of bids cannot be filled when it wants more than Σ min(capacity, bids of the set that list the assessor).
    Locked seats, and the capacity they take, are left out of the count.
    """

    def __init__(self, instance: Instance, chosen: np.ndarray) -> None:
        self.instance = instance
        free = ~instance.locked
        self.wanted = instance.seats - np.bincount(instance.bid[~free], minlength=len(instance.bids))
        self.room = instance.capacity - np.bincount(instance.assessor[~free], minlength=len(instance.assessors))
        self.lists = [self._listed(bid, free) for bid in range(len(instance.bids))]
        self.used = [set[int]() for _ in instance.bids]
        self.serves = [set[int]() for _ in instance.assessors]
        for pair in chosen[free[chosen]].tolist():
            self.used[instance.bid[pair]].add(int(instance.assessor[pair]))
            self.serves[instance.assessor[pair]].add(int(instance.bid[pair]))

    def _listed(self, bid: int, free: np.ndarray) -> np.ndarray:
        pairs = np.arange(self.instance.first[bid], self.instance.first[bid + 1])
        return self.instance.assessor[pairs[free[pairs]]]

    def around(self, bid: int) -> Scarcity | None:
        """Return a set of bids with this one that cannot all be filled; None when a free assessor is within reach."""
        reached = self._reached(bid)
        if reached is None:
            return None
        return self._shrink(bid, reached)

    def _reached(self, start: int) -> list[int] | None:
        """Follow chains from the bid to full assessors and to the bids these serve; return the bids, nearest first."""
        order, queue, seen = [start], deque([start]), set[int]()
        known = {start}
        while queue:
            bid = queue.popleft()
            for assessor in self.lists[bid].tolist():
                if assessor in seen or assessor in self.used[bid]:
                    continue
                if len(self.serves[assessor]) < self.room[assessor]:
                    return None
                seen.add(assessor)
                for other in sorted(self.serves[assessor] - known):
                    known.add(other)
                    order.append(other)
                    queue.append(other)
        return order

    def _shrink(self, bid: int, bids: list[int]) -> Scarcity | None:
        """Leave out bids, farthest first, as long as those that stay still want too much."""
        listing = np.zeros(len(self.room), dtype=np.int64)
        for member in bids:
            listing[self.lists[member]] += 1
        missing = int(self.wanted[bids].sum() - np.minimum(self.room, listing).sum())
        if missing <= 0:
            return None
        shorter = True
        while shorter:
            shorter = False
            for member in reversed(bids[1:]):
                listed = self.lists[member]
                left = missing - int(self.wanted[member]) + int((listing[listed] <= self.room[listed]).sum())
                if left > 0:
                    missing, shorter = left, True
                    bids = [other for other in bids if other != member]
                    listing[listed] -= 1
        wanted = int(self.wanted[bids].sum())
        return Scarcity(tuple(sorted(bids)), tuple(np.nonzero(listing)[0].tolist()), wanted, wanted - missing)


def scarce_of_type(instance: Instance, chosen: np.ndarray, kind: str) -> Scarce:
    """Return the competition for assessors of one type alone, each bid wanting as many as the rule says."""
    of_type = instance.of_type[kind][instance.assessor]
    least = instance.min_per_type[kind]
    only = replace(
        instance,
        bids=tuple(replace(bid, k=min(bid.k, least)) for bid in instance.bids),
        bid=instance.bid[of_type],
        assessor=instance.assessor[of_type],
        affinity=instance.affinity[of_type],
        locked=np.zeros(int(of_type.sum()), dtype=bool),
        min_per_type={},
        max_per_region=None,
    )
    number = np.cumsum(of_type) - 1
    seated = number[chosen[of_type[chosen]]]
    place = np.arange(len(seated)) - np.searchsorted(only.bid[seated], only.bid[seated])
    return Scarce(only, fill(only, seated[place < only.seats[only.bid[seated]]]))


def excluded_rules(instance: Instance, bid: int) -> tuple[str, ...] | None:
    """Return the fewest rules (types, or "region") that no full team of the bid alone can keep; None if all can be.

    Other bids are left out of account, and so is the capacity that they take. Also None where there are too many teams
    to look at.
    """
    rules = [*instance.min_per_type, *(["region"] if instance.max_per_region else [])]
    for size in range(1, len(rules) + 1):
        for some in combinations(rules, size):
            try:
                if not _can_keep(instance, bid, some):
                    return some
            except TooManyTeams:
                return None
    return None


def _can_keep(instance: Instance, bid: int, rules: Iterable[str]) -> bool:
    kept = set(rules)
    ruled = replace(
        instance,
        min_per_type={kind: least for kind, least in instance.min_per_type.items() if kind in kept},
        max_per_region=instance.max_per_region if "region" in kept else None,
    )
    count = int(instance.first[bid + 1] - instance.first[bid])
    seats = min(instance.bids[bid].k, count)
    charges = Charges(price=0.0, open=instance.bids[bid].k - seats)
    return len(teams_worth(ruled, bid, np.zeros(count), charges, 0.0, LOOKED_AT)) > 0
