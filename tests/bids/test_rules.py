"""Rules of bids: deadline, ceilings, the match-funding identity, consortia."""

import datetime as dt
from contextlib import nullcontext
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from bids import rules
from bids.rules import Deadline, Party

NOON = dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC)
MILLISECOND = dt.timedelta(milliseconds=1)
TABLE = {
    ("feasibility", "small"): Decimal(70),
    ("experimental", "large"): Decimal(25),
    ("industrial", "non_business"): Decimal(100),
}


@pytest.mark.parametrize(
    ("contact", "stands"),
    [
        (NOON - MILLISECOND, Deadline.IN_TIME),
        (NOON, Deadline.IN_TIME),
        (NOON + MILLISECOND, Deadline.IN_GRACE),
        (NOON + dt.timedelta(seconds=120), Deadline.IN_GRACE),
        (NOON + dt.timedelta(seconds=121), Deadline.LATE),
    ],
)
def test_the_first_contact_decides(contact, stands):
    assert rules.deadline(contact, NOON, 120) == stands


@pytest.mark.parametrize(
    ("state", "contact", "words"),
    [
        ("draft", NOON, "takes no bids"),
        ("in_assessment", NOON, "takes no bids"),
        ("published", NOON - dt.timedelta(days=2), "not opened"),
        ("published", NOON + dt.timedelta(seconds=121), "has closed"),
    ],
)
def test_a_competition_that_is_not_open_takes_no_bids(state, contact, words):
    with pytest.raises(Refused, match=words):
        rules.must_take_bids(state, NOON - dt.timedelta(days=1), NOON, 120, contact)


@pytest.mark.parametrize(
    ("category", "size", "own_max", "because"),
    [
        ("feasibility", "small", None, "70 % because small, feasibility study"),
        ("feasibility", "small", Decimal(80), "70 % because small, feasibility study"),
        ("experimental", "large", None, "25 % because large, experimental development"),
        ("industrial", "non_business", None, "100 % because not a business, industrial research"),
        (
            "feasibility",
            "small",
            Decimal("62.50"),
            "62.5 % because this competition gives no more (otherwise 70 %: small, feasibility study)",
        ),
        ("industrial", "small", None, "0 % because the rules list no ceiling for small, industrial research"),
    ],
)
def test_a_ceiling_explains_itself(category, size, own_max, because):
    found = rules.ceiling(TABLE, category, size, own_max)
    assert (f"{rules.plain(found.percent)} %", found.because) == (because.partition(" because")[0], because)


@pytest.mark.parametrize("percent", ["70.01", "-1", "1.234", "NaN", "Infinity"])
def test_a_claim_above_the_ceiling_or_no_percentage_is_refused(percent):
    with pytest.raises(Refused):
        rules.must_be_within(Decimal(percent), rules.ceiling(TABLE, "feasibility", "small", None))


# Cost, per cent, other public funding → grant, match.
MONEY = [
    (60_000, "70", 0, 42_000, 18_000),
    (99_999, "70", 0, 69_999, 30_000),
    (100, "33.33", 0, 33, 67),
    (60_000, "70", 10_000, 32_000, 18_000),
    (60_000, "70", 50_000, 0, 10_000),
    (60_000, "100", 60_000, 0, 0),
    (0, "0", 0, 0, 0),
]


@pytest.mark.parametrize(("cost", "percent", "other", "grant", "match"), MONEY)
def test_other_public_funding_counts_against_the_grant(cost, percent, other, grant, match):
    assert rules.money(cost, Decimal(percent), other) == (grant, match)


@given(st.integers(0, 10**9), st.decimals(0, 100, places=2), st.integers(0, 10**9))
def test_grant_other_public_and_match_are_always_the_cost(cost, percent, other):
    other = min(cost, other)
    grant, match = rules.money(cost, percent, other)
    assert grant + other + match == cost
    assert min(grant, match) >= 0
    assert grant == 0 or (grant + other) * 100 <= cost * percent


@pytest.mark.parametrize("other", [-1, 101])
def test_other_public_funding_lies_within_the_cost(other):
    with pytest.raises(Refused):
        rules.money(100, Decimal(50), other)


LEAD = Party("Breathe Ltd", "sme", True, 70_000, 49_000)
PARTNER = Party("Listen Ltd", "sme", False, 20_000, 14_000)
TRUST = Party("St Elsewhere", "nhs_body", False, 30_000, 30_000)


def asked(collaboration: str = "either", claiming: int = 0, share: int = 30) -> rules.ConsortiumRules:
    return rules.ConsortiumRules(["sme"], ["sme", "nhs_body"], collaboration, claiming, share)


@pytest.mark.parametrize(
    ("parties", "asks", "problems"),
    [
        ([LEAD], asked(), 0),
        ([LEAD, TRUST], asked(), 0),
        ([LEAD, TRUST], asked(share=29), 1),
        ([LEAD, PARTNER], asked("single"), 1),
        ([LEAD], asked("collaborative"), 1),
        ([LEAD, PARTNER], asked("collaborative"), 0),
        ([LEAD, Party("Free Ltd", "sme", False, 5_000, 0)], asked("collaborative"), 1),
        ([LEAD, PARTNER], asked(claiming=2), 1),
        ([Party("St Elsewhere", "nhs_body", True, 0, 0)], asked(), 1),
        ([LEAD, Party("Ministry", "department", False, 0, 0)], asked(), 1),
    ],
)
def test_a_consortium_follows_the_rules_of_its_strand(parties, asks, problems):
    assert len(rules.consortium_problems(parties, asks)) == problems


def test_a_business_is_in_as_many_bids_as_allowed():
    assert rules.business_limit_problem("Breathe Ltd", 3, 3, "be in") == ""
    assert rules.business_limit_problem("Breathe Ltd", 3, None, "be in") == ""
    words = "Breathe Ltd would lead 2 bids of this competition; 1 is the most allowed."
    assert rules.business_limit_problem("Breathe Ltd", 2, 1, "lead") == words


@pytest.mark.parametrize(
    ("lead", "organisation", "acts_for", "whole", "part"),
    [(1, 2, {1}, True, True), (1, 2, {2}, False, True), (1, 2, {3}, False, False), (1, 2, set(), False, False)],
)
def test_the_lead_edits_all_and_a_partner_its_part(lead, organisation, acts_for, whole, part):
    assert rules.may_edit(lead, acts_for) is whole
    assert rules.may_edit_part(lead, organisation, acts_for) is part


@pytest.mark.parametrize(("seconds", "is_open"), [(0, True), (0.001, True), (120, True), (121, False)])
def test_a_bid_is_changed_until_the_grace_has_passed(seconds, is_open):
    shuts_at = NOON + dt.timedelta(seconds=120)
    with nullcontext() if is_open else pytest.raises(Refused, match="competition has closed"):
        rules.must_be_open_to_changes("draft", shuts_at, NOON + dt.timedelta(seconds=seconds))
