"""Which claims need a report, by the size of the award. Pure.

Bands as in the terms of the awards: above £2 million with each claim; above £500,000 with the first, the last and every
anniversary; above £100,000 with the first and the last; above £50,000 with the last; else a statement with the last.
"""

from typing import NamedTuple

from awards.states import ReportKind

CLAIMS_A_YEAR = 4


class Band(NamedTuple):
    """Awards above `above_pounds` need reports of `kind` with the claims named, and with the last in any case."""

    above_pounds: int
    kind: ReportKind
    with_each: bool = False
    with_first: bool = False
    with_anniversaries: bool = False

    @property
    def words(self) -> str:
        """What the letter and the pages say about it."""
        if self.with_each:
            return "Send an independent accountant's report with every claim."
        if self.with_anniversaries:
            return (
                "Send an independent accountant's report with the first claim, the last claim and on each anniversary."
            )
        if self.with_first:
            return "Send an independent accountant's report with the first and the last claim."
        if self.kind == ReportKind.ACCOUNTANT:
            return "Send an independent accountant's report with the last claim."
        return "Send a statement of expenditure with the last claim; no accountant's report is needed."


BANDS = (  # the largest first
    Band(2_000_000, ReportKind.ACCOUNTANT, with_each=True),
    Band(500_000, ReportKind.ACCOUNTANT, with_first=True, with_anniversaries=True),
    Band(100_000, ReportKind.ACCOUNTANT, with_first=True),
    Band(50_000, ReportKind.ACCOUNTANT),
    Band(0, ReportKind.STATEMENT),
)


def band_of(grant_pence: int) -> Band:
    """Return the band of an award."""
    return next(band for band in BANDS if grant_pence > band.above_pounds * 100)


def needed(grant_pence: int, number: int, last: int, *, is_first: bool | None = None) -> ReportKind | None:
    """Return the report that a claim needs before it is approved, if any.

    Args:
        grant_pence: of the whole award.
        number: the claim's period, from 1.
        last: the number of the project's last period.
        is_first: whether no earlier claim of the partner was for money; a claim for nothing needs no report, so the
            next one is the first. Left out, period 1 is.
    """
    band = band_of(grant_pence)
    is_first = number == 1 if is_first is None else is_first
    is_due = (
        number == last
        or band.with_each
        or (band.with_first and is_first)
        or (band.with_anniversaries and number % CLAIMS_A_YEAR == 0)
    )
    return band.kind if is_due else None
