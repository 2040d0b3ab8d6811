"""Allocating assessors: nothing hard is ever broken, and the answer is the best there is."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.allocation import aims_of, solve
from assessments.solve.greedy import greedy
from assessments.solve.instance import parse
from assessments.solve.values import Values, measure
from tests.assessments.solve_cases import (
    RULES,
    best,
    fits,
    positions,
    question,
    questions,
    random_question,
    solved,
)

SHARED = Path(os.environ.get("MATCHFUND_SHARED", Path(settings.BASE_DIR).parent / "shared"))
SAMPLES = SHARED / "data" / "solve"
SEEDS = st.integers(0, 10_000)
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the sample instances are not here: set MATCHFUND_SHARED to their folder"
)


@needs_samples
@pytest.mark.parametrize("name", ["small", "maximin", "infeasible"])
def test_a_sample_is_proved_optimal_and_the_checker_agrees(name, tmp_path):
    file, out = SAMPLES / f"allocation_{name}.json", tmp_path / "out.json"
    solution = solve(parse(json.loads(file.read_text())))
    out.write_text(json.dumps(solution.as_dict()))
    checker = [sys.executable, SHARED / "tools" / "score_allocation.py", file, out]
    told = json.loads(subprocess.run(checker, capture_output=True, check=True).stdout)
    assert (told["hard_errors"], told["optimal"], solution.optimal) == (0, True, True)
    assert asdict(solution.values) == {key: told[key] for key in asdict(solution.values)}


@given(questions())
@examples(max_examples=300)
def test_a_small_question_has_the_answer_that_trying_everything_gives(asked):
    instance, solution = parse(asked), solve(parse(asked))
    aims = aims_of(instance)
    assert solution.values.rank(aims) == best(instance).rank(aims)
    met = solution.values.unfilled == 0 and solution.values.rule_violations == 0
    assert solution.optimal == (instance.elastic or met)


@given(SEEDS)
@examples(max_examples=25)
def test_conflicts_eligibility_capacity_and_seats_are_never_passed(seed):
    asked = random_question(seed)
    instance = parse(asked)
    assert fits(instance, positions(instance, solve(instance).pairs))


@given(SEEDS)
@examples(max_examples=25)
def test_locked_seats_are_kept(seed):
    asked = random_question(seed)
    before = solve(parse(asked)).pairs
    asked["locked"] = [list(pair) for pair in before[::4]]
    asked["affinity"] = [[bid, assessor, 1001 - score] for bid, assessor, score in asked["affinity"]]
    assert set(before[::4]) <= set(solve(parse(asked)).pairs)


@given(SEEDS)
@examples(max_examples=25)
def test_it_is_never_worse_than_greedy_and_proved(seed):
    asked = random_question(seed)
    instance, solution = parse(asked), solve(parse(asked))
    aims = aims_of(instance)
    assert solution.values.rank(aims) >= measure(instance, greedy(instance)).rank(aims)
    assert (solution.optimal, solution.bound) == (True, solution.values.total)


@given(SEEDS)
@examples(max_examples=10)
def test_its_figures_are_those_of_its_pairs(seed):
    asked = random_question(seed)
    solution = solve(parse(asked))
    assert solution.values == solved(asked, solution)


def test_the_order_of_the_file_does_not_matter():
    asked = random_question(1)
    again = asked | {key: asked[key][::-1] for key in ("bids", "assessors", "affinity", "conflicts")}
    assert solve(parse(asked)) == solve(parse(again))


def test_the_worst_served_bid_comes_before_the_total():
    rows = [["B0", "A0", 900], ["B0", "A1", 500], ["B1", "A0", 800], ["B1", "A1", 100]]
    asked = question(2, 2, k=1, capacity=1, affinity=rows)
    assert solve(parse(asked)).pairs == [("B0", "A1"), ("B1", "A0")]
    assert solve(parse(asked | {"objective": ["unfilled", "total"]})).values.total == 1300


def test_aims_may_stand_in_any_order():
    rows = [["B0", "A0", 900], ["B0", "A1", 10], ["B1", "A0", 800]]
    asked = question(2, 2, k=1, capacity=1, affinity=rows, objective=["total", "unfilled"])
    assert solve(parse(asked)).pairs == [("B0", "A0")]
    assert solve(parse(asked | {"objective": ["unfilled", "total"]})).pairs == [("B0", "A1"), ("B1", "A0")]


def test_demands_that_cannot_be_met_are_answered_with_shortfalls():
    solution = solve(parse(question(2, 2, k=3, elastic=False, rules=RULES)))
    assert (solution.values.unfilled, solution.optimal) == (2, False)
    assert [shortfall.bid for shortfall in solution.shortfalls] == ["B0", "B1"]


@pytest.mark.parametrize(
    ("change", "unfilled"),
    [
        ({"assessors": [], "affinity": []}, 4),
        ({"capacity": 0}, 4),
        ({"conflicts": [[f"B{b}", f"A{a}"] for b in range(2) for a in range(3)]}, 4),
        ({"k": 0}, 0),
        ({"bids": [], "affinity": []}, 0),
    ],
)
def test_nothing_to_allocate_is_an_answer_too(change, unfilled):
    solution = solve(parse(question(**change)))
    assert (solution.pairs, solution.values.unfilled, solution.optimal) == ([], unfilled, True)
    assert sum(shortfall.missing for shortfall in solution.shortfalls) == unfilled


def test_the_stages_are_told():
    told: list[str] = []
    solve(parse(random_question(2)), progress=lambda stage, share: told.append(stage))
    assert told == ["first program", "rule violations", "min bid total", "total affinity"]


def test_a_run_that_is_cancelled_answers_with_the_best_so_far():
    instance = parse(random_question(3))
    solution = solve(instance, cancelled=lambda: True)
    assert (solution.optimal, fits(instance, positions(instance, solution.pairs))) == (False, True)
    assert solution.bound >= solve(instance).bound


def test_no_time_at_all_still_fills_the_seats():
    instance = parse(random_question(4))
    hurried, at_leisure = solve(instance, seconds=1e-9), solve(instance)
    assert hurried.values.unfilled == at_leisure.values.unfilled


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
def test_however_little_time_there_is_the_bound_holds(seconds):
    asked = random_question(6, bids=60, assessors=20)
    for assessor in asked["assessors"]:
        assessor["capacity"] = 8
    instance = parse(asked)
    hurried = solve(instance, seconds=seconds)
    assert fits(instance, positions(instance, hurried.pairs))
    assert hurried.bound >= hurried.values.total
    assert hurried.values.unfilled == 60 * 3 - 20 * 8


def test_the_file_of_an_answer_has_the_keys_that_were_agreed():
    assert list(solve(parse(question())).as_dict()) == [
        "pairs", "unfilled", "rule_violations", "min_bid_total", "total", "optimal", "bound", "shortfalls",
    ]  # fmt: skip


@pytest.mark.parametrize("k", [1, 5])
def test_one_or_five_assessors_a_bid(k):
    asked = random_question(5, assessors=20)
    for bid in asked["bids"]:
        bid["k"] = k
    solution = solve(parse(asked))
    assert (solution.optimal, len(solution.pairs)) == (True, 30 * k - solution.values.unfilled)


def test_within_the_tolerance_the_total_decides():
    aims = ("min_bid_total", "total")
    near, far = Values(0, 0, 1990, 5100), Values(0, 0, 2000, 5000)
    assert near.rank(aims) < far.rank(aims)
    assert near.rank(aims, enough=1990) > far.rank(aims, enough=1990)


def test_the_worst_bid_is_proved_at_its_best_however_little_that_is():
    rows = [["B0", "A0", 500], ["B0", "A1", 1]]
    people = [{"id": "A0", "capacity": 1, "types": ["lay"]}, {"id": "A1", "capacity": 1, "types": ["clinical"]}]
    asked = {"bids": [{"id": "B0", "k": 1}], "assessors": people, "affinity": rows}
    found = solve(parse(asked | {"rules": {"min_per_type": {"clinical": 1}}}))
    assert (found.pairs, found.values.min_bid_total, found.optimal) == ([("B0", "A1")], 1, True)


def test_a_floor_that_open_seats_rule_out_is_given_up_with_proof():
    rows = [["B0", "A0", 995], ["B1", "A0", 500], ["B2", "A0", 1000]]
    bids = [{"id": "B0", "k": 2}, {"id": "B1", "k": 2}, {"id": "B2", "k": 3}]
    aims = ["min_bid_total", "unfilled", "total", "rule_violations"]
    asked = {"bids": bids, "assessors": [{"id": "A0", "capacity": 1}], "affinity": rows, "objective": aims}
    found = solve(parse(asked))
    assert (found.values, found.optimal) == (Values(6, 0, 0, 1000), True)
