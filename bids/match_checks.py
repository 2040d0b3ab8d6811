"""What is looked at on evidence of match funding, by kind of source; and how long evidence stays recent. Pure.

The lists are data: a check has a code, which the record keeps, and the sentence that a person ticks.
"""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from accounts.rules import Refused
from bids.match import EVIDENCE_DAYS
from bids.states import MatchKind


class Check(NamedTuple):
    """Something to be seen in evidence: its code, and what a person says who has seen it."""

    code: str
    sentence: str


NAME = Check("name", "The evidence names the funder that was declared.")
AMOUNT = Check("amount", "The evidence shows at least the amount that is verified.")
SIGNED = Check("signed", "It is signed by somebody who can bind the funder.")
UNCONDITIONAL = Check("unconditional", "Nothing stands between the money and the project: no condition is still open.")
DATED = Check("dated", f"It is dated, and was at most {EVIDENCE_DAYS} days old when it was given.")
NOT_PUBLIC = Check("not_public", "The money is not public money.")
CHECKS: dict[str, tuple[Check, ...]] = {
    MatchKind.OWN_RESERVES: (
        Check("name", "The account is in the name of the partner."),
        Check("amount", "The balance covers at least the amount that is verified."),
        DATED,
        Check("unconditional", "Nothing on the statement shows that the money is pledged, borrowed or about to leave."),
    ),
    MatchKind.EQUITY: (NAME, AMOUNT, SIGNED, UNCONDITIONAL, NOT_PUBLIC),
    MatchKind.LOAN: (
        NAME,
        AMOUNT,
        SIGNED,
        Check("unconditional", "The loan can be drawn when the project needs it, with no condition still open."),
        NOT_PUBLIC,
    ),
    MatchKind.CUSTOMER: (NAME, AMOUNT, SIGNED, UNCONDITIONAL, NOT_PUBLIC),
    MatchKind.CHARITY: (NAME, AMOUNT, SIGNED, UNCONDITIONAL, NOT_PUBLIC),
    MatchKind.IN_KIND: (
        NAME,
        Check("amount", "What is given is described and valued at what it costs the giver."),
        SIGNED,
        NOT_PUBLIC,
    ),
}


def codes(kind: str) -> set[str]:
    """Return the codes of all checks of a kind."""
    return {check.code for check in CHECKS[kind]}


def must_be_checked(kind: str, checked: Collection[str]) -> list[str]:
    """Return the codes in the order of the list.

    Raises:
        Refused: a check of this kind is missing; the source is then queried or rejected instead.
    """
    if missing := [check for check in CHECKS[kind] if check.code not in checked]:
        raise Refused(
            f"Tick every check before you verify. Not ticked: “{missing[0].sentence}” If it does not hold, query or"
            " reject the source instead."
        )
    return [check.code for check in CHECKS[kind]]


def recent_until(kind: str, dated_on: dt.date | None) -> dt.date | None:
    """Return the last day on which evidence is recent enough; None when it does not age."""
    if kind != MatchKind.OWN_RESERVES or dated_on is None:
        return None
    return dated_on + dt.timedelta(days=EVIDENCE_DAYS)
