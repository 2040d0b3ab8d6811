"""The ranked sheet as a page: filters, orders, conflicts of interest, match funding, and its number of queries."""

import pytest

from assessments import actions, queries
from tests.asking import get, queries_of, text
from tests.cast_assessments import STAFF, assessed, submitted_bid
from tests.cast_panel import asked, decided, declared, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(assessment, fund_manager):
    """Two bids at the panel: “Bid of 9” asks £200,000, “Bid of 4” asks £50,000; the line is at 70 %."""
    for points, grant in ((9, 200_000), (4, 50_000)):
        assessed(submitted_bid(assessment, grant=grant, title=f"Bid of {points}"), [points, points], fund_manager)
    return actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)


def shown(user, panel, **asked_for) -> list[bool]:
    page = text(get(user, "competition_ranked", panel.reference, **asked_for))
    return [f"Bid of {points}" in page for points in (9, 4)]


@pytest.mark.parametrize(
    ("asked_for", "expected"),
    [
        ({}, [True, True]), ({"side": "above"}, [True, False]), ({"side": "below"}, [False, True]),
        ({"outcome": "successful"}, [True, False]), ({"flag": "spread"}, [False, False]),
        ({"order": "nonsense", "start": "9" * 30}, [True, True]),
    ],
)  # fmt: skip
def test_the_sheet_is_narrowed(panel, auditor, asked_for, expected):
    assert shown(auditor, panel, **asked_for) == expected


def test_largest_grants_may_stand_first(panel, auditor):
    page = text(get(auditor, "competition_ranked", panel.reference, order="grant"))
    assert page.index("Bid of 9") < page.index("Bid of 4")


def test_match_funding_is_beside_each_bid(panel, auditor):
    assert "£85,715 needed £0 declared £0 with evidence £0 verified" in text(
        get(auditor, "competition_ranked", panel.reference)
    )


def test_an_official_with_an_interest_does_not_find_the_bid_anywhere(panel, fund_manager):
    bid = panel.bids.order_by("pk").first()
    declared(asked(planned(panel), "member", fund_manager), bid)
    keys = (panel.reference, bid.reference)
    pages = [
        get(fund_manager, name, *keys).status_code for name in ("competition_bid", "bid_history", "bid_history_csv")
    ]
    assert (pages, shown(fund_manager, panel)) == ([404, 404, 404], [False, True])
    assert bid.reference not in get(fund_manager, "competition_ranking", panel.reference).getvalue().decode()
    assert "Bid of 9" not in text(get(fund_manager, "competition_lines", panel.reference))


def test_the_sheet_leaves_as_a_workbook(panel, auditor):
    answer = get(auditor, "competition_ranking_xlsx", panel.reference)
    assert b"".join(answer.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("state", ["at_panel", "decided"])
def test_the_page_takes_twelve_queries_at_most(panel, fund_manager, second_manager, state):
    if state == "decided":
        first, last = (row.reference for row in queries.ranked(panel))
        decided(panel, {first: "successful", last: "unsuccessful"}, fund_manager, second_manager)
    assert queries_of(fund_manager, "competition_ranked", panel.reference) <= 12
