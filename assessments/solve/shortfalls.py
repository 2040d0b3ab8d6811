"""Say in words which bids lack assessors or break a rule, and what stands in the way."""

from dataclasses import dataclass

import numpy as np

from assessments.solve.instance import Instance
from assessments.solve.values import per_bid, region_excess, type_misses

CROWDED = "Without so many assessors of one region a seat or a type would be missing."


@dataclass(frozen=True)
class Shortfall:
    """A bid that did not get all it should have: seats or assessors of a type missing, and why."""

    bid: str
    missing: int
    because: str


def shortfalls(instance: Instance, chosen: np.ndarray) -> list[Shortfall]:
    """Return what the chosen pairs (positions in the arrays) leave undone, by bid; nothing when all is well."""
    load = np.bincount(instance.assessor[chosen], minlength=len(instance.assessors))
    is_full = load >= instance.capacity
    seated = np.zeros(len(instance.bid), dtype=bool)
    seated[chosen] = True
    open_seats = instance.seats - per_bid(instance, chosen)
    found = [
        Shortfall(instance.bids[bid].id, int(open_seats[bid]), _why_open(instance, bid, seated, is_full))
        for bid in np.flatnonzero(open_seats > 0).tolist()
    ]
    for kind, misses in type_misses(instance, chosen).items():
        found += [
            Shortfall(instance.bids[bid].id, int(misses[bid]), _why_no(kind, instance, bid, seated, is_full))
            for bid in np.flatnonzero(misses > 0).tolist()
        ]
    found += [
        Shortfall(instance.bids[bid].id, int(excess), CROWDED)
        for bid, excess in enumerate(region_excess(instance, chosen))
        if excess
    ]
    return sorted(found, key=lambda shortfall: shortfall.bid)


def _why_open(instance: Instance, bid: int, seated: np.ndarray, is_full: np.ndarray) -> str:
    """Return why a seat of the bid stays open: nobody eligible, nobody with time, or a rule in the way."""
    pairs = np.arange(instance.first[bid], instance.first[bid + 1])
    blocked = sum(1 for one, _ in instance.conflicts if one == instance.bids[bid].id)
    conflicts = f" ({blocked} more are barred by a conflict of interest)" if blocked else ""
    if len(pairs) < instance.seats[bid]:
        return f"Only {len(pairs)} eligible assessors are left{conflicts}, and {instance.seats[bid]} are wanted."
    free = [p for p in pairs if not seated[p] and not is_full[instance.assessor[p]]]
    if not free:
        return f"All of its {len(pairs)} eligible assessors{conflicts} have as many bids as they can take."
    return f"Its {len(free)} eligible assessors with time to spare would break another rule."


def _why_no(kind: str, instance: Instance, bid: int, seated: np.ndarray, is_full: np.ndarray) -> str:
    """Return why the bid lacks an assessor of a type."""
    pairs = np.arange(instance.first[bid], instance.first[bid + 1])
    of_type = [p for p in pairs if kind in instance.assessors[instance.assessor[p]].types]
    if not of_type:
        return f"No eligible assessor is {kind}."
    if all(seated[p] or is_full[instance.assessor[p]] for p in of_type):
        return f"All of its {len(of_type)} eligible {kind} assessors have as many bids as they can take."
    return f"Another {kind} assessor would leave a seat open or break another rule."
