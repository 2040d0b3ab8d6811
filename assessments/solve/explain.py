"""Explain a seat of an allocation: why this assessor, who else could have had it, and what stood against each."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from assessments.solve.instance import Instance


@dataclass(frozen=True, slots=True)
class Alternative:
    """Hold an assessor who could have had the seat, the affinity (1-1000), and what stood against it."""

    assessor: str
    affinity: int
    because: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Hold why an assessor sits on a bid: affinity, rank among those eligible, rules served, and the alternatives."""

    affinity: int
    rank: int
    eligible: int
    because: str
    alternatives: list[Alternative]


def explain(instance: Instance, pairs: list[tuple[str, str]], bid: str, assessor: str, most: int = 5) -> Explanation:
    """Explain the seat of an assessor on a bid in an allocation, with at most so many alternatives, best first.

    Raises KeyError when the two do not sit together in the allocation.
    """
    return Explainer(instance, pairs).explain(bid, assessor, most)


class Explainer:
    """Explain any number of seats of one allocation; a seat costs what its own bid's pairs cost."""

    def __init__(self, instance: Instance, pairs: list[tuple[str, str]]) -> None:
        self.instance = instance
        self.bids = {bid.id: number for number, bid in enumerate(instance.bids)}
        self.assessors = {assessor.id: number for number, assessor in enumerate(instance.assessors)}
        self.teams: list[list[int]] = [[] for _ in instance.bids]
        for bid, assessor in sorted(pairs):
            self.teams[self.bids[bid]].append(self._pair(bid, assessor))
        taken = [pair for team in self.teams for pair in team]
        self.load = np.bincount(instance.assessor[taken], minlength=len(instance.assessors))

    def explain(self, bid: str, assessor: str, most: int = 5) -> Explanation:
        """Explain one seat, with at most so many alternatives; raise KeyError when the two do not sit together."""
        instance, pair = self.instance, self._pair(bid, assessor)
        number = self.bids[bid]
        if pair not in self.teams[number]:
            raise KeyError((bid, assessor))
        rivals = np.arange(instance.first[number], instance.first[number + 1])
        rivals = rivals[np.argsort(-instance.affinity[rivals], kind="stable")]
        others = [other for other in rivals.tolist() if other not in self.teams[number]][:most]
        return Explanation(
            affinity=int(instance.affinity[pair]),
            rank=int((instance.affinity[rivals] > instance.affinity[pair]).sum()) + 1,
            eligible=len(rivals),
            because=self._why(pair),
            alternatives=[self._alternative(pair, other) for other in others],
        )

    def _pair(self, bid: str, assessor: str) -> int:
        """Return the position of a pair; raise KeyError when it is not eligible."""
        number, wanted = self.bids[bid], self.assessors[assessor]
        start, end = self.instance.first[number], self.instance.first[number + 1]
        position = int(start + np.searchsorted(self.instance.assessor[start:end], wanted))
        if position >= end or self.instance.assessor[position] != wanted:
            raise KeyError((bid, assessor))
        return position

    def _alternative(self, pair: int, other: int) -> Alternative:
        """Return another pair of the bid as an alternative to the one that was chosen."""
        name = self.instance.assessors[self.instance.assessor[other]].id
        return Alternative(name, int(self.instance.affinity[other]), self._why_not(pair, other))

    def _misses_with(self, old: int, *new: int) -> int:
        """Count the broken rules of a bid's team with one pair put in the place of another, or nobody."""
        team = [pair for pair in self.teams[self.instance.bid[old]] if pair != old] + list(new)
        assessors = self.instance.assessor[team]
        least, most = self.instance.min_per_type, self.instance.max_per_region
        misses = sum(max(0, n - int(self.instance.of_type[kind][assessors].sum())) for kind, n in least.items())
        if most is None:
            return misses
        regions = Counter(self.instance.region[assessors].tolist())
        return misses + sum(max(0, count - most) for count in regions.values())

    def _why(self, pair: int) -> str:
        """Say what the seat serves: a lock, a rule that only this assessor of the team meets, or the affinity."""
        if self.instance.locked[pair]:
            return "The seat is held already and is kept."
        if self._misses_with(pair) > self._misses_with(pair, pair):
            types = self.instance.assessors[self.instance.assessor[pair]].types & set(self.instance.min_per_type)
            return f"Needed on the team as {' and '.join(sorted(types))}."
        return "Chosen for affinity with the bid."

    def _why_not(self, pair: int, other: int) -> str:
        """Say what stands against another assessor in this seat."""
        by = self.instance.assessor[other]
        if self.load[by] >= self.instance.capacity[by]:
            return f"Has as many bids as capacity allows ({self.instance.capacity[by]})."
        if self.instance.affinity[other] <= self.instance.affinity[pair]:
            return "Does not suit the bid better."
        if self._misses_with(pair, other) > self._misses_with(pair, pair):
            return self._rule_against(pair, other)
        return "Would suit this bid better, but leave less for aims that come first or for other bids."

    def _rule_against(self, pair: int, other: int) -> str:
        team = [p for p in self.teams[self.instance.bid[pair]] if p != pair]
        region = self.instance.region[self.instance.assessor[other]]
        same = sum(self.instance.region[self.instance.assessor[p]] == region for p in team)
        if self.instance.max_per_region is not None and same >= self.instance.max_per_region:
            return f"{self.instance.assessors[self.instance.assessor[other]].region} has a seat on the bid already."
        return "The bid would lack an assessor of a type that it needs."
