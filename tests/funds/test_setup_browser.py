"""One officer sets a round up, and a colleague publishes it, both with their second factor, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Message
from funds.models import Competition
from funds.parts import FIELDS, Part
from tests.browser import PHONE, findings, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
SETUP = "/competitions/DHTC-R3/setup"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def begin(page: Page) -> None:
    page.goto("/competitions/")
    press(page, "Set up a competition")
    page.get_by_label("Digital Health Technology Catalyst", exact=True).check()
    page.get_by_label("Title").fill("Digital Health Technology Catalyst: round 3")
    page.get_by_label("Reference").fill("DHTC-R3")
    press(page, "Begin")


def complete_the_parts(page: Page) -> None:
    for part in FIELDS:
        follow(page, Part(part).label)
        if part == Part.MATCH:
            page.get_by_label("Loan").uncheck()
        press(page, "Save and mark as complete")
    for part in (Part.STRANDS, Part.QUESTIONS, Part.DOCUMENTS):
        follow(page, part.label)
        if part == Part.STRANDS:
            page.get_by_role("link", name=re.compile("Remove Industrial")).click()
            press(page, "Remove the strand")
        press(page, "Mark as complete")


def test_an_officer_sets_a_round_up_and_a_colleague_publishes_it(
    stream, regime, fund_manager, second_manager, signed_in_browser
):
    officer, colleague = signed_in_browser(fund_manager), signed_in_browser(second_manager, script=False)
    begin(officer)
    complete_the_parts(officer)
    follow(officer, "Money")
    officer.get_by_label("How much?").fill("£1,000,000")
    officer.get_by_label("What for?").fill("Round 3, feasibility")
    press(officer, "Put forward")

    colleague.goto(Message.objects.filter(to=second_manager, key__startswith="allocation.proposed").get().path)
    press(colleague, "Approve it")
    expect(colleague.get_by_text("The money is allocated.")).to_be_visible()

    officer.goto(SETUP)
    press(officer, "Put it forward")
    expect(officer.get_by_text("It is put forward.")).to_be_visible()

    colleague.goto(Message.objects.filter(to=second_manager, key__startswith="competition.proposed").get().path)
    press(colleague, "Approve and publish")
    expect(colleague.get_by_text("The competition is published.")).to_be_visible()
    published = Competition.objects.get(reference="DHTC-R3")
    assert (published.state, published.strands.count(), "loan" in published.match_kinds) == ("published", 1, False)


def test_the_pages_fit_a_phone_and_axe_finds_nothing(competition, fund_manager, signed_in_browser):
    page = signed_in_browser(fund_manager, viewport=PHONE)
    begin(page)
    for path in ("", "/dates", "/subsidy", "/strands/list", "/questions/list", "/questions/add", "/money", "/preview"):
        page.goto(SETUP + path)
        assert (path, findings(page), too_wide(page)) == (path, [], 0)
