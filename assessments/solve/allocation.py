"""Give every bid its assessors, best first by the aims in their order: see docs/allocation.md."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from assessments.solve.clock import Clock, OutOfTime, Progress
from assessments.solve.instance import Instance
from assessments.solve.program import Unattainable
from assessments.solve.search import Search
from assessments.solve.shortfalls import Shortfall, shortfalls
from assessments.solve.teams import TooManyTeams
from assessments.solve.values import Values, measure

SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Solution:
    """Hold an allocation and what is known of it.

    `optimal` only when every aim is proved to be the best possible in its order; `bound` is the proved most total
    affinity of any allocation that is as good in the aims before the total.
    """

    pairs: list[tuple[str, str]]
    values: Values
    optimal: bool
    bound: int
    shortfalls: list[Shortfall]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the file holds it."""
        return {
            "pairs": [list(pair) for pair in self.pairs],
            **asdict(self.values),
            "optimal": self.optimal,
            "bound": self.bound,
            "shortfalls": [asdict(shortfall) for shortfall in self.shortfalls],
        }


def solve(
    instance: Instance,
    *,
    seconds: float = SECONDS,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Solution:
    """Allocate assessors to bids within so many seconds, and say how good the answer is proved to be.

    `progress` is told each stage and the share of the time used; when `cancelled` returns true the best allocation so
    far is the answer. The same instance gives the same answer wherever the time suffices.
    """
    aims = aims_of(instance)
    ruled = "rule_violations" in aims
    asked = instance if ruled else replace(instance, min_per_type={}, max_per_region=None)
    search = Search(asked, aims, Clock(seconds, progress, cancelled))
    with suppress(OutOfTime, Unattainable, TooManyTeams):
        search.go()
    values = measure(instance, search.best)
    met = instance.elastic or (values.unfilled == 0 and values.rule_violations == 0)
    chosen = zip(instance.bid[search.best].tolist(), instance.assessor[search.best].tolist(), strict=True)
    return Solution(
        pairs=[(instance.bids[bid].id, instance.assessors[assessor].id) for bid, assessor in chosen],
        values=values,
        optimal=met and search.proved(),
        bound=max(values.total, int(search.bound + 1e-6)),
        shortfalls=shortfalls(instance, search.best),
    )


def aims_of(instance: Instance) -> tuple[str, ...]:
    """Return the aims in order: hard demands first where the instance is not elastic, the total last if not named."""
    hard = () if instance.elastic else ("unfilled", "rule_violations")
    named = tuple(aim for aim in instance.objective if aim not in hard)
    return hard + named + (() if "total" in named else ("total",))
