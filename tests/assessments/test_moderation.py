"""Calibrated scores and flags are advice: exact where it can be worked out by hand, and silent where nothing is odd."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import moderation
from assessments.moderation import Flag, Mark
from assessments.rules import Ranked

THRESHOLD = Decimal(70)


def row(score: int = 75, spread: int = 10, counted: int = 3, fundable: int = 3) -> Ranked:
    return Ranked(
        1, 1, "B000001", "A breath test", "Breathe Example Ltd", "submitted", counted, Decimal(score), Decimal(spread),
        42_000, counted, fundable, "Respiratory", "London",
    )  # fmt: skip


def flags(found: Ranked, marks=(70, 75, 80), calibrated: int = 75) -> list[Flag]:
    return moderation.flags(found, [Decimal(m) for m in marks], Decimal(calibrated), THRESHOLD)


def test_a_bid_on_which_all_agree_has_no_flag():
    assert flags(row()) == []


@pytest.mark.parametrize(("spread", "found"), [(29, []), (30, [Flag.SPREAD])])
def test_a_spread_of_thirty_points_is_wide(spread, found):
    assert flags(row(spread=spread)) == found


@pytest.mark.parametrize(("fundable", "found"), [(0, []), (1, [Flag.SPLIT]), (2, [Flag.SPLIT]), (3, [])])
def test_assessors_who_disagree_on_fundable_are_split(fundable, found):
    assert flags(row(fundable=fundable)) == found


@pytest.mark.parametrize(("marks", "found"), [((50, 75, 75), []), ((49, 75, 75), [Flag.OUTLIER]), ((40, 90), [])])
def test_one_mark_far_from_the_mean_of_the_others_is_an_outlier(marks, found):
    assert flags(row(), marks) == found


@pytest.mark.parametrize(
    ("score", "calibrated", "found"), [(70, 69, [Flag.CHANGES_SIDE]), (69, 70, [Flag.CHANGES_SIDE])]
)
def test_a_bid_that_calibration_lifts_or_drops_over_the_line_changes_sides(score, calibrated, found):
    assert flags(row(score=score), calibrated=calibrated) == found


def test_a_bid_without_a_score_has_no_flag():
    assert moderation.flags(replace(row(), score=None), [], None, THRESHOLD) == []


def test_no_marks_give_no_calibrated_scores():
    assert moderation.calibrated([]) == {}


def test_leniency_of_few_marks_counts_for_nothing():
    marks = [Mark(1, 1, Decimal(80)), Mark(1, 2, Decimal(60)), Mark(2, 1, Decimal(90))]
    assert moderation.calibrated(marks) == {1: Decimal(70), 2: Decimal(90)}


def test_an_assessor_who_is_always_ten_points_kinder_is_allowed_for():
    marks = [m for bid in range(1, 7) for m in (Mark(bid, 1, Decimal(70)), Mark(bid, 2, Decimal(60)))]
    marks.append(Mark(7, 1, Decimal(70)))
    assert moderation.calibrated(marks)[7] < Decimal(70)
    assert moderation.calibrated(marks)[1] == Decimal(65)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(0, 100)), max_size=30))
def test_calibrated_scores_stay_on_the_scale(rows):
    marks = {(bid, assessor): Mark(bid, assessor, Decimal(mark)) for bid, assessor, mark in rows}.values()
    found = moderation.calibrated(marks)
    assert set(found) == {mark.bid_id for mark in marks}
    assert all(0 <= score <= 100 for score in found.values())
