"""Measure an allocation by the aims of DOMAIN.md section 4."""

from dataclasses import dataclass

import numpy as np

from assessments.solve.instance import Instance


@dataclass(frozen=True, slots=True)
class Values:
    """Hold what an allocation is worth: seats, rule misses, affinity (0-1000 a seat) of the worst bid and in all."""

    unfilled: int
    rule_violations: int
    min_bid_total: int
    total: int

    def rank(self, aims: tuple[str, ...], enough: float = np.inf) -> tuple[float, ...]:
        """Return a tuple that is greater for the better allocation, aims in lexicographic order.

        A worst-served bid with `enough` affinity counts as well served as any.
        """
        signed = {
            "unfilled": -self.unfilled,
            "rule_violations": -self.rule_violations,
            "min_bid_total": min(self.min_bid_total, enough),
            "total": self.total,
        }
        return tuple(signed[aim] for aim in aims)


def per_bid(instance: Instance, chosen: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Sum over the chosen pairs (positions) of each bid: seats, or the weight given for every pair."""
    weights = None if weight is None else weight[chosen]
    counts = np.bincount(instance.bid[chosen], weights=weights, minlength=len(instance.bids))
    return np.rint(counts).astype(np.int64)


def best_sums(instance: Instance, seats: np.ndarray | None = None) -> np.ndarray:
    """Add up the greatest affinities of each bid, as many as it has seats."""
    seats = instance.seats if seats is None else seats
    order = np.lexsort((-instance.affinity, instance.bid))
    place = np.arange(len(order)) - instance.first[instance.bid[order]]
    within = order[place < seats[instance.bid[order]]]
    return np.bincount(instance.bid[within], weights=instance.affinity[within], minlength=len(instance.bids))


def type_misses(instance: Instance, chosen: np.ndarray) -> dict[str, np.ndarray]:
    """Count for each type with a minimum the assessors that every bid lacks."""
    return {
        kind: np.maximum(0, least - per_bid(instance, chosen, instance.of_type[kind][instance.assessor]))
        for kind, least in instance.min_per_type.items()
    }


def region_excess(instance: Instance, chosen: np.ndarray) -> np.ndarray:
    """Count for every bid the assessors above the most that one region may have."""
    excess = np.zeros(len(instance.bids), dtype=np.int64)
    if instance.max_per_region is None or not len(chosen):
        return excess
    regions = int(instance.region.max()) + 1
    seats = instance.bid[chosen] * regions + instance.region[instance.assessor[chosen]]
    keys, counts = np.unique(seats, return_counts=True)
    np.add.at(excess, keys // regions, np.maximum(0, counts - instance.max_per_region))
    return excess


def measure(instance: Instance, chosen: np.ndarray) -> Values:
    """Measure the allocation made of the chosen pairs (positions in the instance's arrays)."""
    totals = per_bid(instance, chosen, instance.affinity)
    violations = sum(int(misses.sum()) for misses in type_misses(instance, chosen).values())
    return Values(
        unfilled=int(instance.seats.sum()) - len(chosen),
        rule_violations=violations + int(region_excess(instance, chosen).sum()),
        min_bid_total=int(totals.min()) if len(totals) else 0,
        total=int(totals.sum()),
    )
