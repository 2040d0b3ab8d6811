"""Raising the worst-served bid by exchange."""

import numpy as np
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.clock import Clock
from assessments.solve.exchange import raise_worst
from assessments.solve.greedy import fill, greedy
from assessments.solve.instance import parse
from assessments.solve.values import measure
from tests.assessments.solve_cases import fits, question, random_question


def raised(asked, chosen) -> list[int]:
    return raise_worst(parse(asked), np.array(chosen), Clock(10)).tolist()


def test_two_bids_exchange_their_assessors():
    rows = [["B0", "A0", 900], ["B0", "A1", 500], ["B1", "A0", 800], ["B1", "A1", 100]]
    assert raised(question(2, 2, k=1, capacity=1, affinity=rows), [0, 3]) == [1, 2]


def test_a_free_assessor_is_taken():
    assert raised(question(1, 2, k=1), [1]) == [0]


def test_a_bid_with_an_open_seat_gets_one_of_another_that_can_spare_it():
    assert raised(question(2, 2, k=2, capacity=1), [0, 1]) == [0, 3]


def test_a_locked_seat_does_not_move():
    assert raised(question(1, 2, k=1, locked=[["B0", "A1"]]), [1]) == [1]


@given(st.integers(0, 10_000))
@examples(max_examples=20)
def test_nothing_else_gets_worse(seed):
    instance = parse(random_question(seed))
    before = fill(instance, greedy(instance))
    after = raise_worst(instance, before, Clock(10))
    was, now = measure(instance, before), measure(instance, after)
    assert fits(instance, after)
    assert (now.unfilled, now.rule_violations <= was.rule_violations) == (was.unfilled, True)
    assert now.min_bid_total >= was.min_bid_total
