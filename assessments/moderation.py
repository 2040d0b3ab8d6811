"""What a panel should look at twice: scores calibrated for leniency, and flags. Advisory and pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from assessments.rules import Ranked
from assessments.solve import calibration
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
    scores = [(str(m.bid_id), str(m.assessor_id), float(m.percent)) for m in marks]
    if not scores:
        return {}
    found = calibration.guard(scores, calibration.calibrate(scores))
    kept = {int(bid): Decimal(repr(score)) for bid, score in found.calibrated.items()}
    return {bid: min(max(round_half_up(score, 1), Decimal(0)), Decimal(100)) for bid, score in kept.items()}


def by_bid(marks: Iterable[Mark]) -> dict[int, list[Decimal]]:
    """Return what each bid was given, lowest first."""
    found: dict[int, list[Decimal]] = defaultdict(list)
    for mark in marks:
        found[mark.bid_id].append(mark.percent)
    return {bid: sorted(given) for bid, given in found.items()}


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
