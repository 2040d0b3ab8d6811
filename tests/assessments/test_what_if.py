"""Where the line would fall, tried with other figures; nothing is kept."""

from decimal import Decimal

import pytest

from assessments import what_if
from assessments.rules import Ranked
from tests.asking import get, text
from tests.cast_assessments import assessed, submitted_bid


def row(rank: int, score: int, grant: int, area: str = "Respiratory", fundable: int = 3) -> Ranked:
    return Ranked(
        rank, rank, f"B{rank:06d}", f"Bid {rank}", "Breathe Example Ltd", "submitted", 3, Decimal(score), Decimal(10),
        grant, 3, fundable, area, "London",
    )  # fmt: skip


# From the top: £50,000, £60,000 (does not fit beside it), £40,000, £45,000 below the threshold.
SHEET = [row(1, 90, 50_000), row(2, 85, 60_000), row(3, 80, 40_000, "Cancer"), row(4, 65, 45_000, "Diabetes")]


def ways(rows=SHEET, budget=100_000, threshold=70, by="", **minimum) -> dict[str, list[str]]:
    found = what_if.ways(rows, budget_pounds=budget, threshold=Decimal(threshold), by=by, minimum=minimum)
    return {way.title: sorted(way.funded) for way in found}


def test_each_way_funds_its_own_bids():
    assert ways() == {
        "Top-down, stop": ["B000001"],
        "Top-down, skip": ["B000001", "B000003"],
        "Best total": ["B000001", "B000003"],
    }


def test_a_bid_that_its_assessors_do_not_support_is_never_funded():
    assert ways([row(1, 90, 10_000, fundable=1)])["Best total"] == []


def test_a_portfolio_meets_the_minimum_of_each_area():
    assert ways(by="area", threshold=60, Diabetes=1)["Portfolio"] == ["B000001", "B000004"]


def test_a_portfolio_that_cannot_be_says_why():
    found = what_if.ways(SHEET, budget_pounds=100_000, threshold=Decimal(70), by="area", minimum={"Diabetes": 1})
    assert found[-1].because == "Diabetes needs 1, but only 0 of its bids reach the threshold of 70."


def test_money_and_points_are_added_up():
    skip = what_if.ways(SHEET, budget_pounds=100_000, threshold=Decimal(70), minimum={})[1]
    assert (skip.pounds, skip.left_pounds, skip.points) == (90_000, 10_000, Decimal(170))


def test_bids_without_an_area_are_a_group_of_their_own():
    assert what_if.themes([row(1, 90, 1, ""), row(2, 80, 1)], "area") == {"Not said": 1, "Respiratory": 1}


@pytest.fixture
def sheet(assessment, fund_manager):
    """One bid of 90 % that asks for £42,000."""
    assessed(submitted_bid(assessment), [9, 9], fund_manager)
    return assessment


@pytest.mark.django_db
def test_the_page_begins_with_the_money_that_is_left(sheet, auditor):
    assert "Top-down, stop" in (page := text(get(auditor, "competition_lines", sheet.reference)))
    assert "1 0 £42,000 £458,000 90.0" in page


@pytest.mark.django_db
def test_other_figures_move_the_line(sheet, auditor):
    page = text(get(auditor, "competition_lines", sheet.reference, budget="41,999", threshold="70"))
    assert "0 1 £0 £41,999 0" in page


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [{"budget": "-1"}, {"threshold": "NaN"}, {"by": "colour"}, {"budget": "1e15"}])
def test_figures_that_cannot_be_are_refused_in_words(sheet, auditor, typed):
    assert "There is a problem" in text(get(auditor, "competition_lines", sheet.reference, **typed))


@pytest.mark.django_db
def test_a_minimum_is_asked_for_each_area_of_the_sheet(sheet, auditor):
    area = sheet.bids.get().clinical_area or "Not said"
    assert f"{area} Of 1" in text(get(auditor, "competition_lines", sheet.reference, by="area"))
