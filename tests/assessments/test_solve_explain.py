"""Explaining a seat."""

import pytest

from assessments.solve.allocation import solve
from assessments.solve.explain import Alternative, explain
from assessments.solve.instance import parse
from tests.assessments.solve_cases import RULES, question


def explained(asked, bid: str, assessor: str):
    instance = parse(asked)
    return explain(instance, solve(instance).pairs, bid, assessor)


def test_the_best_suited_has_the_seat_and_the_others_suit_less():
    found = explained(question(1, 3, k=1), "B0", "A0")
    assert (found.affinity, found.rank, found.eligible) == (900, 1, 3)
    assert found.because == "Chosen for affinity with the bid."
    assert found.alternatives == [
        Alternative("A1", 800, "Does not suit the bid better."),
        Alternative("A2", 700, "Does not suit the bid better."),
    ]


def test_one_who_is_full_could_not_have_the_seat():
    found = explained(question(2, 2, k=1, capacity=1), "B1", "A1")
    assert (found.rank, found.alternatives) == (2, [Alternative("A0", 901, "Has as many bids as capacity allows (1).")])


def test_a_rule_that_binds_is_named():
    found = explained(question(1, 4, k=2, rules={"min_per_type": {"commercial": 2}}), "B0", "A3")
    assert found.because == "Needed on the team as commercial."
    against = {other.because for other in found.alternatives}
    assert against == {"The bid would lack an assessor of a type that it needs."}


def test_a_region_that_is_on_the_team_already_is_named():
    asked = question(1, 3, k=2, rules={"max_per_region": 1})
    asked["assessors"][0]["region"] = asked["assessors"][1]["region"] = "Wessex"
    found = explained(asked, "B0", "A2")
    assert found.alternatives == [Alternative("A1", 800, "Wessex has a seat on the bid already.")]


def test_a_locked_seat_says_so():
    found = explained(question(1, 3, k=1, locked=[["B0", "A2"]]), "B0", "A2")
    assert found.because == "The seat is held already and is kept."
    assert found.alternatives[0].because == (
        "Would suit this bid better, but leave less for aims that come first or for other bids."
    )


def test_a_seat_that_is_not_there_cannot_be_explained():
    with pytest.raises(KeyError):
        explained(question(1, 3, k=1, rules=RULES), "B0", "A2")
