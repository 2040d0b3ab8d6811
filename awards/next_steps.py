"""Which deeds a page offers to whom. The actions decide again when the deed is done. Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from accounts.states import Role
from awards.states import UNDER_WAY
from awards.states import AwardState as A
from awards.states import ClaimState as C

BEFORE_LETTER = (A.OFFERED, A.CONDITIONS_MET)
BEFORE_ACCEPTANCE = (*BEFORE_LETTER, A.LETTER_ISSUED)


def can_be_judged(award_state: str, *, is_settled: bool) -> bool:
    """Tell whether a condition is open: all before the letter; until settled, those of a partner that joins later."""
    return award_state in BEFORE_LETTER or (award_state in UNDER_WAY and not is_settled)


@dataclass(frozen=True)
class Reader:
    """Who looks at an award: roles held, organisations acted for as applicant, and any other membership."""

    key: int
    roles: frozenset[str]
    acts_for: frozenset[int]
    belongs_to: frozenset[int]
    monitors: frozenset[int] = frozenset()


@dataclass(frozen=True)
class AwardFacts:
    """What decides the next steps of an award. `proposer` put its letter forward, if it still stands."""

    state: str
    lead: int
    claiming: frozenset[int]
    parties: frozenset[int]
    network: int | None
    proposer: int | None
    has_letter: bool
    starts_on: dt.date
    ends_on: dt.date
    is_varied: bool = False  # since the newest letter


def of_award(award: AwardFacts, reader: Reader, today: dt.date) -> frozenset[str]:
    """Return the deeds on an award that a person may do now."""
    steps = set()
    if not reader.belongs_to & award.parties:
        steps |= _officials(award, reader, today)
    if award.lead in reader.acts_for:
        if award.state == A.LETTER_ISSUED and award.has_letter:
            steps.add("accept")
        if award.state in BEFORE_ACCEPTANCE:
            steps.add("decline")
    if award.state == A.LIVE and reader.acts_for & award.claiming:
        steps.add("claim")
    return frozenset(steps)


def _officials(award: AwardFacts, reader: Reader, today: dt.date) -> set[str]:
    steps = set()
    if Role.FINANCE_OFFICER in reader.roles and award.state in BEFORE_LETTER:
        steps |= {"settle", "verify_match"}
    if Role.FUND_MANAGER not in reader.roles:
        return steps
    if award.state in (*BEFORE_ACCEPTANCE, *UNDER_WAY):
        steps.add("assign_network")
    if award.state == A.CONDITIONS_MET or award.is_varied:
        steps |= {"propose_letter"} if award.proposer in (None, reader.key) else {"propose_letter", "issue_letter"}
    if award.state in BEFORE_ACCEPTANCE:
        steps.add("withdraw")
    if award.state in UNDER_WAY:
        steps.add("terminate")
    if award.state == A.ACCEPTED and today >= award.starts_on:
        steps.add("go_live")
    if award.state == A.LIVE and today > award.ends_on:
        steps.add("complete")
    return steps


def of_claim(
    state: str, organisation: int, award: AwardFacts, reader: Reader, agreed: Collection[int]
) -> frozenset[str]:
    """Return the deeds on a claim that a person may do now.

    Args:
        organisation: the claimant.
        agreed: everybody who has had a hand in the claim as it stands; each may have only one.
    """
    if organisation in reader.acts_for:
        may_submit = {"submit"} if award.state == A.LIVE else set()
        return frozenset({"edit"} | may_submit if state in (C.DRAFT, C.QUERIED) else ())
    if reader.belongs_to & award.parties:
        return frozenset()
    steps = set()
    monitors = award.network in reader.monitors
    manages, pays = Role.FUND_MANAGER in reader.roles, Role.FINANCE_OFFICER in reader.roles
    if state == C.RETURNED:
        return frozenset({"instruct"} if pays else set()) | frozenset({"reject"} if manages else set())
    turn = {C.SUBMITTED: ("review", monitors), C.REVIEWED: ("approve", manages), C.APPROVED: ("instruct", pays)}
    step, is_mine = turn.get(C(state), ("", False))
    if is_mine and reader.key not in agreed:
        steps.add(step)
    if step and (is_mine or manages):
        steps |= {"query"} if state == C.APPROVED else {"query", "reject"}
    if state == C.INSTRUCTED and pays:
        steps.add("pay")
    return frozenset(steps)
