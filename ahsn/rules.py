"""How a year's money is shared between the networks and paid to them, and who does what. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from accounts.rules import Refused
from accounts.states import Role
from ahsn.states import CLOSING
from funds.money import pounds, share
from funds.years import months_from

CORE_PERCENT = 50  # default of the formula: half in equal parts, half by population
INSTALMENTS = 4  # default: one for each quarter
RETURN_DAYS = 30  # default: a return is due so many days after the months that it reports on
MOST_PENCE = 10**12
MONTHS = 12
TIMES = (1, 2, 3, 4, 6, 12)  # how many instalments a year can have: each for whole months
WEEK_BEFORE = 7  # days before a return is due
STOPS_AFTER = 30  # days after it was due nobody is reminded any more

SHARES = frozenset({Role.FUND_MANAGER})
ACCEPTS = frozenset({Role.FUND_MANAGER})
WRITES = frozenset({Role.AHSN_LEAD})
RELEASES = frozenset({Role.FINANCE_OFFICER})
DECLARATION = (
    "I sign this return for the network. The figures are taken from its accounts, the money was spent on what it was"
    " allocated for, and I know that the next instalment is paid on the strength of it."
)
CLOSING_DECLARATION = (
    "I sign this return for the network. The figures are taken from its accounts, the money was spent on what it was"
    " allocated for, and I know that the year is complete once it is accepted."
)
FIGURES = {
    "staff_pence": "what was spent on staff",
    "programmes_pence": "what was spent on programmes",
    "partners_pence": "what was passed on to partners",
    "planned_pence": "what you plan to spend",
    "supported": "how many innovators were supported",
    "adopted": "how many innovations are newly in use",
}
TEXTS = {
    "why_more": "why more was spent than was paid out",
    "done": "what was done",
    "risks": "the risks",
    "plan": "the plan",
}
SPENT = ("staff_pence", "programmes_pence", "partners_pence")


class Part(NamedTuple):
    """One instalment of a year: its months, the day by which its return is due, and its pence."""

    number: int
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date
    pence: int


def formula_shares(
    total_pence: int, populations: dict[str, int], core_percent: int = CORE_PERCENT
) -> dict[str, tuple[int, int]]:
    """Return each network's core and population share in pence; together they are the total, to the penny.

    Args:
        total_pence: one year's money.
        populations: acronym to population, in thousands.
        core_percent: part of the total shared equally; the rest goes by population.

    Raises:
        ValueError: no networks, or a percentage outside 0 to 100.
    """
    if not 0 <= core_percent <= 100:
        raise ValueError("The core must be between 0 and 100 per cent of the total.")
    names = sorted(populations)
    core_total = total_pence * core_percent // 100
    core = share(core_total, [1] * len(names))
    weighted = share(total_pence - core_total, [populations[name] for name in names])
    return {name: (core[i], weighted[i]) for i, name in enumerate(names)}


def schedule(year: str, pence: int, times: int = INSTALMENTS, days: int = RETURN_DAYS) -> list[Part]:
    """Return the instalments of a financial year, equal to `pence` together (largest remainder).

    Args:
        year: such as 2026-27.
        times: how many instalments, one of `TIMES`.
        days: from an instalment's first day until its return is due.

    Raises:
        Refused: the year cannot be cut so, or there is not a penny for each instalment.
    """
    if times not in TIMES:
        raise Refused(
            f"A year has {', '.join(map(str, TIMES[:-1]))} or {TIMES[-1]} instalments, each for whole months."
        )
    if not times <= pence <= MOST_PENCE:
        raise Refused(f"There must be at least a penny for each of the {times} instalments.")
    if not 0 <= days <= 366:
        raise Refused("Returns are due from 0 to 366 days after the months that they report on.")
    length = MONTHS // times
    firsts = months_from(dt.date(int(year[:4]), 4, 1), MONTHS + 1)[::length]
    return [
        Part(i + 1, first, firsts[i + 1] - dt.timedelta(days=1), first + dt.timedelta(days=days), part)
        for i, (first, part) in enumerate(zip(firsts, share(pence, [1] * times), strict=False))
    ]


def closing(year: str, days: int = RETURN_DAYS) -> Part:
    """Return what stands after the last instalment of a year: a return on its last months, which releases nothing.

    Args:
        days: from the first day after the year until it is due.
    """
    first = dt.date(int(year[:4]) + 1, 4, 1)
    return Part(CLOSING, first, first, first + dt.timedelta(days=days), 0)


def instalment_reference(acronym: str, year: str, number: int) -> str:
    """Return what an instalment and its return are called, such as KSS-2026-27-1, or KSS-2026-27-closing."""
    return f"{acronym}-{year}-{'closing' if number == CLOSING else number}"


def spent(figures: Mapping[str, Any]) -> int:
    """Return what a return says was spent, in pence."""
    return sum(figures[name] or 0 for name in SPENT)


def must_be_keepable(figures: Mapping[str, int | None]) -> None:
    """Refuse figures that cannot be kept even in a draft."""
    for name, value in figures.items():
        most = MOST_PENCE if name.endswith("_pence") else 1_000_000
        if value is not None and not 0 <= value <= most:
            raise Refused(f"Enter {FIGURES[name]} as a number that is not below 0 and not beyond belief.")


def declaration(*, is_closing: bool) -> str:
    """Return what the signer of a return declares, word for word."""
    return CLOSING_DECLARATION if is_closing else DECLARATION


def why_not_spent(spent_pence: int, received_pence: int, why: str) -> str:
    """Return what is missing when a network has spent more than was paid to it, by all its returns, and says not why.

    A network may spend its own money first; whoever accepts the return reads the reason.
    """
    if spent_pence <= received_pence or why.strip():
        return ""
    paid, spent_so_far = pounds(received_pence), pounds(spent_pence)
    return f"By all your returns {spent_so_far} is spent, and {paid} was paid to you so far. Say why more was spent."


def must_be_whole(figures: Mapping[str, int | None], texts: Mapping[str, str], *, is_closing: bool = False) -> None:
    """Refuse to sign a return that lacks something; 0 is a figure. A reason for more spent is asked for elsewhere."""
    names = TEXTS | ({"plan": "what becomes of money that is not spent"} if is_closing else {})
    missing = [FIGURES[name] for name, value in figures.items() if value is None]
    missing += [names[name] for name, text in texts.items() if name != "why_more" and not text.strip()]
    if missing:
        raise Refused(
            f"Before you sign, enter {', '.join(missing)}. Where there is nothing to report, say so or enter 0."
        )


def reminder(starts_on: dt.date, due_on: dt.date, today: dt.date) -> str:
    """Return which reminder of a return is due; nothing before its months and long after."""
    if not starts_on <= today <= due_on + dt.timedelta(days=STOPS_AFTER):
        return ""
    if today > due_on:
        return "overdue"
    return "week" if today >= due_on - dt.timedelta(days=WEEK_BEFORE) else "open"
