"""Find what makes a demand impossible: bids that compete for too few assessors, or rules that exclude each other."""

from collections import Counter, deque
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from assessments.solve.greedy import fill
from assessments.solve.instance import Assessor, Instance

LOOKED_AT = 5_000  # parts of teams


class TooLong(Exception):
    """Tell that a search for a team has looked at too many."""


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

    Other bids, and the capacity that they take, are left out of account. None also where the search grows too long.
    """
    pairs = range(instance.first[bid], instance.first[bid + 1])
    able = [instance.assessors[instance.assessor[pair]] for pair in pairs]
    rules = [*instance.min_per_type, *(["region"] if instance.max_per_region else [])]
    try:
        for size in range(1, len(rules) + 1):
            for some in combinations(rules, size):
                least = {kind: count for kind, count in instance.min_per_type.items() if kind in some}
                most = instance.max_per_region if "region" in some and instance.max_per_region else len(able)
                if not _TeamSearch(able, min(instance.bids[bid].k, len(able)), least, most).found():
                    return some
    except TooLong:
        pass
    return None


class _TeamSearch:
    """Look for a team of so many seats with the least of each type and the most of a region, types first."""

    def __init__(self, able: list[Assessor], seats: int, least: dict[str, int], most: int) -> None:
        self.able, self.seats, self.least, self.most = able, seats, least, most
        self.steps = 0

    def found(self, team: tuple[int, ...] = ()) -> bool:
        self.steps += 1
        if self.steps > LOOKED_AT:
            raise TooLong
        kind = self._lacking(team)
        if kind is None or len(team) == self.seats:
            return kind is None and self._can_be_filled(team)
        return any(
            self.found((*team, number))
            for number in range(len(self.able))
            if number not in team and kind in self.able[number].types and self._fits(team, number)
        )

    def _lacking(self, team: tuple[int, ...]) -> str | None:
        for kind, least in self.least.items():
            if sum(kind in self.able[number].types for number in team) < least:
                return kind
        return None

    def _fits(self, team: tuple[int, ...], number: int) -> bool:
        return sum(self.able[other].region == self.able[number].region for other in team) < self.most

    def _can_be_filled(self, team: tuple[int, ...]) -> bool:
        regions = Counter(assessor.region for assessor in self.able)
        return sum(min(count, self.most) for count in regions.values()) >= self.seats and len(team) <= self.seats
