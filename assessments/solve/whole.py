"""Find the best allocation of whole seats within what a relaxation's prices leave possible."""

from dataclasses import dataclass

import highspy
import numpy as np

from assessments.solve import prices
from assessments.solve.clock import Clock, OutOfTime
from assessments.solve.model import Limits, Model, Weights
from assessments.solve.program import Program, Relaxation, run
from assessments.solve.teams import TooManyTeams
from assessments.solve.values import Values, per_bid

FLOOR_MARGIN = 300  # bids that the relaxation serves better than the floor by more than this get no floor at first
FIRST_REACH = 6.0  # points of affinity below the bound within which the first search looks
NEXT_REACH = 4.0
CERTAIN = 1 - 1e-3  # affinities are whole numbers, so a gap below one proves the optimum
MOST_COLUMNS = 600_000


@dataclass(frozen=True, slots=True)
class Whole:
    """Hold an allocation found (pairs, or None), the proved bound on its aim, and whether there is none to find."""

    chosen: np.ndarray | None
    bound: float
    impossible: bool = False


def best_total(program: Program, relaxation: Relaxation, first: bool = False) -> Whole:
    """Return the allocation of greatest total affinity within the program's limits.

    Pairs and teams whose reduced cost shows that they cannot belong to a better allocation are left out, so the answer
    is proved for the whole instance. With `first`, any allocation within the limits will do.
    """
    limits, instance = program.model.limits, program.instance
    least = limits.min_bid_total * len(instance.bids)
    best: Whole = Whole(None, relaxation.bound)
    if relaxation.bound < least - CERTAIN:
        return Whole(None, relaxation.bound, impossible=True)
    if relaxation.stranded < prices.NEGLIGIBLE and not relaxation.fractional.any():
        return Whole(np.nonzero(relaxation.x > 0.5)[0], relaxation.bound)
    reach = FIRST_REACH
    while not program.clock.stopped():
        try:
            found = _within(program, relaxation, reach, first)
        except (OutOfTime, TooManyTeams):
            return best
        if found.chosen is None and not found.impossible:
            return best
        chosen = best.chosen if found.chosen is None else found.chosen
        target = least if chosen is None else float(instance.affinity[chosen].sum())
        beyond = relaxation.bound - reach  # no allocation with a pair or team left out is worth more
        best = Whole(chosen, max(target, min(best.bound, max(found.bound, beyond))))
        if chosen is not None and first:
            return best
        if beyond < target + CERTAIN:
            return Whole(chosen, best.bound, impossible=chosen is None)
        reach = relaxation.bound - target if chosen is not None else reach * NEXT_REACH
    return best


def _within(program: Program, relaxation: Relaxation, reach: float, first: bool) -> Whole:
    """Search the pairs and teams whose reduced cost is at least −reach."""
    instance, model, clock = program.instance, program.model, program.clock
    whole = Model(instance, Weights(total=1.0), model.limits)
    for bid in np.nonzero(model.split)[0].tolist():
        whole.split_bid(bid)
        whole.add_teams(bid, prices.teams_of(model, relaxation.prices, bid, -reach))
        clock.check()
    whole.forbid_stranding()
    whole.add_pairs(np.nonzero((relaxation.prices.reduced >= -reach) | instance.locked)[0])
    if whole.highs.getNumCol() > MOST_COLUMNS:
        return Whole(None, relaxation.bound)
    floor = model.limits.min_bid_total
    whole.add_floors(np.nonzero(relaxation.totals < floor + FLOOR_MARGIN)[0] if floor else np.zeros(0, dtype=np.int64))
    while True:
        found = search(whole, clock, first)
        if found.chosen is None:
            return found
        low = per_bid(instance, found.chosen, instance.affinity) < floor
        if not low.any():
            return found
        whole.add_floors(np.nonzero(low)[0])


def search(model: Model, clock: Clock, first: bool = False, start: np.ndarray | None = None) -> Whole:
    """Run branch and bound on a model, from an allocation if one is given; its bound holds for the columns in it."""
    highs = model.highs
    count = highs.getNumCol()
    kinds = np.zeros(count, dtype=np.uint8)
    kinds[model.column[model.column >= 0]] = 1
    kinds[model.team_column] = 1
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
    for name, value in (("mip_rel_gap", 0.0), ("mip_abs_gap", 0.5), ("mip_heuristic_run_feasibility_jump", False)):
        highs.setOptionValue(name, value)
    if start is not None:
        columns = np.nonzero(kinds)[0]
        highs.setSolution(len(columns), columns.astype(np.int32), np.isin(columns, model.column[start]).astype(float))
    if first:
        highs.setOptionValue("mip_max_improving_sols", 1)
    if clock.cancelled is not None:
        highs.cbMipInterrupt.subscribe(lambda event: event.interrupt(clock.stopped()))
    status = run(model, clock)
    info = highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Whole(None, -np.inf, impossible=True)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible.value:
        return Whole(None, info.mip_dual_bound)
    return Whole(np.nonzero(model.pair_values() > 0.5)[0], info.mip_dual_bound)


def keeps(values: Values, limits: Limits) -> bool:
    """Tell whether an allocation with these values keeps the limits."""
    return (
        values.unfilled <= limits.unfilled
        and values.rule_violations <= limits.rule_violations
        and values.min_bid_total >= limits.min_bid_total
        and values.total >= limits.total
    )
