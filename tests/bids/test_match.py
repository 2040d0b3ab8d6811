"""What counts as match funding, and when it has to be there."""

import datetime as dt

import pytest

from accounts.rules import Refused
from bids import match
from bids.match import Source

TODAY = dt.date(2027, 2, 2)
START = dt.date(2027, 6, 1)
GOOD = {
    "kind": "equity", "funder": "Kite Ventures", "pounds": 18_000, "secured_on": dt.date(2027, 1, 4),
    "available_on": dt.date(2027, 3, 1), "giver_kind": "sme", "allowed": ["equity", "own_reserves", "loan"],
    "today": TODAY,
}  # fmt: skip


def test_private_money_counts():
    match.must_count_as_match(**GOOD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gift"},
        {"kind": "charity"},
        {"funder": ""},
        {"funder": "F" * 161},
        {"funder": "NHS England"},
        {"funder": "Department of Health and Social Care"},
        {"funder": "Innovate UK"},
        {"funder": "National Lottery Fund"},
        {"funder": "Leeds City Council"},
        {"kind": "own_reserves", "funder": "St Elsewhere", "giver_kind": "nhs_body"},
        {"pounds": 0},
        {"pounds": 10**12},
        {"secured_on": TODAY + dt.timedelta(days=1), "available_on": START},
        {"available_on": dt.date(2027, 1, 3)},
    ],
)
def test_what_cannot_be_match_funding_is_refused(wrong):
    with pytest.raises(Refused):
        match.must_count_as_match(**(GOOD | wrong))


@pytest.mark.parametrize("funder", ["Wellcome Trust", "Governors' Wine Ltd", "Nhsland Ltd", "Councillor Ltd"])
def test_a_private_name_is_not_taken_for_a_public_one(funder):
    assert match.is_public(funder) is False


def test_money_that_comes_after_the_project_is_refused():
    match.must_be_there_before_the_end(dt.date(2028, 5, 31), START, 12)
    with pytest.raises(Refused):
        match.must_be_there_before_the_end(dt.date(2028, 6, 1), START, 12)


def problems(*sources: Source, required: int = 12_000, in_kind: int = 0) -> list[str]:
    return match.problems(required=required, in_kind_percent=in_kind, sources=sources, start_on=START, months=12)


def test_declared_sources_have_to_meet_what_is_required():
    assert problems(Source("loan", 11_999, START)) == ["Match funding of £12,000 is needed and £11,999 is declared."]
    assert problems(Source("loan", 12_000, START)) == []


def test_in_kind_stays_within_its_cap():
    sources = Source("loan", 9_600, START), Source("in_kind", 2_400, START)
    assert problems(*sources, in_kind=20) == []
    assert problems(*sources, in_kind=19) == ["At most £2,280 of match funding may be in kind; £2,400 is declared."]


def test_money_has_to_be_there_before_each_month_needs_it():
    early, late = Source("loan", 6_000, START), Source("equity", 6_000, dt.date(2027, 12, 1))
    assert problems(early, late) == []
    too_late = Source("equity", 6_000, dt.date(2027, 12, 2))
    words = "By December 2027 the project needs £1,000 more match funding than is available then."
    assert problems(early, too_late) == [words]


def test_no_match_is_needed_where_nothing_is_required():
    assert problems(required=0) == []


def test_a_bank_statement_is_at_most_90_days_old():
    match.must_be_fresh("own_reserves", TODAY - dt.timedelta(days=90), TODAY)
    with pytest.raises(Refused, match="90 days"):
        match.must_be_fresh("own_reserves", TODAY - dt.timedelta(days=91), TODAY)


def test_need_and_money_are_shown_month_by_month():
    sources = [Source("loan", 100, START), Source("loan", 50, dt.date(2027, 7, 2))]
    assert match.month_by_month(150, sources, START, 3) == [
        (dt.date(2027, 6, 1), 50, 100), (dt.date(2027, 7, 1), 100, 100), (dt.date(2027, 8, 1), 150, 150),
    ]  # fmt: skip


def test_a_month_tells_what_is_missing():
    assert [m.missing for m in match.month_by_month(100, [Source("loan", 60, START)], START, 2)] == [0, 40]


def test_a_bank_statement_grows_stale_and_a_contract_does_not():
    old = TODAY - dt.timedelta(days=91)
    own, loan = (Source(kind, 1, START, "Kite", old) for kind in ("own_reserves", "loan"))
    assert match.stale([loan, own], TODAY) == [
        "The newest bank statement of Kite is of 3 November 2026. Give one that is at most 90 days old."
    ]


@pytest.mark.parametrize("dated", [None, TODAY + dt.timedelta(days=1)])
def test_evidence_bears_a_date_that_has_been(dated):
    with pytest.raises(Refused):
        match.must_be_fresh("loan", dated, TODAY)


def test_the_same_money_is_verified_only_as_far_as_it_goes():
    match.must_fit_headroom(pounds=40, verified_elsewhere=60, covers=100)
    with pytest.raises(Refused, match="at most £40 can"):
        match.must_fit_headroom(pounds=41, verified_elsewhere=60, covers=100)
