"""A grant spread over categories and months comes back to the penny."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards import spend
from awards.spend import Cell
from bids.states import CostCategory
from funds.years import months_from

START = dt.date(2027, 3, 1)
COSTS = st.dictionaries(st.sampled_from(CostCategory.values), st.integers(0, 10**9), min_size=1).filter(
    lambda costs: sum(costs.values()) > 0
)
GRANTS = st.integers(0, 10**11)
MONTHS = st.integers(1, 84).map(lambda count: months_from(START, count))


def total(cells, **fields) -> int:
    return sum(c.pence for c in cells if all(getattr(c, name) == value for name, value in fields.items()))


def test_ten_pounds_over_three_months_give_the_odd_penny_to_the_first():
    assert spend.profile(1_000, {"labour": 5}, months_from(START, 3)) == [
        Cell(dt.date(2027, 3, 1), "labour", 334),
        Cell(dt.date(2027, 4, 1), "labour", 333),
        Cell(dt.date(2027, 5, 1), "labour", 333),
    ]


def test_the_next_category_deals_its_odd_pence_where_the_one_before_stopped():
    cells = spend.profile(2_000, {"labour": 1, "materials": 1}, months_from(START, 3))
    assert [total(cells, month=month) for month in months_from(START, 3)] == [667, 667, 666]


@given(GRANTS, COSTS, MONTHS)
def test_the_cells_add_up_to_the_grant(grant, costs, months):
    assert total(spend.profile(grant, costs, months)) == grant


@given(GRANTS, COSTS, MONTHS)
def test_each_category_adds_up_to_its_share(grant, costs, months):
    cells = spend.profile(grant, costs, months)
    shares = {category: pence for category, pence in spend.by_category(grant, costs).items() if pence}
    assert {c.category: total(cells, category=c.category) for c in cells} == shares


@given(GRANTS, COSTS, MONTHS)
def test_a_category_s_share_is_within_a_penny_of_its_cost_s_part(grant, costs, months):
    whole = sum(costs.values())
    off = [abs(pence * whole - grant * costs[category]) for category, pence in spend.by_category(grant, costs).items()]
    assert max(off, default=0) < whole


@given(GRANTS, COSTS, MONTHS)
def test_no_two_months_differ_by_more_than_a_penny(grant, costs, months):
    cells = spend.profile(grant, costs, months)
    sums = [total(cells, month=month) for month in months]
    assert max(sums) - min(sums) in (0, 1)


@given(GRANTS, COSTS, MONTHS)
def test_no_cell_is_empty_or_below_zero(grant, costs, months):
    assert [c for c in spend.profile(grant, costs, months) if c.pence <= 0] == []


def test_no_grant_has_no_profile():
    assert spend.profile(0, {"labour": 5}, months_from(START, 3)) == []


def test_years_begin_in_april():
    cells = spend.profile(1_200, {"labour": 1}, months_from(START, 12))
    assert spend.by_year(cells) == {"2026-27": 100, "2027-28": 1_100}


def test_money_is_taken_from_the_earliest_year_first():
    assert spend.take_earliest({"2027-28": 50, "2026-27": 30, "2028-29": 9}, 60) == {"2026-27": 30, "2027-28": 30}


def test_a_year_below_zero_gives_nothing():
    assert spend.take_earliest({"2026-27": -5, "2027-28": 9}, 9) == {"2027-28": 9}


def test_more_than_is_left_cannot_be_taken():
    with pytest.raises(ValueError, match="not so much left"):
        spend.take_earliest({"2026-27": 30}, 31)
