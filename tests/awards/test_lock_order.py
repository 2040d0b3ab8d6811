"""Locks are taken in the one order that docs/money.md gives."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.states import Role
from awards import actions
from funds.rules_in_database import LEVELS
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, agree, draft_claim

pytestmark = pytest.mark.django_db
ORDER = ["bids_bid", "awards_award", "awards_claim", "accounts_organisation", "funds_stream", "funds_ledgerentry"]


def taken(captured: CaptureQueriesContext) -> list[str]:
    """Return the tables of the house's order whose rows were locked, or where entries moved counters, as they came."""
    found = []
    for query in captured.captured_queries:
        locked = re.match(r'SELECT .*? FROM "(\w+)".* FOR (NO KEY )?UPDATE', query["sql"])
        posted = re.match(r'INSERT INTO "(funds_ledgerentry)"', query["sql"])
        if (match := locked or posted) and match[1] in ORDER and match[1] not in found:
            found.append(match[1])
    return found


def test_an_offer_holds_the_bid_then_the_stream(bid, people):
    with CaptureQueriesContext(connection) as captured:
        actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert taken(captured) == ["bids_bid", "funds_stream", "funds_ledgerentry"]


def test_a_payment_holds_the_award_then_the_claim_then_the_stream(claim, people):
    claim = agree(claim, people, "review", "approve")
    with CaptureQueriesContext(connection) as captured:
        agree(claim, people, "instruct")
    assert taken(captured) == ["awards_award", "awards_claim", "funds_stream", "funds_ledgerentry"]


def test_a_submission_holds_the_award_then_the_claim_then_its_organisation(live_award, people):
    draft = draft_claim(live_award, people)
    with CaptureQueriesContext(connection) as captured:
        actions.submit_claim(claim=draft, by=people.applicant, at=QUARTER_OVER)
    assert taken(captured) == ["awards_award", "awards_claim", "accounts_organisation"]


def test_an_ending_holds_the_award_then_the_stream(award, people):
    with CaptureQueriesContext(connection) as captured:
        actions.decline(award=award, by=people.applicant, at=NOW)
    assert taken(captured) == ["awards_award", "funds_stream", "funds_ledgerentry"]


def test_the_documented_order_is_the_one_kept():
    page = Path(settings.BASE_DIR, "docs", "money.md").read_text()
    assert "Bid, Award, Claim, Organisation, Stream, then the counters: " + ", ".join(LEVELS) in page
