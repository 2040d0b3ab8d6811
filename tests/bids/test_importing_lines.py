"""What can stand in an imported line, and what becomes of it."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bids.importing.finances import finances_of
from bids.importing.lines import FIELDS, BidLine, bid_line
from bids.importing.values import Values
from bids.states import BidState
from infra import words
from infra.importing.tables import Unacceptable
from tests.cast import NOW

GOOD = {
    "competition": "Old round", "title": "Breath", "lead_organisation": "Breathe Ltd", "partners": ["Listen Ltd"],
    "applicant": "Ada@example.org", "start_date": "2016-03-01", "duration_months": "12",
    "submitted_at": "2016-02-25 11:59:58", "status": "submitted", "research_category": "Feasibility studies",
    "innovation_area": "NOT_APPLICABLE", "answers": {"Scope": "In scope."}, "finances": None,
}  # fmt: skip
COSTS = {"Labour": [{"Role": "Engineer", "Annual salary": "50000", "Days spent": "200"}]}


def line(**changed) -> BidLine:
    return bid_line(GOOD | changed, NOW)


def refusal(**changed) -> str:
    with pytest.raises(Unacceptable) as refused:
        line(**changed)
    return str(refused.value)


def test_a_good_line_is_kept_as_it_is():
    kept = line()
    assert (kept.title, kept.lead, kept.partners, kept.applicant) == (
        "Breath", "Breathe Ltd", ["Listen Ltd"], "ada@example.org",
    )  # fmt: skip
    assert (kept.months, kept.start_on, kept.category) == (12, dt.date(2016, 3, 1), "feasibility")
    assert (kept.changes, kept.notes) == ([], [])


def test_a_time_without_a_zone_is_uk_time():
    assert line(submitted_at="2016-07-02 12:00:00").submitted_at == dt.datetime(2016, 7, 2, 11, tzinfo=dt.UTC)
    assert line(submitted_at="2016-07-02T12:00:00Z").submitted_at == dt.datetime(2016, 7, 2, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("created", BidState.DRAFT),
        ("opened", BidState.DRAFT),
        ("Submitted", BidState.SUBMITTED),
        ("approved", BidState.SUBMITTED),
        ("ineligible", BidState.INELIGIBLE),
        ("withdrawn", BidState.WITHDRAWN),
    ],
)
def test_states_of_the_old_portal_have_a_counterpart(status, state):
    assert line(status=status).state == state


CHANGES = [
    ({"status": "approved"}, "approved there: kept as submitted, as this portal's panel decides"),
    ({"start_date": "2016-03-02"}, "start moved from 2 March 2016 to 1 April 2016, the first of a month"),
    ({"start_date": "2015-12-31"}, "start moved from 31 December 2015 to 1 January 2016, the first of a month"),
    ({"title": " Breath\n"}, "spaces in “title” tidied"),
    ({"title": "\u202eBreath\x1b"}, "characters that cannot be seen taken out of “title”"),
    ({"partners": ["Listen Ltd", "Listen  Ltd"]}, "partners named more than once kept once"),
    ({"partners": ["Breathe Ltd"]}, "the lead left out of the list of partners"),
    ({"colour": "red"}, "fields left out, as nothing is known about them: colour"),
    ({"finances": {"Other Ltd": {}}}, "finances of Other Ltd left out, as it is no partner of the bid"),
    ({"status": "opened"}, "the time of submission left out, as the bid was open again"),
]


@pytest.mark.parametrize(("changed", "change"), CHANGES)
def test_what_is_changed_is_told(changed, change):
    assert line(**changed).changes == [change]


REFUSALS = [
    ({"title": ""}, "“title” is missing."),
    ({"title": "\u2800"}, "“title” is blank."),
    ({"title": 7}, "“title” must be text, not 7."),
    ({"title": "x" * 201}, "“title” has 201 characters; at most 200 fit."),
    ({"title": "a\x00b"}, "“title”: The text holds characters that cannot be kept. Paste it again as plain text."),
    ({"lead_organisation": None}, "“lead_organisation” is missing."),
    ({"applicant": "ada at example"}, "“applicant” is not an e-mail address: ada at example."),
    ({"duration_months": "0"}, "“duration_months” is 0; it must be a whole number from 1 to 84."),
    ({"duration_months": 85}, "“duration_months” is 85; it must be a whole number from 1 to 84."),
    ({"duration_months": "12.5"}, "“duration_months” is 12.5; it must be a whole number from 1 to 84."),
    ({"duration_months": True}, "“duration_months” is True; it must be a whole number from 1 to 84."),
    ({"duration_months": None}, "“duration_months” is missing."),
    ({"start_date": "01/03/2016"}, "“start_date” is 01/03/2016; it must be a date such as 2017-10-04."),
    ({"start_date": "2016-02-30"}, "“start_date” is 2016-02-30; it must be a date such as 2017-10-04."),
    ({"start_date": "0016-02-01"}, "“start_date” is 0016-02-01; it must be a date such as 2017-10-04."),
    ({"submitted_at": "yesterday"}, "“submitted_at” is yesterday; it must be a time such as 2017-10-04 11:59:58."),
    ({"submitted_at": "2099-01-01"}, "“submitted_at” lies in the future: 2099-01-01."),
    ({"submitted_at": None}, "“status” is submitted, but “submitted_at” is missing."),
    ({"partners": "Listen Ltd"}, "“partners” must be a list of names."),
    ({"partners": [1]}, "“partners” must be a list of names."),
    ({"answers": []}, "“answers” must be an object with named values, not []."),
    ({"answers": {"Scope": 7}}, "The answer to “Scope” must be text, not 7."),
    ({"finances": "none"}, "“finances” must be an object with named values, not none."),
]


@pytest.mark.parametrize(("changed", "reason"), REFUSALS)
def test_what_cannot_be_is_refused_with_a_reason(changed, reason):
    assert refusal(**changed) == reason


@pytest.mark.parametrize("name", ["status", "research_category"])
def test_an_unknown_word_is_refused_with_those_that_are_known(name):
    assert refusal(**{name: "magic"}).startswith(f"“{name}” is magic, which is not known. Known are: ")


def test_every_fault_of_a_line_is_told_at_once():
    assert refusal(title="", applicant="", status="").count("is missing.") == 3


def money(categories: dict | None = None, **changed) -> tuple:
    fields = Values({})
    kept = finances_of("Breathe Ltd", {"categories": categories or {}, **changed}, fields)
    return kept, fields


def test_finances_are_worked_out_by_our_formulas():
    kept, fields = money(COSTS, **{"Working days per year": "250", "Grant claim": "30", "Organisation size": "2"})
    assert [x.amount for x in kept.lines] == [Decimal(40_000)]
    assert (kept.percent, kept.size, kept.working_days, fields.problems) == (Decimal(30), "medium", 250, [])


@pytest.mark.parametrize(
    ("kind", "rate", "amount"), [("Total", "25", 25), ("None", "0", 0), ("Custom rate", "30", 13333)]
)
def test_overheads_have_three_kinds(kind, rate, amount):
    kept, _ = money(COSTS | {"Overheads": [{"Rate type": kind, "Rate": rate}]})
    assert sum(x.amount for x in kept.lines if x.category == "overheads") == amount


def test_other_public_funding_is_cut_to_the_costs_and_told():
    kept, fields = money(COSTS | {"Other funding": [{"Funding amount": "44444"}, {"Funding amount": "0.50"}]})
    assert kept.other_public == 44_444
    words = "other public funding of £44,445 is more than the costs of £44,444: kept as £44,444"
    assert fields.changes == [f"finances of Breathe Ltd: {words}"]


def test_rows_that_hold_nothing_are_passed_over():
    kept, fields = money({"Materials": [{"Description": "", "Cost per item": None}]})
    assert (kept.lines, fields.problems) == ([], [])


@pytest.mark.parametrize(
    ("categories", "changed"),
    [
        ({"Labour": [{"Role": "Engineer", "Annual salary": "-5", "Days spent": "2"}]}, {}),
        ({"Labour": [{"Role": "Engineer", "Annual salary": "NaN", "Days spent": "2"}]}, {}),
        ({"Labour": [{"Role": "Engineer", "Annual salary": "9" * 20, "Days spent": "2"}]}, {}),
        ({"Labour": "much"}, {}),
        ({"Sweets": [{"Cost": "1"}]}, {}),
        ({"Other funding": [{"Funding amount": "-1"}]}, {}),
        ({"Other funding": [{"Funding amount": "1e9"}]}, {}),
        ({"Overheads": [{"Rate type": "Guess", "Rate": "1"}]}, {}),
        ({}, {"Grant claim": "101"}),
        ({}, {"Grant claim": "70.123"}),
        ({}, {"Organisation size": "9"}),
        ({}, {"Working days per year": "366"}),
    ],
)
def test_finances_that_cannot_be_are_refused(categories, changed):
    assert len(money(categories, **changed)[1].problems) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), _JSON, max_size=4))
def test_whatever_stands_in_a_line_it_is_kept_or_refused_with_words(changed):
    try:
        told = line(**changed).title
    except Unacceptable as refused:
        told = str(refused)
    assert words.count(told) >= 1


@given(st.dictionaries(st.sampled_from([*COSTS, "Overheads", "Other funding", "Materials"]), _JSON), _JSON, _JSON)
def test_whatever_stands_in_finances_something_is_told(categories, percent, size):
    kept, fields = money(categories, **{"Grant claim": percent, "Organisation size": size})
    assert fields.problems or kept.other_public <= sum(x.amount for x in kept.lines) + 7
