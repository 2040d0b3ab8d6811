"""The ranked sheet as it is asked for: narrowed, in an order, and page by page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments import rules
from assessments.moderation import Flag
from assessments.sheet import Line
from funds.models import Competition

ROWS = 100
ORDERS: dict[str, tuple[str, Callable[[Line], Any]]] = {
    "rank": ("Rank", lambda line: line.row.rank),
    "calibrated": ("Calibrated score", lambda line: (-(line.calibrated or 0), line.row.rank)),
    "spread": ("Widest spread", lambda line: (-(line.row.spread or 0), line.row.rank)),
    "grant": ("Largest grant", lambda line: (-line.row.grant_pounds, line.row.rank)),
}
SIDES = {"above": "Above the line", "below": "Below the line"}
FLAGS = {flag.name.lower(): flag.value.capitalize() for flag in Flag}


@dataclass(frozen=True)
class Page:
    """Lines of one page, how many fit in all, and where the pages before and after begin; None where there is none."""

    lines: Sequence[Line]
    fits: int
    previous: int | None
    next: int | None


def narrowed(lines: Sequence[Line], asked: Mapping[str, str], competition: Competition) -> list[Line]:
    """Return the lines that fit, in the order asked for.

    Args:
        asked: `area`, `region`, `side`, `flag`, `outcome`, `order`; what is empty or unknown narrows nothing.
    """
    side = asked.get("side")
    flag = Flag[asked["flag"].upper()] if asked.get("flag") in FLAGS else None
    threshold = competition.quality_threshold

    def fits(line: Line) -> bool:
        return (
            asked.get("area") in ("", None, line.row.clinical_area)
            and asked.get("region") in ("", None, line.row.region)
            and asked.get("outcome") in ("", None, line.outcome)
            and (side not in SIDES or rules.is_above_line(line.row, threshold) == (side == "above"))
            and (flag is None or flag in line.flags)
        )

    order = ORDERS.get(asked.get("order") or "rank", ORDERS["rank"])[1]
    return sorted(filter(fits, lines), key=order)


def page(lines: Sequence[Line], start: int) -> Page:
    """Return a page of lines that begins at a position."""
    start = min(max(start, 0), max(len(lines) - 1, 0)) // ROWS * ROWS
    after = start + ROWS if start + ROWS < len(lines) else None
    return Page(lines[start : start + ROWS], len(lines), start - ROWS if start else None, after)
