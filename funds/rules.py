"""When a competition is open, who may run it, and what must stand before it is published. Pure."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from accounts.states import Role
from funds.states import CompetitionState

SETS_UP = frozenset({Role.FUND_MANAGER})
MOVES_MONEY = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER})
READS_MONEY = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})


def is_open(state: str, opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> bool:
    """Tell whether bids can be written and submitted at an instant; the deadline itself is still in time."""
    return state == CompetitionState.PUBLISHED and opens_at <= at <= closes_at


def phase(state: str, opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> str:
    """Return where a competition stands, in words for the public."""
    if state != CompetitionState.PUBLISHED:
        return CompetitionState(state).label
    if at < opens_at:
        return "Opens soon"
    return "Open" if at <= closes_at else "Closed to bids"


def lowest_ceiling(regime_percent: Decimal | None, own_percent: Decimal | None) -> Decimal:
    """Return the grant ceiling in per cent: the regime's, or the competition's own when that is lower.

    A case that the regime's table does not list has no ceiling above 0: nothing may be granted.
    """
    percent = regime_percent if regime_percent is not None else Decimal(0)
    return min(percent, own_percent) if own_percent is not None else percent


def missing_before_publication(
    *,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    strands: int,
    scored_questions: int,
    pot_pence: int,
    at: dt.datetime,
) -> list[str]:
    """Return what still has to be done before a competition can be published."""
    problems = []
    if closes_at <= at:
        problems.append("The closing date has passed. Choose a later one.")
    if closes_at <= opens_at:
        problems.append("The competition closes before it opens.")
    if not strands:
        problems.append("Add at least one strand with its range of project costs.")
    if not scored_questions:
        problems.append("Add at least one scored question.")
    if pot_pence <= 0:
        problems.append("No money has been allocated to the competition.")
    return problems


def may(roles: Iterable[str], needed: Iterable[str]) -> bool:
    """Tell whether any of a person's roles is among those needed."""
    return bool(set(roles) & set(needed))
