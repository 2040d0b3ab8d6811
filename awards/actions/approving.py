"""Approve a large award on the record, and name who is responsible for an award."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from awards import rules
from awards.actions.conditions import follow
from awards.actions.locks import act_for_government, hold_award
from awards.before_letter import APPROVED_ABOVE_PENCE
from awards.models import Award
from awards.next_steps import BEFORE_LETTER
from awards.readiness import LARGE, large_proposal
from funds import approvals
from funds.models import Approval, Proposal
from funds.money import pounds


@transaction.atomic
def propose_large_award(*, award: Award, reason: str, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put an award above £100,000 forward for approval, saying why (Grant Standards of December 2016).

    Raises:
        Refused: the award is not so large, its letter is issued, or no reason is given.
    """
    award = _held(award, by, role)
    if award.grant_pence <= APPROVED_ABOVE_PENCE:
        raise Refused(f"Only a grant above {pounds(APPROVED_ABOVE_PENCE)} needs this approval.")
    content = {
        "award": award.reference, "bid": award.bid.reference, "lead": award.bid.lead_id,
        "grant_pence": award.grant_pence, "responsible_officer": award.responsible_officer_id,
        "reason": rules.kept(reason, "why the award is worth this sum", 4_000),
    }  # fmt: skip
    return approvals.propose(kind=LARGE, reference=award.reference, content=content, by=by, role=role, at=at)


@transaction.atomic
def approve_large_award(*, award: Award, seen: str, by: User, role: str, at: dt.datetime) -> Approval:
    """Approve a large award as a second person.

    Args:
        seen: SHA-256 of the content that the person has read.

    Raises:
        Refused: nobody has put it forward, the grant has changed since, or the maker approves.
    """
    award = _held(award, by, role)
    proposal = large_proposal(award)
    if proposal is None:
        raise Refused("Nobody has put this award forward as it stands now.")
    approvals.must_be_as_read(proposal, seen)
    given = approvals.approve(proposal=proposal, by=by, role=role, at=at)
    follow(award)
    return given


@transaction.atomic
def name_officer(*, award: Award, officer: User, by: User, role: str, at: dt.datetime) -> Award:
    """Name the official who is responsible for an award.

    Raises:
        Refused: the person is no fund manager, belongs to an organisation of the award, or the letter is issued.
    """
    award = _held(award, by, role)
    if not officer.is_active or Role.FUND_MANAGER not in officer.roles:
        raise Refused(f"{officer} is no fund manager. Choose one.")
    act_for_government(award, by=officer, role=Role.FUND_MANAGER, needed=rules.OFFERS)
    before, award.responsible_officer = award.responsible_officer_id, officer
    award.save(update_fields=["responsible_officer"])
    record(
        "award.officer_named", award, by=by, role=role, at=at,
        changes={"responsible_officer": [before, officer.pk], "state": follow(award, is_changed=True)},
    )  # fmt: skip
    return award


def _held(award: Award, by: User, role: str) -> Award:
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if award.state not in BEFORE_LETTER:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}, so this is fixed.")
    return award
