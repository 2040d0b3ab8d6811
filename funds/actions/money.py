"""Money of competitions. Each change takes two people."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from funds import approvals, ledger, notices, rules
from funds.models import Competition, Proposal
from funds.money import pounds
from funds.states import EntryKind


@transaction.atomic
def propose_allocation(
    *, competition: Competition, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put forward money for a competition out of its stream; a second person approves it.

    The content names what the pot holds already, so that the same sum for the same reason can be given again later.
    """
    rules.must_hold(role, rules.SETS_UP)
    if pence <= 0:
        raise Refused("The amount must be above zero.")
    competition.pot.refresh_from_db()
    content = {
        "competition": competition.reference, "pence": pence, "reason": reason,
        "pot_pence": competition.pot.cap_pence,
    }  # fmt: skip
    proposal = approvals.propose(
        kind="allocation", reference=competition.reference, content=content, by=by, role=role, at=at
    )
    notices.tell_managers(
        "approval_waiting", but=by, key=f"allocation.proposed/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/setup/money", maker=str(by),
        what=f"{pounds(pence)} for “{competition.title}”",
    )  # fmt: skip
    return proposal


@transaction.atomic
def approve_allocation(
    *, competition: Competition, by: User, role: str, at: dt.datetime, sha256: str | None = None
) -> None:
    """Approve the money put forward for a competition, and post it.

    Args:
        sha256: digest of the proposal as the approver has read it.

    Raises:
        funds.ledger.DoesNotFit: the stream has not that much left to allocate.
    """
    rules.must_hold(role, rules.SETS_UP)
    proposal = approvals.newest("allocation", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put money forward for this competition.")
    if sha256 is not None:
        approvals.must_be_as_read(proposal, sha256)
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    ledger.post(
        kind=EntryKind.ALLOCATED, reference=f"{competition.reference}/{proposal.pk}", pence=proposal.content["pence"],
        stream=competition.stream, pot=competition.pot, proposal=proposal, reason=proposal.content["reason"],
        by=proposal.by, role=role, at=at,
    )  # fmt: skip


@transaction.atomic
def send_allocation_back(*, competition: Competition, reason: str, by: User, role: str, at: dt.datetime) -> None:
    """Do not give a competition the money that was put forward, say why, and tell its maker."""
    rules.must_hold(role, rules.SETS_UP)
    proposal = approvals.waiting("allocation").filter(reference=competition.reference).first()
    if proposal is None:
        raise Refused("No money waits to be allocated.")
    approvals.send_back(proposal=proposal, reason=reason, by=by, role=role, at=at)
    notices.tell_officers(
        "sent_back", {proposal.by} - {by}, key=f"allocation.sent_back/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/setup/money", reader=str(by), reason=reason,
        what=f"{pounds(proposal.content['pence'])} for “{competition.title}”",
    )  # fmt: skip
