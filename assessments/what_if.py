"""Where a panel's line would fall: from the top, by best total, or with a minimum for each area or region."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments import rules
from assessments.rules import Ranked

# What bids can be grouped by: value → (what it is called, attribute of a line of the ranked sheet).
THEMES = {"area": ("clinical area", "clinical_area"), "region": ("region", "region")}
NOT_SAID = "Not said"


@dataclass(frozen=True)
class Way:
    """One way to draw the line: which bids it funds or holds in reserve, grants in pounds and the sum of scores."""

    title: str
    about: str
    funded: frozenset[str]
    reserve: frozenset[str]  # at or above the threshold, and not funded
    pounds: int
    points: Decimal
    left_pounds: int
    because: str = ""


def theme_of(row: Ranked, by: str) -> str:
    """Return the clinical area or region of a bid."""
    return getattr(row, THEMES[by][1]) or NOT_SAID


def themes(rows: Sequence[Ranked], by: str) -> dict[str, int]:
    """Return each area or region of the sheet with its number of bids, in the order of letters."""
    return dict(sorted(Counter(theme_of(row, by) for row in rows).items()))


def ways(
    rows: Sequence[Ranked], *, budget_pounds: int, threshold: Decimal, by: str = "", minimum: Mapping[str, int]
) -> list[Way]:
    """Return every way to draw the line; only bids above the threshold that their assessors support are counted.

    Args:
        by: "area" or "region", or nothing for no minimum.
        minimum: area or region → least number of its bids.
    """
    from assessments.solve import panel  # the solver takes 60 MB, which few processes need

    able = [row for row in rows if row.score is not None and rules.has_support(row)]
    candidates = tuple(
        panel.Candidate(row.reference, row.score, Decimal(row.grant_pounds), theme_of(row, by) if by else "")
        for row in sorted(able, key=lambda row: row.rank)
        if row.score is not None
    )
    least = {theme: number for theme, number in sorted(minimum.items()) if number} if by else {}
    found = panel.solve(panel.Sheet(candidates, Decimal(budget_pounds), threshold, least))
    sums = {row.reference: row for row in able}

    def way(title: str, about: str, funded: Sequence[str], because: str = "") -> Way:
        pounds = sum(sums[reference].grant_pounds for reference in funded)
        points = sum((sums[reference].score or Decimal(0) for reference in funded), Decimal(0))
        reserve = frozenset(c.id for c in candidates if c.score >= threshold) - frozenset(funded)
        return Way(title, about, frozenset(funded), reserve, pounds, points, budget_pounds - pounds, because)

    shown = [
        way("Top-down, stop", "From the top; stop at the first bid that does not fit.", found.top_down_stop),
        way("Top-down, skip", "From the top; skip what does not fit and go on.", found.top_down_skip),
        way("Best total", "The highest sum of scores that fits. It departs from the ranking.", found.knapsack),
    ]  # fmt: skip
    if least:
        about = f"The highest sum of scores with the minimum for each {THEMES[by][0]}."
        shown.append(way("Portfolio", about, found.portfolio, found.because))
    return shown
