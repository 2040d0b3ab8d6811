"""Which deeds a page offers to whom."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.states import Role
from awards.next_steps import AwardFacts, Reader, of_award, of_claim
from awards.states import AwardState, ClaimState

LEAD, PARTNER, NETWORK, DEPARTMENT = 1, 2, 3, 4
MANAGER, SECOND = 11, 12
BEFORE, DURING, AFTER = dt.date(2027, 2, 2), dt.date(2027, 6, 1), dt.date(2028, 3, 1)
AWARD = AwardFacts(
    state=AwardState.OFFERED, lead=LEAD, claiming=frozenset({LEAD, PARTNER}), parties=frozenset({LEAD, PARTNER}),
    network=NETWORK, proposer=None, has_letter=False, starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2028, 2, 29),
)  # fmt: skip


def official(role: str, key: int = MANAGER, **facts) -> Reader:
    return Reader(key, frozenset({role}), frozenset(), frozenset({DEPARTMENT}), **facts)


def applicant(organisation: int) -> Reader:
    return Reader(21, frozenset({Role.APPLICANT}), frozenset({organisation}), frozenset({organisation}))


def steps(state: str, reader: Reader, today: dt.date = BEFORE, **facts) -> set[str]:
    return set(of_award(replace(AWARD, state=state, **facts), reader, today))


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (AwardState.OFFERED, {"assign_network", "withdraw"}),
        (AwardState.CONDITIONS_MET, {"assign_network", "withdraw", "propose_letter"}),
        (AwardState.LETTER_ISSUED, {"assign_network", "withdraw"}),
        (AwardState.ACCEPTED, {"assign_network", "terminate"}),
        (AwardState.LIVE, {"assign_network", "terminate"}),
        *((state, set()) for state in ("completed", "declined", "lapsed", "withdrawn", "terminated")),
    ],
)
def test_what_a_fund_manager_may_do_in_each_state(state, offered):
    assert steps(state, official(Role.FUND_MANAGER)) == offered


def test_days_add_what_they_allow():
    assert "go_live" in steps(AwardState.ACCEPTED, official(Role.FUND_MANAGER), DURING)
    assert "complete" in steps(AwardState.LIVE, official(Role.FUND_MANAGER), AFTER)


def test_a_letter_is_issued_by_somebody_else():
    assert "issue_letter" in steps("conditions_met", official(Role.FUND_MANAGER, SECOND), proposer=MANAGER)
    assert "issue_letter" not in steps("conditions_met", official(Role.FUND_MANAGER, MANAGER), proposer=MANAGER)


def test_a_finance_officer_settles_until_the_letter():
    assert steps(AwardState.OFFERED, official(Role.FINANCE_OFFICER)) == {"settle", "verify_match"}
    assert steps(AwardState.LETTER_ISSUED, official(Role.FINANCE_OFFICER)) == set()


def test_an_official_who_belongs_to_a_party_does_nothing():
    insider = replace(official(Role.FUND_MANAGER), belongs_to=frozenset({PARTNER}))
    assert steps(AwardState.OFFERED, insider) == set()


def test_the_auditor_does_nothing():
    assert {step for state in AwardState for step in steps(state, official(Role.AUDITOR), AFTER)} == set()


def test_the_lead_accepts_when_the_letter_is_there():
    assert steps(AwardState.LETTER_ISSUED, applicant(LEAD)) == {"decline"}
    assert steps(AwardState.LETTER_ISSUED, applicant(LEAD), has_letter=True) == {"accept", "decline"}
    assert steps(AwardState.LETTER_ISSUED, applicant(PARTNER), has_letter=True) == set()


def test_each_claiming_partner_claims_while_the_award_is_live():
    assert steps(AwardState.LIVE, applicant(PARTNER)) == {"claim"}
    assert steps(AwardState.LIVE, applicant(PARTNER), claiming=frozenset({LEAD})) == set()


LIVE = replace(AWARD, state=AwardState.LIVE)
MONITOR = official(Role.MONITORING_OFFICER, monitors=frozenset({NETWORK}))
MANAGES, PAYS = official(Role.FUND_MANAGER), official(Role.FINANCE_OFFICER)


@pytest.mark.parametrize(
    ("state", "monitor", "manager", "finance"),
    [
        (ClaimState.DRAFT, set(), set(), set()),
        (ClaimState.SUBMITTED, {"review", "query", "reject"}, {"query", "reject"}, set()),
        (ClaimState.QUERIED, set(), set(), set()),
        (ClaimState.REVIEWED, set(), {"approve", "query", "reject"}, set()),
        (ClaimState.APPROVED, set(), {"query"}, {"instruct", "query"}),
        (ClaimState.INSTRUCTED, set(), set(), {"pay"}),
        (ClaimState.PAID, set(), set(), set()),
        (ClaimState.RETURNED, set(), {"reject"}, {"instruct"}),
        (ClaimState.REJECTED, set(), set(), set()),
    ],
)
def test_what_officials_may_do_with_a_claim(state, monitor, manager, finance):
    assert [set(of_claim(state, LEAD, LIVE, reader, ())) for reader in (MONITOR, MANAGES, PAYS)] == [
        monitor, manager, finance,
    ]  # fmt: skip


def test_nobody_takes_two_steps():
    assert "approve" not in of_claim(ClaimState.REVIEWED, LEAD, LIVE, MANAGES, {MANAGER})


def test_the_officer_of_another_network_does_nothing():
    elsewhere = replace(MONITOR, monitors=frozenset({99}))
    assert of_claim(ClaimState.SUBMITTED, LEAD, LIVE, elsewhere, ()) == set()


def test_the_claimant_writes_and_submits_while_the_award_is_live():
    assert of_claim(ClaimState.QUERIED, LEAD, LIVE, applicant(LEAD), ()) == {"edit", "submit"}
    ended = replace(LIVE, state=AwardState.TERMINATED)
    assert of_claim(ClaimState.QUERIED, LEAD, ended, applicant(LEAD), ()) == {"edit"}
    assert of_claim(ClaimState.SUBMITTED, LEAD, LIVE, applicant(LEAD), ()) == set()
