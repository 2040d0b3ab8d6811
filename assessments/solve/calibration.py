"""Tell the quality of bids from the leniency of assessors (advisory: beside the raw score, never instead of it).

The model of DOMAIN.md section 4: minimise Σ (y − q_bid − b_assessor)² + λ Σ b_assessor² over all scores y, λ = 3. The
best q of a bid is the mean of its scores less leniency, so that only the equations of the assessors remain:

    (λ + n_a) b_a − Σ over the bids of a of (Σ b of its assessors) / n_bid = Σ over the bids of a of (y − mean of bid)
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from assessments.solve.files import BadInput, kind_of, name_of

LAMBDA = 3.0
BLOCK = 2_000  # bids whose assessors are laid out as a matrix at once

Score = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Hold quality of each bid and leniency of each assessor, in points of the scores, and how many groups there are.

    Bids and assessors of different components share no assessor, directly or through others: leniency in one says
    nothing of leniency in another.
    """

    quality: dict[str, float]
    leniency: dict[str, float]
    components: int

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as the file holds it."""
        return {"quality": self.quality, "leniency": self.leniency, "components": self.components}


def parse(data: Any) -> tuple[list[Score], float]:
    """Check `{"scores": [[bid, assessor, score], …], "lambda": 3}`; return the scores and λ, or raise BadInput."""
    if not isinstance(data, Mapping):
        raise BadInput("A calibration file must hold a JSON object with the keys scores and lambda.")
    rows = data.get("scores")
    if not isinstance(rows, list):
        raise BadInput(f"“scores” is {kind_of(rows)}: it must be a list of [bid, assessor, score].")
    scores = [_score(row, f"scores[{number}]") for number, row in enumerate(rows)]
    return scores, _number(data.get("lambda", LAMBDA), "lambda")


def _score(row: Any, place: str) -> Score:
    if not isinstance(row, (list, tuple)) or len(row) != 3:
        raise BadInput(f"{place} is {row!r}: it must be [bid, assessor, score].")
    bid, assessor = name_of(row[0], f"The bid of {place}"), name_of(row[1], f"The assessor of {place}")
    return bid, assessor, _number(row[2], f"{place} ({bid}, {assessor})")


def _number(value: Any, place: str) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise BadInput(f"{place} is {value!r}: it must be a number.")
    return float(value)


def calibrate(scores: list[Score], ridge: float = LAMBDA) -> Calibration:
    """Return the exact minimiser; an assessor who shares no bid with anyone has leniency 0.

    Raises BadInput when one assessor scores a bid twice, or when `ridge` (λ) is not positive.
    """
    if ridge <= 0:
        raise BadInput(f"lambda is {ridge:g}: it must be greater than 0; 3 is usual.")
    if not scores:
        return Calibration({}, {}, 0)
    bids, bid = _numbered([row[0] for row in scores])
    assessors, assessor = _numbered([row[1] for row in scores])
    _refuse_twice(scores, bid * len(assessors) + assessor)
    score = np.array([row[2] for row in scores], dtype=np.float64)
    count = np.bincount(bid)
    residual = score - (np.bincount(bid, weights=score) / count)[bid]
    group = _components(bid, assessor, len(bids), len(assessors))
    leniency = np.zeros(len(assessors))
    for rows in _rows_of(group[assessor]):
        members, within = np.unique(assessor[rows], return_inverse=True)
        leniency[members] = _leniency(within, bid[rows], residual[rows], ridge)
    quality = np.bincount(bid, weights=score - leniency[assessor]) / count
    return Calibration(
        quality=dict(zip(bids, quality.tolist(), strict=True)),
        leniency=dict(zip(assessors, (leniency + 0.0).tolist(), strict=True)),
        components=len(np.unique(group)),
    )


def _numbered(names: list[str]) -> tuple[list[str], np.ndarray]:
    distinct = sorted(set(names))
    numbers = {name: number for number, name in enumerate(distinct)}
    return distinct, np.array([numbers[name] for name in names], dtype=np.int64)


def _refuse_twice(scores: list[Score], keys: np.ndarray) -> None:
    _, first = np.unique(keys, return_index=True)
    if len(first) < len(keys):
        number = min(set(range(len(keys))) - set(first.tolist()))
        raise BadInput(f"scores[{number}]: {scores[number][1]} scores the bid {scores[number][0]} twice. Keep one.")


def _components(bid: np.ndarray, assessor: np.ndarray, bids: int, assessors: int) -> np.ndarray:
    """Return for each assessor the number of the connected component of the bid-assessor graph that it is in."""
    group = np.arange(assessors)
    while True:
        least = np.full(bids, assessors)
        np.minimum.at(least, bid, group[assessor])
        lower = group.copy()
        np.minimum.at(lower, assessor, least[bid])
        lower = lower[lower]
        if np.array_equal(lower, group):
            return group
        group = lower


def _rows_of(group: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(group, kind="stable")
    return np.split(order, np.nonzero(np.diff(group[order]))[0] + 1)


def _leniency(assessor: np.ndarray, bid: np.ndarray, residual: np.ndarray, ridge: float) -> np.ndarray:
    """Solve the assessors' equations of one component."""
    size = int(assessor.max()) + 1
    matrix = np.diag(ridge + np.bincount(assessor).astype(np.float64))
    _, bid = np.unique(bid, return_inverse=True)
    order = np.argsort(bid, kind="stable")
    for start in range(0, int(bid.max()) + 1, BLOCK):
        rows = order[slice(*np.searchsorted(bid[order], [start, start + BLOCK]))]
        block = np.zeros((min(BLOCK, int(bid.max()) + 1 - start), size))
        block[bid[rows] - start, assessor[rows]] = 1.0
        matrix -= block.T @ (block / block.sum(axis=1, keepdims=True))
    solution: np.ndarray = np.linalg.solve(matrix, np.bincount(assessor, weights=residual))
    return solution


@dataclass(frozen=True, slots=True)
class Guarded:
    """Hold what pages may show: leniency used, and the calibrated score of each bid, in points of the scores."""

    leniency: dict[str, float]
    calibrated: dict[str, float]


def guard(
    scores: list[Score], calibration: Calibration, *, scale: float = 100.0, least: int = 5, cap: float = 0.1
) -> Guarded:
    """Keep calibration modest: leniency only for assessors with `least` scores or more, at most `cap` of the scale.

    `scale` is the distance from the worst to the best possible score. The calibrated score of a bid is the mean of its
    scores less the leniency so guarded (DOMAIN.md section 4).
    """
    given: dict[str, int] = defaultdict(int)
    for _, assessor, _ in scores:
        given[assessor] += 1
    most = cap * scale
    used = {
        assessor: min(most, max(-most, leniency)) if given[assessor] >= least else 0.0
        for assessor, leniency in calibration.leniency.items()
    }
    left: dict[str, list[float]] = defaultdict(list)
    for bid, assessor, score in scores:
        left[bid].append(score - used[assessor])
    return Guarded(used, {bid: math.fsum(values) / len(values) for bid, values in sorted(left.items())})
