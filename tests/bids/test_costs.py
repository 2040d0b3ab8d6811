"""Costs: the formula of each category, and clear errors for each field."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids import costs
from bids.states import CostCategory

LABOUR = {"gross_pounds": "50000", "days": "200"}
CAPITAL = {"value_pounds": "45000", "residual_pounds": "30000", "utilisation_percent": "60"}
SUBCONTRACT = {"country": "Spain", "role": "Tester", "cost_pounds": "6000"}
# Category, inputs, amount in pounds; 250 working days a year.
AMOUNTS = [
    ("labour", LABOUR, "40000"),
    ("labour", {"gross_pounds": "£40,000.50", "days": "7"}, "1120.01400"),
    ("labour", {"gross_pounds": "1000", "days": "1"}, "4.00000"),
    ("overheads", {"kind": "none"}, "0"),
    ("overheads", {"kind": "stated", "stated_pounds": "25"}, "25"),
    ("materials", {"quantity": "100", "unit_pounds": "200"}, "20000"),
    ("materials", {"quantity": "0.5", "unit_pounds": "3.33"}, "1.665"),
    ("capital_usage", CAPITAL, "9000"),
    ("capital_usage", CAPITAL | {"residual_pounds": "0", "utilisation_percent": "12.5"}, "5625"),
    ("subcontracting", SUBCONTRACT, "6000"),
    ("travel_and_subsistence", {"quantity": "25", "unit_pounds": "199"}, "4975"),
    ("other", {"cost_pounds": "350"}, "350"),
    ("other", {"cost_pounds": "３５０"}, "350"),
]


def line(category: str, inputs: dict, description: str = "What it is") -> dict:
    return {"category": category, "description": description, "inputs": inputs}


def errors(*lines: dict, days: int = 250, allowed=tuple(CostCategory.values)) -> list[tuple[int, str]]:
    with pytest.raises(costs.BadCosts) as refused:
        costs.worked_out(lines, days, allowed)
    return [(e.line, e.field) for e in refused.value.errors]


@pytest.mark.parametrize(("category", "inputs", "amount"), AMOUNTS)
def test_each_category_has_its_formula(category, inputs, amount):
    (worked,) = costs.worked_out([line(category, inputs)], 250)
    assert worked.amount == Decimal(amount)


@pytest.mark.parametrize("typed", ["10²", "¹", "①", "1½"])
def test_a_raised_digit_is_no_digit(typed):
    assert errors(line("other", {"cost_pounds": typed})) == [(0, "cost_pounds")]


def test_a_day_rate_has_five_decimals_with_halves_to_even():
    assert costs.day_rate(Decimal("100000"), 225) == Decimal("444.44444")
    assert costs.day_rate(Decimal("0.00001"), 2) == Decimal("0.00000")
    assert costs.day_rate(Decimal("0.00003"), 2) == Decimal("0.00002")


def test_overheads_are_a_fifth_of_labour_in_whole_pounds_half_up():
    lines = [line("overheads", {"kind": "percent"}), line("labour", {"gross_pounds": "3125", "days": "1"})]
    assert [x.amount for x in costs.worked_out(lines, 250)] == [Decimal(3), Decimal("12.50000")]


def test_a_category_rounds_its_sum_not_its_lines():
    lines = [line("other", {"cost_pounds": "0.25"})] * 2 + [line("materials", {"quantity": 1, "unit_pounds": "0.49"})]
    assert costs.category_totals(costs.worked_out(lines, 225)) == {"materials": 0, "other": 1}


def test_what_a_partner_costs_is_the_sum_of_rounded_categories():
    lines = [line("other", {"cost_pounds": "0.50"}), line("materials", {"quantity": 1, "unit_pounds": "0.50"})]
    assert costs.partner_cost(costs.worked_out(lines, 225)) == 2


def test_inputs_stay_as_typed_and_unknown_ones_go():
    (worked,) = costs.worked_out([line("other", {"cost_pounds": " £1,250 ", "colour": "red"})], 225)
    assert worked.inputs == {"cost_pounds": "£1,250"}


BAD = [
    ("labour", LABOUR | {"days": "0"}, "days"),
    ("labour", LABOUR | {"days": "1.5"}, "days"),
    ("labour", LABOUR | {"gross_pounds": "-1"}, "gross_pounds"),
    ("labour", LABOUR | {"gross_pounds": ""}, "gross_pounds"),
    ("other", {"cost_pounds": "NaN"}, "cost_pounds"),
    ("other", {"cost_pounds": "Infinity"}, "cost_pounds"),
    ("other", {"cost_pounds": "1e3"}, "cost_pounds"),
    ("other", {"cost_pounds": "1_000"}, "cost_pounds"),
    ("other", {"cost_pounds": "9" * 40}, "cost_pounds"),
    ("other", {"cost_pounds": "1000000000000000"}, "cost_pounds"),
    ("other", {"cost_pounds": "1.123456789012"}, "cost_pounds"),
    ("other", {"cost_pounds": "."}, "cost_pounds"),
    ("other", {}, "cost_pounds"),
    ("capital_usage", CAPITAL | {"residual_pounds": "45001"}, "residual_pounds"),
    ("capital_usage", CAPITAL | {"utilisation_percent": "0"}, "utilisation_percent"),
    ("capital_usage", CAPITAL | {"utilisation_percent": "101"}, "utilisation_percent"),
    ("subcontracting", SUBCONTRACT | {"country": " "}, "country"),
    ("overheads", {"kind": "guess"}, "kind"),
    ("sweets", {}, "category"),
]


@pytest.mark.parametrize(("category", "inputs", "field"), BAD)
def test_a_wrong_input_is_named(category, inputs, field):
    assert errors(line(category, inputs)) == [(0, field)]


def test_every_wrong_field_of_every_line_is_told():
    lines = [line("labour", {"gross_pounds": "x", "days": "y"}), line("other", LABOUR, "")]
    assert errors(*lines) == [(0, "gross_pounds"), (0, "days"), (1, "description"), (1, "cost_pounds")]


def test_a_category_the_competition_leaves_out_is_refused():
    assert errors(line("other", {"cost_pounds": 1}), allowed=["labour"]) == [(0, "category")]


def test_overheads_are_given_once():
    assert errors(line("overheads", {"kind": "none"}), line("overheads", {"kind": "none"})) == [(1, "category")]


@pytest.mark.parametrize("days", [0, 366])
def test_a_year_has_1_to_365_working_days(days):
    assert errors(line("other", {"cost_pounds": 1}), days=days) == [(0, "working_days")]


@given(st.decimals("0.01", "1000000", places=2), st.integers(1, 1000), st.integers(1, 365))
def test_labour_keeps_five_decimals_exactly(gross, days, working_days):
    inputs = {"gross_pounds": str(gross), "days": str(days)}
    (worked,) = costs.worked_out([line("labour", inputs)], working_days)
    assert worked.amount == round(worked.amount, 5) == costs.day_rate(gross, working_days) * days
