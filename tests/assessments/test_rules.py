"""What a score must be, who suits a bid, and what a panel may decide. No database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from assessments import rules
from assessments.rules import Ranked

LINE = Decimal(70)


def row(rank: int, score: str | None, grant: int = 50_000, *, counted: int = 3, in_scope: int = 3, fundable: int = 3):
    return Ranked(
        rank=rank, bid_id=rank, reference=f"B{rank}", title="", lead="", state="submitted", counted=counted,
        score=None if score is None else Decimal(score), spread=None, grant_pounds=grant, in_scope=in_scope,
        fundable=fundable, clinical_area="", region="",
    )  # fmt: skip


def problems(rows, outcomes, overrides=None, left=20_000_000):
    return rules.problems_of_decision(rows, outcomes, overrides or {}, left_pence=left, threshold=LINE)


@pytest.mark.parametrize("value", [0, 10, "7", " 8 "])
def test_points_are_whole_numbers_up_to_the_most(value):
    assert rules.points(value, 10) == int(value)


@pytest.mark.parametrize("value", [11, -1, 7.5, "7.5", "ten", "", None, True, "١", "1e1", "+5", Decimal(7), [7]])
def test_anything_else_is_refused(value):
    with pytest.raises(Refused, match="whole number from 0 to 10"):
        rules.points(value, 10)


def test_types_come_in_their_usual_order_once():
    assert rules.types(["lay", "clinical", "lay"]) == ["clinical", "lay"]


@pytest.mark.parametrize("chosen", [[], ["dentist"], ["clinical", "dentist"]])
def test_an_assessor_judges_something_known(chosen):
    with pytest.raises(Refused, match="one or more of: clinical, commercial"):
        rules.types(chosen)


def test_suggestion_stops_at_the_first_bid_that_does_not_fit():
    rows = [row(1, "90.0", 80_000), row(2, "85.0", 130_000), row(3, "80.0", 10_000), row(4, "69.9", 10_000)]
    assert rules.suggest(rows, left_pence=20_000_000, threshold=LINE) == {
        "B1": "successful", "B2": "reserve", "B3": "reserve", "B4": "unsuccessful",
    }  # fmt: skip


def test_a_bid_without_support_does_not_stop_the_suggestion():
    rows = [
        row(1, "90.0", 900_000, fundable=1),
        row(2, "70.0", 200_000),
        row(3, None, counted=0, in_scope=0, fundable=0),
    ]
    assert rules.suggest(rows, left_pence=20_000_000, threshold=LINE) == {
        "B1": "unsuccessful", "B2": "successful", "B3": "unsuccessful",
    }  # fmt: skip


scores = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: str(Decimal(tenths) / 10)))
sheets = st.lists(st.tuples(scores, st.integers(0, 300_000), st.integers(0, 3), st.integers(0, 3)), max_size=12)


@given(sheets, st.integers(0, 100_000_000))
def test_a_suggestion_can_always_be_put_forward(lines, left):
    lines.sort(key=lambda line: Decimal(-1 if line[0] is None else line[0]), reverse=True)
    rows = [row(i, s, g, in_scope=a, fundable=b) for i, (s, g, a, b) in enumerate(lines, start=1)]
    assert problems(rows, rules.suggest(rows, left_pence=left, threshold=LINE), left=left) == []


def test_every_bid_needs_a_known_outcome():
    assert problems([row(1, "80.0"), row(2, "75.0")], {"B1": "maybe", "B9": "reserve"}) == [
        "B9 is not a bid that this panel decides.",
        "B2 has no outcome.",
        "B1: “maybe” is not an outcome. Choose successful, reserve or unsuccessful.",
    ]


def test_the_successful_fit_into_the_pot():
    assert problems([row(1, "80.0", 200_001)], {"B1": "successful"}) == [
        "The successful bids ask for £200,001 and the pot has £200,000 left: £1 too much."
    ]


def test_departures_from_threshold_and_support_need_a_reason_each():
    weak = row(1, "69.9", in_scope=1, fundable=1)
    assert problems([weak], {"B1": "successful"}) == [
        "B1 scored 69.9 %, below the threshold of 70 %: give a reason.",
        "Most assessors find B1 out of scope: give a reason.",
        "Most assessors find B1 not suitable for funding: give a reason.",
    ]
    assert problems([weak], {"B1": "successful"}, {"B1": "The panel heard the team."}) == []


def test_a_tie_of_votes_is_no_majority_against():
    assert problems([row(1, "70.0", counted=2, in_scope=1, fundable=1)], {"B1": "successful"}) == []


def test_passing_over_a_better_bid_needs_a_reason_on_either():
    rows, outcomes = [row(1, "90.0"), row(2, "80.0")], {"B1": "reserve", "B2": "successful"}
    assert problems(rows, outcomes) == ["B2 is out of rank order, ahead of B1: give a reason."]
    assert problems(rows, outcomes, {"B1": "Funded elsewhere."}) == []
    assert problems(rows, outcomes, {"B2": "The only one that fits."}) == []


def test_a_blank_reason_is_no_reason():
    assert problems([row(1, "60.0")], {"B1": "successful"}, {"B1": "  "}) == [
        "B1 scored 60.0 %, below the threshold of 70 %: give a reason."
    ]


def test_a_bid_that_nobody_scored_cannot_be_successful_for_any_reason():
    unscored = row(1, None, counted=0, in_scope=0, fundable=0)
    assert problems([unscored], {"B1": "successful"}, {"B1": "We like it."}) == [
        "B1 has no assessment that counts, so it cannot be successful."
    ]
