"""Listing the teams that a bid may get."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.instance import parse
from assessments.solve.teams import Charges, TooManyTeams, teams_worth
from tests.assessments.solve_cases import RULES, question


def listed(least: float, charges: Charges, **changes) -> set[tuple[int, ...]]:
    instance = parse(question(1, 6, k=3, **changes))
    teams = teams_worth(instance, 0, instance.affinity.astype(float), charges, least)
    return {tuple(sorted(team.tolist())) for team in teams.members}


@given(st.integers(0, 2500))
@examples(max_examples=30)
def test_teams_are_all_that_are_worth_enough(least):
    worth = [900, 800, 700, 600, 500, 400]
    assert listed(least, Charges(price=0.0)) == {
        team for team in combinations(range(6), 3) if sum(worth[n] for n in team) >= least
    }


def test_the_best_team_comes_first_and_its_price_is_taken_off():
    instance = parse(question(1, 4, k=2))
    teams = teams_worth(instance, 0, instance.affinity.astype(float), Charges(price=1000.0), 0.0)
    assert teams.worth.tolist() == sorted(teams.worth.tolist(), reverse=True)
    assert (teams.members[0].tolist(), teams.worth[0], teams.affinity[0]) == ([0, 1], 700.0, 1700)


def test_teams_that_break_a_rule_are_left_out_unless_misses_are_allowed():
    assert (0, 2, 4) not in listed(0, Charges(price=0.0), rules=RULES)
    assert (0, 2, 4) in listed(0, Charges(price=0.0, misses=1), rules=RULES)


def test_an_open_seat_and_a_miss_are_charged():
    instance = parse(question(1, 1, k=2, rules=RULES))
    charges = Charges(price=0.0, open_price=50.0, miss_price=7.0, open=1, misses=1)
    teams = teams_worth(instance, 0, np.array([900.0]), charges, 0.0)
    assert (teams.worth.tolist(), teams.members.tolist()) == ([843.0], [[0, -1]])


def test_a_locked_assessor_is_in_every_team():
    assert all(5 in team for team in listed(0, Charges(price=0.0), locked=[["B0", "A5"]]))


def test_a_floor_keeps_weaker_teams_out():
    assert listed(0, Charges(price=0.0, floor=2300.0)) == {(0, 1, 2), (0, 1, 3)}


def test_too_many_teams_are_not_listed():
    instance = parse(question(1, 6, k=3))
    with pytest.raises(TooManyTeams):
        teams_worth(instance, 0, instance.affinity.astype(float), Charges(price=0.0), 0.0, most=10)
