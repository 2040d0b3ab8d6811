"""Offer money that is free again to the bids in reserve, in the name of who freed it or answers for it."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from assessments import queries
from assessments.actions.decisions import promote_reserve
from funds import approvals, notices
from funds.models import Competition, Proposal

WAITS = "A decision on this competition waits for a second person already. When it is taken, look at the reserve again."


@transaction.atomic
def offer_to_reserve(
    *, competition: Competition, reference: str, pence: int, by: User, at: dt.datetime
) -> Proposal | None:
    """Put the next bids in reserve forward as far as the money goes, and tell every fund manager; once a reference.

    Args:
        reference: of what has freed the money, such as MFA-000001-U1, or MFA-000001 as it has ended.
        by: the fund manager who freed it, or else who answers for it; another one approves the promotion.

    Returns:
        What was put forward; None when nothing in reserve fits, or another decision waits. The e-mail says so.
    """
    made, why = None, ""
    try:
        if approvals.waiting("decision").filter(reference=competition.reference).exists():
            raise Refused(WAITS)
        if Role.FUND_MANAGER not in by.roles:
            raise Refused(f"{by} is no fund manager, so the reserve has to be put forward by one.")
        made = promote_reserve(competition=competition, by=by, role=Role.FUND_MANAGER, at=at)
    except Refused as refused:
        why = str(refused)
    lines = made.content["bids"] if made else {}
    notices.tell_officers(
        "reserve_offered", notices.managers(), key=f"reserve.offered/{reference}", at=at,
        path=f"/competitions/{competition.reference}/manage/decision", competition=competition, pence=pence,
        reference=reference, left=max(0, queries.left_pence(competition, queries.ranked(competition))),
        bids=sorted(lines, key=lambda bid: lines[bid]["rank"]), why=why, maker=str(by),
    )  # fmt: skip
    return made
