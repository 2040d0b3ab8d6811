"""A company bids from the first page to the receipt, in a real browser, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from bids import words
from bids.models import Bid
from funds.models import Competition
from tests.bids.cast_pages import half_written
from tests.browser import browser_type_launch_args, one_browser, signed_in_browser

__all__ = ["browser_type_launch_args", "one_browser", "signed_in_browser"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "store"),
]


def fill(page: Page, **typed: str) -> None:
    for label, value in typed.items():
        page.get_by_label(label.replace("_", " "), exact=False).first.fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def describe(page: Page) -> None:
    follow(page, "Project details")
    page.get_by_label("Clinical area").select_option("Diabetes")
    page.get_by_label("When does the project start?").select_option("2027-06-01")
    press(page, "Save")


def answer(page: Page) -> None:
    for heading in ("Project summary", "Question 1", "Question 2"):
        follow(page, heading)
        page.get_by_label("Your answer").fill("Because it helps patients.")
        page.get_by_label("I have finished this answer").check()
        press(page, "Save")


def cost(page: Page) -> None:
    follow(page, "Costs")
    follow(page, "Add labour")
    fill(page, Role_in_the_project="Engineer", Gross_annual_cost="67,500", Number_of_days="200")
    press(page, "Save")
    press(page, "Continue to funding")
    fill(page, How_much_of_the_costs="70")
    press(page, "Save")
    follow(page, "Continue to match funding")


def pledge(page: Page) -> None:
    press(page, "Add a source")
    page.get_by_label("Own reserves").check()
    fill(page, Who_gives_it="Breathe Example Ltd", How_much="18,000")
    for name, number in {"day": "4", "month": "1", "year": "2027"}.items():
        page.locator(f"[name=secured_on_{name}]").fill(number)
        page.locator(f"[name=available_on_{name}]").fill(number)
    press(page, "Declare the source")
    press(page, "Upload evidence")
    statement = {"name": "statement.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nmoney\n%%EOF\n"}
    page.locator("input[type=file]").set_input_files(statement)
    for name, number in {"day": "20", "month": "1", "year": "2027"}.items():
        page.locator(f"[name=dated_on_{name}]").fill(number)
    press(page, "Upload")
    follow(page, "Back to the bid")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_company_bids_from_the_first_page_to_the_receipt(competition, applicant, signed_in_browser, script):
    page = signed_in_browser(applicant, script=script)
    page.goto("/dashboard/")
    page.get_by_role("link", name=re.compile("Start a bid")).first.click()
    page.get_by_label("Title of the project").fill("A breath test")
    press(page, "Start the bid")
    describe(page)
    answer(page)
    cost(page)
    pledge(page)
    press(page, "Check your answers")
    press(page, "Continue to the declaration")
    page.get_by_label("I declare this for the lead organisation").check()
    press(page, "Submit the bid")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bid submitted")
    assert Bid.objects.get().state == "submitted"


def test_the_counter_on_the_page_counts_as_the_server_does(competition: Competition, sme, applicant, signed_in_browser):
    bid = half_written(competition, sme, applicant)
    page = signed_in_browser(applicant)
    page.goto(f"/bids/{bid.reference}/questions/question-1")
    text = "one two\u200bthree four x\u2060y \u2800 z é-e a\u3164b"
    page.get_by_label("Your answer").fill(text)
    left = 400 - words.count(text)
    expect(page.locator(".govuk-character-count__status")).to_have_text(f"You have {left} words remaining")
