"""Small allocation questions for tests, and their answer by trying everything."""

from itertools import chain, combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st

from assessments.solve.allocation import Solution, aims_of
from assessments.solve.instance import OBJECTIVES, Instance, parse
from assessments.solve.values import Values, measure

KINDS = ("clinical", "commercial")
RULES = {"min_per_type": {"clinical": 1, "commercial": 1}, "max_per_region": 1}


def question(bids: int = 2, assessors: int = 3, /, k: int = 2, capacity: int = 2, **changes: Any) -> dict[str, Any]:
    """Return a question in which everyone is eligible; affinity falls with the number of the assessor."""
    types = [["clinical"], ["commercial"], ["clinical", "lay"], ["commercial"]]
    return {
        "bids": [{"id": f"B{b}", "k": k, "region": "Wessex"} for b in range(bids)],
        "assessors": [
            {"id": f"A{a}", "capacity": capacity, "types": types[a % 4], "region": f"R{a}"} for a in range(assessors)
        ],
        "affinity": [[f"B{b}", f"A{a}", 900 - 100 * a + b] for b in range(bids) for a in range(assessors)],
        "conflicts": [],
        "rules": {},
        "elastic": True,
    } | changes


@st.composite
def questions(draw: st.DrawFn, most_bids: int = 3, most_assessors: int = 4) -> dict[str, Any]:
    """Draw a small question of any kind: conflicts, locked seats, rules, any order of aims, elastic or not."""
    bids, assessors = draw(st.integers(1, most_bids)), draw(st.integers(1, most_assessors))
    pairs = [(f"B{b}", f"A{a}") for b in range(bids) for a in range(assessors)]
    eligible = draw(st.lists(st.sampled_from(pairs), unique=True))
    asked: dict[str, Any] = {
        "bids": [{"id": f"B{b}", "k": draw(st.integers(0, 2)), "region": ""} for b in range(bids)],
        "assessors": [
            {
                "id": f"A{a}",
                "capacity": draw(st.integers(0, 2)),
                "types": draw(st.lists(st.sampled_from(KINDS), unique=True)),
                "region": draw(st.sampled_from(["North", "South"])),
            }
            for a in range(assessors)
        ],
        "affinity": [[*pair, draw(st.integers(1, 9))] for pair in eligible],
        "conflicts": draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2)),
        "rules": draw(st.sampled_from([{}, RULES, {"min_per_type": {"clinical": 1}}, {"max_per_region": 1}])),
        "elastic": draw(st.booleans()),
        "objective": draw(st.permutations(OBJECTIVES))[: draw(st.integers(1, 4))],
    }
    asked["locked"] = [pair for pair in eligible if draw(st.integers(0, 5)) == 0 and _can_lock(asked, pair)][:1]
    return asked


def _can_lock(asked: dict[str, Any], pair: tuple[str, str]) -> bool:
    seats = {bid["id"]: bid["k"] for bid in asked["bids"]}
    room = {assessor["id"]: assessor["capacity"] for assessor in asked["assessors"]}
    return pair not in asked["conflicts"] and seats[pair[0]] > 0 and room[pair[1]] > 0


def possible(instance: Instance) -> list[np.ndarray]:
    """Return every allocation that keeps conflicts, eligibility, capacity, seats and locks."""
    every = range(len(instance.bid))
    chosen = chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
    return [pairs for some in chosen if fits(instance, pairs := np.array(some, dtype=np.int64))]


def fits(instance: Instance, chosen: np.ndarray) -> bool:
    """Tell whether an allocation keeps capacity, seats and locks."""
    load = np.bincount(instance.assessor[chosen], minlength=len(instance.assessors))
    size = np.bincount(instance.bid[chosen], minlength=len(instance.bids))
    kept = set(np.nonzero(instance.locked)[0]) <= set(chosen.tolist())
    return bool((load <= instance.capacity).all() and (size <= instance.seats).all() and kept)


def best(instance: Instance) -> Values:
    """Return the values of the best allocation, found by trying all."""
    return max((measure(instance, chosen) for chosen in possible(instance)), key=lambda v: v.rank(aims_of(instance)))


def positions(instance: Instance, pairs: list[tuple[str, str]]) -> np.ndarray:
    """Return the positions of pairs of ids; KeyError where a pair is not eligible or in conflict."""
    names = zip(instance.bid.tolist(), instance.assessor.tolist(), strict=True)
    at = {(instance.bids[b].id, instance.assessors[a].id): number for number, (b, a) in enumerate(names)}
    return np.array(sorted(at[pair] for pair in pairs), dtype=np.int64)


def random_question(seed: int, bids: int = 30, assessors: int = 12) -> dict[str, Any]:
    """Return a question of medium size with rules, conflicts and a capacity that is a little scarce or ample."""
    random = np.random.default_rng(seed)
    capacity = max(1, round(3 * bids / assessors * random.uniform(0.9, 1.4)))
    asked = question(bids, assessors, k=3, capacity=capacity, rules=RULES)
    for assessor in asked["assessors"]:
        assessor["region"] = f"R{random.integers(6)}"
    rows = [row for row in asked["affinity"] if random.random() < 0.7]
    asked["affinity"] = [[bid, assessor, int(random.integers(1, 1001))] for bid, assessor, _ in rows]
    asked["conflicts"] = [row[:2] for row in rows if random.random() < 0.05]
    return asked


def solved(asked: dict[str, Any], solution: Solution) -> Values:
    """Measure a solution anew from its pairs of ids."""
    instance = parse(asked)
    return measure(instance, positions(instance, solution.pairs))
