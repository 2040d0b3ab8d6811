"""Time the allocation solver.

Run it by: python -m bench.allocation [CASE …]

Each case is drawn from a fixed seed, written to var/bench/, and solved in a process of its own that reads the file,
solves it and writes the answer. CPU seconds and memory are those of that whole process.
"""

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
SHARED = Path(os.environ.get("MATCHFUND_SHARED", ROOT.parent / "shared")) / "data" / "solve"
RULES = {"min_per_type": {"clinical": 1, "commercial": 1}, "max_per_region": 1}
AIMS = ["unfilled", "rule_violations", "min_bid_total", "total"]
TYPES = ["clinical", "commercial", "methodology", "lay"]


@dataclass(frozen=True)
class Case:
    """A question drawn at random, and what its answer may cost: CPU seconds, megabytes, per cent below the bound."""

    bids: int
    assessors: int
    topics: int  # the fewer, the more pairs have something in common
    eligible: tuple[int, int] | None  # assessors a bid, the best suited; None for all with something in common
    capacity: float = 1.2  # seats on offer for each seat wanted
    aims: list[str] = field(default_factory=lambda: AIMS)
    rules: bool = True
    seed: int = 1
    cpu: float = 5.0
    memory: float = 1536.0
    gap: float = 0.0


CASES = {
    "1000": Case(1000, 300, topics=14, eligible=(40, 120)),
    "1000-total": Case(1000, 300, topics=14, eligible=(40, 120), aims=["total"]),
    "1000-tight": Case(1000, 300, topics=14, eligible=(40, 120), capacity=1.04, seed=6),
    "1000-sparse": Case(1000, 300, topics=30, eligible=None),
    "1000-dense": Case(1000, 300, topics=8, eligible=None),
    "1000-five": Case(1000, 300, topics=14, eligible=(40, 120), seed=9),
    "5000-free": Case(5000, 1000, topics=14, eligible=(40, 120), rules=False, cpu=30),
    "5000-free-dense": Case(5000, 1000, topics=30, eligible=None, rules=False, cpu=30),
    "5000": Case(5000, 1000, topics=14, eligible=(40, 120), cpu=120, gap=0.1),
    "5000-dense": Case(5000, 1000, topics=30, eligible=None, cpu=120, gap=0.1),
}


def draw(name: str, case: Case) -> dict[str, Any]:
    """Draw a question: topics of bids and assessors overlap as tags do; one pair in a hundred is in conflict."""
    random = np.random.default_rng(case.seed)
    likeness = 900 * (_topics(random, case.bids, case) @ _topics(random, case.assessors, case).T)
    likeness = np.clip(np.rint(likeness + random.normal(0, 60, likeness.shape)), 0, 1000).astype(int)
    wanted = 5 if "five" in name else 3
    mean = case.capacity * wanted * case.bids / case.assessors
    affinity = []
    for bid, row in enumerate(likeness):
        eligible = np.nonzero(row > 50)[0]
        if case.eligible:
            most = int(random.integers(*case.eligible))
            eligible = np.sort(eligible[np.argsort(-row[eligible], kind="stable")[:most]])
        affinity += [[f"B{bid:04}", f"A{assessor:04}", int(row[assessor])] for assessor in eligible.tolist()]
    return {
        "name": name,
        "bids": [{"id": f"B{bid:04}", "k": wanted, "region": ""} for bid in range(case.bids)],
        "assessors": [_assessor(random, f"A{number:04}", mean) for number in range(case.assessors)],
        "affinity": affinity,
        "conflicts": [row[:2] for row in affinity if random.random() < 0.01],
        "rules": RULES if case.rules else {},
        "elastic": True,
        "objective": case.aims,
    }


def _topics(random: np.random.Generator, count: int, case: Case) -> np.ndarray:
    vectors = np.zeros((count, case.topics))
    for vector in vectors:
        own = random.choice(case.topics, random.integers(2, 6), replace=False)
        vector[own] = random.gamma(1.5, 1, len(own)) + 0.1
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _assessor(random: np.random.Generator, name: str, capacity: float) -> dict[str, Any]:
    types = [str(random.choice(TYPES, p=[0.4, 0.3, 0.15, 0.15]))]
    if random.random() < 0.2:
        types = sorted({*types, str(random.choice(TYPES))})
    room = max(1, round(capacity * random.uniform(0.6, 1.4)))
    return {"id": name, "capacity": room, "types": types, "region": f"R{random.integers(15):02}"}


def solve_file(source: Path, out: Path) -> None:
    """Read, solve and write, as the management command does."""
    sys.path.insert(0, str(ROOT))
    from assessments.solve import allocation, files, instance

    data = files.read_json(source)
    asked = instance.parse(data)
    data.clear()
    files.write_json(out, allocation.solve(asked).as_dict())


def run(name: str, source: Path, case: Case) -> bool:
    """Solve a file in a process of its own, print a line, and tell whether it kept its limits."""
    out = FOLDER / f"{name}.answer.json"
    command = [sys.executable, __file__, "--file", str(source), str(out)]
    process = os.spawnv(os.P_NOWAIT, sys.executable, command)
    _, status, used = os.wait4(process, 0)
    if status:
        print(f"{name:24} failed")
        return False
    answer = json.loads(out.read_text())
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    gap = 100 * (answer["bound"] - answer["total"]) / max(1, answer["bound"])
    kept = cpu <= case.cpu and memory <= case.memory and (answer["optimal"] if case.gap == 0 else gap <= case.gap)
    figures = f"{cpu:8.2f} {case.cpu:6.0f} {memory:7.0f} {gap:8.4f} {'yes' if answer['optimal'] else 'no':>8}"
    print(f"{name:24}{figures}  {'kept' if kept else 'MISSED'}", flush=True)
    return kept


def main(names: list[str]) -> int:
    """Run the cases named, or all and the sample files where they are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"{'case':24}{'CPU s':>8} {'limit':>6} {'MB':>7} {'gap %':>8} {'optimal':>8}  limits")
    kept = []
    for name, case in CASES.items():
        if names and name not in names:
            continue
        source = FOLDER / f"{name}.json"
        source.write_text(json.dumps(draw(name, case)))
        kept.append(run(name, source, case))
    for source in [] if names else sorted(SHARED.glob("allocation_*.json")):
        kept.append(run(source.stem, source, Case(0, 0, 0, None, cpu=1.0)))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--file"]:
        solve_file(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
