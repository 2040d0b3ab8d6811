"""Telling the quality of bids from the leniency of assessors."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.calibration import calibrate, guard, parse
from assessments.solve.files import BadInput

PAIRS = st.tuples(st.sampled_from("PQRSTU"), st.sampled_from("abcde"))
SCORES = st.dictionaries(PAIRS, st.integers(0, 100), min_size=1).map(
    lambda given: [(bid, assessor, float(score)) for (bid, assessor), score in given.items()]
)
RIDGES = st.sampled_from([0.1, 1.0, 3.0, 50.0])


def least_squares(scores, ridge) -> dict[str, float]:
    """Return the minimiser by a dense least-squares program: one row a score, one more for each assessor."""
    names = sorted({bid for bid, _, _ in scores}) + sorted({assessor for _, assessor, _ in scores})
    at = {name: number for number, name in enumerate(names)}
    rows = np.zeros((len(scores), len(names)))
    for number, (bid, assessor, _) in enumerate(scores):
        rows[number, [at[bid], at[assessor]]] = 1
    ridges = np.sqrt(ridge) * np.eye(len(names))[[at[name] for name in names if name.islower()]]
    wanted = np.append([score for _, _, score in scores], np.zeros(len(ridges)))
    return dict(zip(names, np.linalg.lstsq(np.vstack([rows, ridges]), wanted, rcond=None)[0], strict=True))


@given(SCORES, RIDGES)
@examples(deadline=None)
def test_it_is_the_exact_minimiser(scores, ridge):
    found = calibrate(scores, ridge)
    assert found.quality | found.leniency == pytest.approx(least_squares(scores, ridge), abs=1e-6)


@given(SCORES, RIDGES)
@examples(deadline=None)
def test_it_is_a_fixed_point_of_its_two_equations(scores, ridge):
    found = calibrate(scores, ridge)
    for name, leniency in found.leniency.items():
        left = [score - found.quality[bid] for bid, assessor, score in scores if assessor == name]
        assert leniency == pytest.approx(sum(left) / (ridge + len(left)), abs=1e-9)
    for name, quality in found.quality.items():
        left = [score - found.leniency[assessor] for bid, assessor, score in scores if bid == name]
        assert quality == pytest.approx(sum(left) / len(left), abs=1e-9)


@given(SCORES, RIDGES, st.integers(-50, 50))
@examples(deadline=None)
def test_a_shift_of_all_scores_shifts_quality_alone(scores, ridge, shift):
    before, after = calibrate(scores, ridge), calibrate([(b, a, y + shift) for b, a, y in scores], ridge)
    assert after.leniency == pytest.approx(before.leniency, abs=1e-9)
    assert after.quality == pytest.approx({bid: q + shift for bid, q in before.quality.items()}, abs=1e-9)


def test_an_assessor_who_shares_no_bid_has_leniency_nought():
    found = calibrate([("P", "a", 90.0), ("Q", "a", 10.0), ("R", "b", 70.0), ("R", "c", 50.0)])
    assert (found.leniency["a"], found.quality["P"], found.components) == (0.0, 90.0, 2)


def test_a_worked_example():
    found = calibrate([("P", "a", 80.0), ("P", "b", 60.0)], 3.0)
    assert found.leniency == pytest.approx({"a": 2.5, "b": -2.5})
    assert (found.quality["P"], found.components) == (pytest.approx(70.0), 1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "A calibration file must hold a JSON object with the keys scores and lambda."),
        ({}, "“scores” is null: it must be a list of [bid, assessor, score]."),
        ({"scores": [["P", "a"]]}, "scores[0] is ['P', 'a']: it must be [bid, assessor, score]."),
        (
            {"scores": [["P", None, 4]]},
            "The assessor of scores[0] is None: it must be a word in quotation marks, or a whole number.",
        ),
        ({"scores": [["P", "a", "ten"]]}, "scores[0] (P, a) is 'ten': it must be a number."),
        ({"scores": [["P", "a", float("nan")]]}, "scores[0] (P, a) is nan: it must be a number."),
        ({"scores": [], "lambda": True}, "lambda is True: it must be a number."),
        ({"scores": [["P", "a", 1]], "lambda": 0}, "lambda is 0: it must be greater than 0; 3 is usual."),
        ({"scores": [["P", "a", 1], ["P", "a", 2]]}, "scores[1]: a scores the bid P twice. Keep one."),
    ],
)
def test_bad_input_is_refused_by_its_place(data, message):
    with pytest.raises(BadInput) as refusal:
        calibrate(*parse(data))
    assert str(refusal.value) == message


def test_no_scores_calibrate_nothing():
    assert calibrate(*parse({"scores": []})).as_dict() == {"quality": {}, "leniency": {}, "components": 0}


def test_ids_may_be_numbers():
    found = calibrate(*parse({"scores": [[1, 2, 70], [1, "b", 50]]}))
    assert (sorted(found.quality), sorted(found.leniency)) == (["1"], ["2", "b"])


def test_lambda_is_3_unless_told():
    assert parse({"scores": [["P", "a", 1]]}) == ([("P", "a", 1.0)], 3.0)


def test_guards_leave_out_the_new_and_cap_the_far():
    scores = [(f"B{n}", "a", 100.0) for n in range(5)] + [(f"B{n}", "b", 0.0) for n in range(5)] + [("B0", "c", 90.0)]
    used = guard(scores, calibrate(scores))
    assert used.leniency == {"a": 10.0, "b": -10.0, "c": 0.0}
    assert used.calibrated["B1"] == (90.0 + 10.0) / 2


def test_two_thousand_bids_and_six_hundred_assessors_take_less_than_a_second():
    random = np.random.default_rng(1)
    scores = [
        (f"B{bid}", f"A{assessor}", float(random.integers(0, 101)))
        for bid in range(2000)
        for assessor in random.choice(600, 5, replace=False)
    ]
    began = time.process_time()
    found = calibrate(scores)
    assert (time.process_time() - began < 1.0, found.components) == (True, 1)
