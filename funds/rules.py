"""When a competition is open, who may run it, and the most it gives of somebody's costs. Pure."""

import datetime as dt
import re
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


def is_financial_year(text: str) -> bool:
    """Tell whether a text names a financial year, such as 2027-28."""
    found = re.fullmatch(r"(20[0-9]{2})-([0-9]{2})", text, re.ASCII)
    return found is not None and int(found[2]) == (int(found[1]) + 1) % 100


OUTAGE_MINUTES = 5  # an outage of ours above 5 minutes in the last two hours may move a deadline that has passed
OUTAGE_COUNTS_BEFORE = dt.timedelta(hours=2)


def deadline_may_move(
    *, now: dt.datetime, before: dt.datetime, after: dt.datetime, outage: tuple[dt.datetime, dt.datetime] | None
) -> None:
    """Refuse a new deadline that is not later, or one after the deadline without an outage of ours shortly before it.

    Args:
        outage: when our own service went away and when it was back.

    Raises:
        Refused: in words that say what is possible.
    """
    if after <= before:
        raise Refused("The deadline can only move to a later time: somebody may have planned for it.")
    if after <= now:
        raise Refused("The new deadline has passed already. Choose a later time.")
    if now <= before:
        return
    if outage is None:
        raise Refused("The competition has closed. Its deadline moves only for an outage of ours: say when it was.")
    began, ended = max(outage[0], before - OUTAGE_COUNTS_BEFORE), min(outage[1], before)
    if ended - began <= dt.timedelta(minutes=OUTAGE_MINUTES):
        raise Refused(
            f"Only an outage of more than {OUTAGE_MINUTES} minutes in the last two hours before the deadline moves it"
            " once the competition has closed."
        )
