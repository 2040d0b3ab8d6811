"""What a panel should look at twice: scores calibrated for leniency, and flags. Advisory and pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from assessments.rules import Ranked
from funds.money import round_half_up

SPREAD_POINTS = 30  # DOMAIN.md section 4
OUTLIER_POINTS = 25


class Mark(NamedTuple):
    """What one assessor gave one bid, per cent of the points possible."""

    bid_id: int
    assessor_id: int
    percent: Decimal


class Flag(Enum):
    """Why a bid should be talked about, in words."""

    SPREAD = "wide spread"
    SPLIT = "split on fundable"
    OUTLIER = "one score far from the others"
    CHANGES_SIDE = "changes sides of the line when calibrated"


def calibrated(marks: Iterable[Mark]) -> dict[int, Decimal]:
    """Return the calibrated score of each bid, per cent to 1 decimal half up.

    Leniency counts only for assessors with five marks or more, and at most a tenth of the scale (DOMAIN.md section 4).
    """
    from assessments.solve import calibration  # numpy takes 30 MB, which few processes need

    scores = [(str(m.bid_id), str(m.assessor_id), float(m.percent)) for m in marks]
    if not scores:
        return {}
    found = calibration.guard(scores, calibration.calibrate(scores))
    kept = {int(bid): Decimal(repr(score)) for bid, score in found.calibrated.items()}
    return {bid: min(max(round_half_up(score, 1), Decimal(0)), Decimal(100)) for bid, score in kept.items()}


@dataclass(frozen=True, slots=True)
class Advice:
    """What stands beside the score of a bid: what each gave, lowest first, the calibrated score, and flags."""

    marks: Sequence[Mark]
    calibrated: Decimal | None
    flags: Sequence[Flag]

    @property
    def given(self) -> list[Decimal]:
        """Return what each counted assessor gave, per cent, lowest first."""
        return [mark.percent for mark in self.marks]


def advise(rows: Sequence[Ranked], marks: Iterable[Mark], threshold: Decimal) -> dict[int, Advice]:
    """Return the advice on each bid; only what the bids of these rows were given counts for the calibration.

    Args:
        threshold: quality threshold, per cent.
    """
    by_bid: dict[int, list[Mark]] = {row.bid_id: [] for row in rows}
    for mark in sorted(marks, key=lambda mark: (mark.percent, mark.assessor_id)):
        if mark.bid_id in by_bid:
            by_bid[mark.bid_id].append(mark)
    fair = calibrated([mark for given in by_bid.values() for mark in given])

    def advice(row: Ranked) -> Advice:
        mine, score = by_bid[row.bid_id], fair.get(row.bid_id)
        return Advice(mine, score, flags(row, [mark.percent for mark in mine], score, threshold))

    return {row.bid_id: advice(row) for row in rows}


def frozen(advice: Advice) -> dict[str, Any]:
    """Return advice as it is frozen for the panel: marks as [assessor key, per cent], names of the flags."""
    return {
        "marks": [[mark.assessor_id, str(mark.percent)] for mark in advice.marks],
        "calibrated": None if advice.calibrated is None else str(advice.calibrated),
        "flags": [flag.name.lower() for flag in advice.flags],
    }


def thawed(bid_id: int, line: Mapping[str, Any]) -> Advice:
    """Return the advice on a bid as it was frozen."""
    return Advice(
        marks=[Mark(bid_id, assessor, Decimal(percent)) for assessor, percent in line["marks"]],
        calibrated=None if line["calibrated"] is None else Decimal(line["calibrated"]),
        flags=[Flag[name.upper()] for name in line["flags"]],
    )


def flags(row: Ranked, given: Sequence[Decimal], calibrated_score: Decimal | None, threshold: Decimal) -> list[Flag]:
    """Return why a bid should be talked about.

    Args:
        given: what each counted assessor gave, per cent, lowest first.
        threshold: quality threshold, per cent.
    """
    if row.score is None:
        return []
    changes = calibrated_score is not None and (row.score >= threshold) != (calibrated_score >= threshold)
    found = {
        Flag.SPREAD: row.spread is not None and row.spread >= SPREAD_POINTS,
        Flag.SPLIT: 0 < row.fundable < row.counted,
        Flag.OUTLIER: _has_outlier(given),
        Flag.CHANGES_SIDE: changes,
    }
    return [flag for flag in Flag if found[flag]]


def _has_outlier(given: Sequence[Decimal]) -> bool:
    """Tell whether the lowest or highest of three marks or more is far from the mean of the others."""
    if len(given) < 3:
        return False
    rest = len(given) - 1
    return any(abs(end - (sum(given) - end) / rest) > OUTLIER_POINTS for end in (given[0], given[-1]))
