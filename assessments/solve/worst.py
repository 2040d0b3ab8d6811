"""Bound the affinity of the worst-served bid from above."""

import numpy as np

from assessments.solve.clock import Clock, OutOfTime
from assessments.solve.instance import Instance
from assessments.solve.model import Limits, Weights
from assessments.solve.prices import NEGLIGIBLE
from assessments.solve.program import Program
from assessments.solve.teams import Charges, TooManyTeams, teams_worth
from assessments.solve.values import best_sums

FIRST_FLOORS = 10
LOOKED_AT = 300


def most_for_worst(instance: Instance, limits: Limits) -> float:
    """Return what the worst-served bid could have at most if every bid could choose its assessors before all others."""
    upper = best_sums(instance)
    most = min(float(upper.min()), _most_for_short(instance, limits))
    if limits.unfilled > 0 or limits.rule_violations > 0:
        return most
    best = np.inf
    for bid in np.argsort(upper, kind="stable")[:LOOKED_AT].tolist():
        if upper[bid] >= best:
            return best
        best = min(best, _best_team(instance, bid, float(upper[bid])))
    return float(min(best, max(upper, default=0)))


def _most_for_short(instance: Instance, limits: Limits) -> float:
    """Return the most for the worst of the bids that must go short, when `limits.unfilled` is the least possible."""
    if not 0 < limits.unfilled < np.inf:
        return np.inf
    short = int(np.ceil(limits.unfilled / instance.seats.max()))
    one_less = np.sort(best_sums(instance, instance.seats - 1))[::-1]
    return float(one_less[short - 1])


def _best_team(instance: Instance, bid: int, upper: float) -> float:
    """Return the affinity of the bid's best full team within the rules; `upper` if there are too many teams to list."""
    worth = instance.affinity[instance.first[bid] : instance.first[bid + 1]].astype(float)
    reach = 50.0
    while True:
        try:
            teams = teams_worth(instance, bid, worth, Charges(price=0.0), upper - reach)
        except TooManyTeams:
            return upper
        if len(teams):
            return float(teams.affinity[0])
        if reach > upper:
            return 0.0
        reach *= 3


def bound_worst(program: Program, total: float, clock: Clock) -> int:
    """Return the proved most affinity of the worst-served bid within the program's limits; less sharp without time.

    `total` is the proved most affinity in all: the worst-served bid cannot have more than the mean. Leaves the program
    with the pairs that such an allocation (with seats in parts) needs, and its aim to be set anew.
    """
    model, instance = program.model, program.instance
    ceiling = min(most_for_worst(instance, model.limits), np.floor(total / len(instance.bids) + NEGLIGIBLE))
    kept, program.clock = program.clock, clock
    try:
        return int(lift_worst(program, ceiling) + NEGLIGIBLE)
    except OutOfTime:
        kept.check()
        return int(ceiling)
    finally:
        program.clock = kept


def lift_worst(program: Program, level: float) -> float:
    """Bring the worst-served bid up to a level of affinity, or as near as seats in parts allow; return where it is."""
    model = program.model
    model.cap_worst(level)
    model.hold_short_bids(level)
    model.aim(Weights(total=1.0, min_bid_total=10.0 * model.bids))
    model.add_floors(np.argsort(best_sums(program.instance), kind="stable")[:FIRST_FLOORS])
    program.relax()
    if model.worst() >= level - NEGLIGIBLE:
        return level
    model.aim(Weights(min_bid_total=1.0))
    return min(level, program.relax().bound)
