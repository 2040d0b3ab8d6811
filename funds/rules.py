"""When a competition is open, who may run it, and the most it gives of somebody's costs. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from accounts.rules import Refused
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


def may(roles: Iterable[str], needed: Iterable[str]) -> bool:
    """Tell whether any of a person's roles is among those needed."""
    return bool(set(roles) & set(needed))


def must_hold(role: str, needed: Collection[str]) -> None:
    """Refuse a deed to a role that may not do it."""
    if role not in needed:
        raise Refused("Your role does not allow this.")
