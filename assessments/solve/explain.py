"""Explain a seat of an allocation: why this assessor, who else could have had it, and what stood against each."""

from dataclasses import dataclass

import numpy as np

from assessments.solve.instance import Instance
from assessments.solve.values import measure


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
    seats = _Seats(instance, pairs)
    pair = seats.position[bid, assessor]
    if pair not in seats.taken:
        raise KeyError((bid, assessor))
    rivals = np.arange(instance.first[instance.bid[pair]], instance.first[instance.bid[pair] + 1])
    rivals = rivals[np.argsort(-instance.affinity[rivals], kind="stable")]
    others = [other for other in rivals.tolist() if other not in seats.taken][:most]
    return Explanation(
        affinity=int(instance.affinity[pair]),
        rank=int((instance.affinity[rivals] > instance.affinity[pair]).sum()) + 1,
        eligible=len(rivals),
        because=seats.why(pair),
        alternatives=[seats.alternative(pair, other) for other in others],
    )


class _Seats:
    def __init__(self, instance: Instance, pairs: list[tuple[str, str]]) -> None:
        self.instance = instance
        names = zip(instance.bid.tolist(), instance.assessor.tolist(), strict=True)
        self.position = {(instance.bids[b].id, instance.assessors[a].id): n for n, (b, a) in enumerate(names)}
        self.taken = {self.position[bid, assessor] for bid, assessor in pairs}
        self.chosen = np.array(sorted(self.taken), dtype=np.int64)
        self.load = np.bincount(instance.assessor[self.chosen], minlength=len(instance.assessors))
        self.misses = measure(instance, self.chosen).rule_violations

    def alternative(self, pair: int, other: int) -> Alternative:
        """Return another pair of the bid as an alternative to the one that was chosen."""
        name = self.instance.assessors[self.instance.assessor[other]].id
        return Alternative(name, int(self.instance.affinity[other]), self.why_not(pair, other))

    def _misses_with(self, old: int, new: int | None) -> int:
        kept = self.taken - {old} | ({new} if new is not None else set())
        return measure(self.instance, np.array(sorted(kept), dtype=np.int64)).rule_violations

    def why(self, pair: int) -> str:
        """Say what the seat serves: a lock, a rule that only this assessor of the team meets, or the affinity."""
        if self.instance.locked[pair]:
            return "The seat was accepted before and is kept."
        if self._misses_with(pair, None) > self.misses:
            types = self.instance.assessors[self.instance.assessor[pair]].types & set(self.instance.min_per_type)
            return f"Needed on the team as {' and '.join(sorted(types))}."
        return "Chosen for affinity with the bid."

    def why_not(self, pair: int, other: int) -> str:
        """Say what stands against another assessor in this seat."""
        by = self.instance.assessor[other]
        if self.load[by] >= self.instance.capacity[by]:
            return f"Has as many bids as capacity allows ({self.instance.capacity[by]})."
        if self.instance.affinity[other] <= self.instance.affinity[pair]:
            return "Does not suit the bid better."
        if self._misses_with(pair, other) > self.misses:
            return self._rule_against(pair, other)
        return "Would suit this bid better, but leave less for aims that come first or for other bids."

    def _rule_against(self, pair: int, other: int) -> str:
        team = [p for p in self.taken if self.instance.bid[p] == self.instance.bid[pair] and p != pair]
        region = self.instance.region[self.instance.assessor[other]]
        same = sum(self.instance.region[self.instance.assessor[p]] == region for p in team)
        if self.instance.max_per_region is not None and same >= self.instance.max_per_region:
            return f"{self.instance.assessors[self.instance.assessor[other]].region} has a seat on the bid already."
        return "The bid would lack an assessor of a type that it needs."
