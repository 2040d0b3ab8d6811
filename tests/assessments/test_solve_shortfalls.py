"""Saying what an allocation leaves undone, and why."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.allocation import solve
from assessments.solve.causes import Scarce, excluded_rules
from assessments.solve.instance import parse
from assessments.solve.values import measure
from tests.assessments.solve_cases import RULES, positions, question, questions, random_question


def told(asked) -> list[tuple[str, int, str]]:
    return [(s.bid, s.missing, s.because) for s in solve(parse(asked)).shortfalls]


def test_nothing_is_said_when_nothing_is_missing():
    assert told(question()) == []


def test_too_few_are_eligible():
    rows = [["B0", "A0", 5], ["B0", "A1", 5]]
    barred = question(1, 2, k=3, affinity=rows, conflicts=[["B0", "A1"]])
    assert told(barred) == [
        ("B0", 2, "Only 1 eligible assessor is left (1 more is barred by a conflict of interest), and 3 are wanted.")
    ]


def test_nobody_is_eligible():
    assert told(question(1, 0, k=1)) == [("B0", 1, "No assessor is eligible, and 1 is wanted.")]


def test_too_many_bids_compete_for_the_same_assessors():
    asked = question(4, 3, k=1, capacity=1, affinity=[[f"B{b}", "A0", 5] for b in range(3)] + [["B3", "A1", 5]])
    because = "The one assessor eligible (A0) can take 1 of the 2 seats of 2 bids (B0 and {})."
    assert told(asked) == [("B1", 1, because.format("B1")), ("B2", 1, because.format("B2"))]


def test_the_smallest_set_of_competing_bids_is_named():
    rows = [["B0", "A0", 9], ["B1", "A0", 8], ["B1", "A1", 7], ["B2", "A1", 6], ["B3", "A1", 5], ["B3", "A2", 9]]
    asked = question(4, 3, k=1, capacity=1, affinity=rows)
    assert told(asked) == [
        ("B2", 1, "The 2 assessors who are eligible (A0 and A1) can take 2 of the 3 seats of 3 bids (B0, B1 and B2).")
    ]


@pytest.mark.parametrize(
    ("types", "because"),
    [
        (["lay"], "No eligible assessor is clinical."),
        (["clinical"], "The one clinical assessor eligible (A0) can take 1 of the 2 seats of 2 bids (B0 and B1)."),
    ],
)
def test_a_type_is_missing(types, because):
    asked = question(2, 2, k=1, capacity=1, rules={"min_per_type": {"clinical": 1}})
    asked["assessors"][0]["types"] = types
    assert {reason for _, _, reason in told(asked)} == {because}


def test_rules_that_exclude_each_other_are_named_and_no_others():
    asked = question(1, 2, k=2, rules={"min_per_type": {"clinical": 1, "commercial": 1}, "max_per_region": 1})
    for assessor in asked["assessors"]:
        assessor["region"] = "Wessex"
    because = "No team of its 2 eligible assessors can have at most 1 of a region."
    assert told(asked) == [("B0", 1, because)]


def test_one_assessor_of_two_types_can_meet_two_rules():
    asked = question(1, 1, k=1, rules=RULES)
    asked["assessors"][0]["types"] = ["clinical", "commercial"]
    assert excluded_rules(parse(asked), 0) is None
    asked["assessors"][0]["types"] = ["clinical"]
    assert excluded_rules(parse(asked), 0) == ("commercial",)


@given(questions(most_bids=1))
@examples(max_examples=200)
def test_rules_are_said_to_exclude_each_other_when_no_team_keeps_them(asked):
    instance = parse(asked)
    seats = min(instance.bids[0].k, len(instance.bid))
    teams = (measure(instance, np.array(team, dtype=int)) for team in combinations(range(len(instance.bid)), seats))
    assert (excluded_rules(instance, 0) is None) == any(team.rule_violations == 0 for team in teams)


@given(st.integers(0, 10_000))
@examples(max_examples=25)
def test_the_numbers_missing_add_up(seed):
    asked = random_question(seed, 30, 8)
    solution = solve(parse(asked))
    missing = sum(shortfall.missing for shortfall in solution.shortfalls)
    assert missing == solution.values.unfilled + solution.values.rule_violations


@given(st.integers(0, 10_000))
@examples(max_examples=25)
def test_a_named_set_really_wants_more_than_it_can_get(seed):
    asked = random_question(seed, 20, 8)
    for assessor in asked["assessors"]:
        assessor["capacity"] = 5
    instance = parse(asked | {"rules": {}})
    chosen = positions(instance, solve(instance).pairs)
    short = np.nonzero(instance.seats > np.bincount(instance.bid[chosen], minlength=20))[0]
    for scarcity in filter(None, map(Scarce(instance, chosen).around, short.tolist())):
        rows = np.isin(instance.bid, scarcity.bids)
        able = np.minimum(instance.capacity, np.bincount(instance.assessor[rows], minlength=8)).sum()
        assert (scarcity.possible, scarcity.wanted) == (able, 3 * len(scarcity.bids))
        assert able < scarcity.wanted
