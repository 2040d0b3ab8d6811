"""What a page counts is what the server counts, in a real browser."""

import pytest
from playwright.sync_api import expect

from funds.models import Competition
from infra import words
from tests.bids.cast_pages import half_written
from tests.browser import browser_type_launch_args, one_browser, signed_in_browser

__all__ = ["browser_type_launch_args", "one_browser", "signed_in_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "store"),
]


def test_the_counter_on_the_page_counts_as_the_server_does(competition: Competition, sme, applicant, signed_in_browser):
    bid = half_written(competition, sme, applicant)
    page = signed_in_browser(applicant)
    page.goto(f"/bids/{bid.reference}/questions/question-1")
    text = "one two\u200bthree four x\u2060y \u2800 z é-e a\u3164b"
    page.get_by_label("Your answer").fill(text)
    left = 400 - words.count(text)
    expect(page.locator(".govuk-character-count__status")).to_have_text(f"You have {left} words remaining")
