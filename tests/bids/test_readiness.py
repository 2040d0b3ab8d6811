"""What a bid must have before it can be submitted."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from bids.match import Source
from bids.readiness import AnswerFacts, BidFacts, CallFacts, PartnerFacts, problems
from bids.rules import CeilingFound, ConsortiumRules, Party

TODAY, START = dt.date(2027, 2, 2), dt.date(2027, 6, 1)
CALL = CallFacts(
    categories=["feasibility"], cost_min=50_000, cost_max=75_000, months_min=1, months_max=12,
    start_by=dt.date(2027, 9, 1),
    match_is_required=True, in_kind_percent=0, consortium=ConsortiumRules(["sme"], ["sme"], "either", 0, 30),
)  # fmt: skip
PARTNER = PartnerFacts(
    party=Party("Breathe Ltd", "sme", True, 60_000, 42_000), percent=Decimal(70),
    ceiling=CeilingFound(Decimal(70), "70 % because small"), match=18_000,
    sources=(Source("loan", 18_000, dt.date(2027, 1, 4)),), states_overheads=False,
)  # fmt: skip
READY = BidFacts(
    category="feasibility", start_on=START, months=12, answers=(AnswerFacts("Need", "Patients wait.", 400, True),),
    partners=(PARTNER,), has_overhead_workings=False, has_infected_document=False, call=CALL,
)  # fmt: skip


def partner(**changed) -> dict:
    return {"partners": (replace(PARTNER, **changed),)}


def test_a_whole_bid_has_no_problems():
    assert problems(READY, TODAY) == []


CASES = [
    ({"category": "industrial"}, "details"),
    ({"start_on": dt.date(2027, 6, 2)}, "details"),
    ({"start_on": dt.date(2027, 2, 1)}, "details"),
    ({"start_on": dt.date(2027, 10, 1)}, "details"),
    ({"months": 13}, "details"),
    ({"answers": (AnswerFacts("Need", " ", 400, True),)}, "questions"),
    ({"answers": (AnswerFacts("Need", "Patients wait.", 1, True),)}, "questions"),
    ({"answers": (AnswerFacts("Need", "Patients wait.", 400, False),)}, "questions"),
    (partner(party=Party("Large plc", "large_company", True, 60_000, 42_000)), "partners"),
    (partner(party=Party("Breathe Ltd", "sme", True, 49_999, 30_000)), "costs"),
    (partner(party=Party("Breathe Ltd", "sme", True, 75_001, 30_000)), "costs"),
    (partner(party=Party("Breathe Ltd", "sme", True, 60_000, 0)), "funding"),
    (partner(percent=Decimal("70.01")), "funding"),
    (partner(is_of_another_size=True), "partners"),
    (partner(match=18_001), "match"),
    (partner(states_overheads=True), "documents"),
    ({"has_infected_document": True}, "documents"),
]


@pytest.mark.parametrize(("changed", "section"), CASES)
def test_each_fault_is_told_in_its_section(changed, section):
    assert [p.section for p in problems(replace(READY, **changed), TODAY)] == [section]


def test_stated_overheads_are_fine_with_their_workings():
    assert problems(replace(READY, has_overhead_workings=True, **partner(states_overheads=True)), TODAY) == []


def test_no_match_is_asked_where_the_competition_needs_none():
    call = replace(CALL, match_is_required=False)
    assert problems(replace(READY, call=call, **partner(sources=())), TODAY) == []
