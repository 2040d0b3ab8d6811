"""The way of an official through an allocation in a browser, from asking to reserves."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.states import OrganisationKind
from assessments import actions
from assessments.models import AllocationRun, Seat
from tests.browser import DESKTOP, PHONE, findings, too_wide
from tests.cast import organisation
from tests.cast_assessments import CLOSED, assessor, submitted_bid

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPES = (["clinical"], ["commercial"], ["methodology", "lay"])


def test_a_run_is_watched_changed_by_hand_and_accepted(
    competition, assessment, fund_manager, signed_in_browser, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)
    bid = submitted_bid(competition)
    for i in range(4):
        assessor(organisation(OrganisationKind.AHSN, f"Network {i}"), types=TYPES[i % 3])
    page = signed_in_browser(fund_manager)
    page.goto(reverse("competition_manage", args=[assessment.reference]))
    page.get_by_role("button", name="Allocate assessors").click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()

    actions.carry_out_run(AllocationRun.objects.get().pk, at=CLOSED)
    expect(page.get_by_text("No other allocation is better")).to_be_visible()  # it has asked again by itself
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert (findings(page), too_wide(page)) == ([], 0)

    page.get_by_role("link", name=bid.reference).first.click()
    page.get_by_label("Take off").select_option(index=1)
    expect(page.locator("#verdict")).to_contain_text("The bid would have 2 of 3 assessors.")
    page.get_by_role("button", name="Change the team").click()
    expect(page.get_by_text("The team is changed.")).to_be_visible()

    page.get_by_role("link", name="Run 1").click()
    page.get_by_role("button", name="See what accepting would do").click()
    page.get_by_role("button", name="Accept and invite").click()
    expect(page.get_by_text("The seats are given")).to_be_visible()
    assert Seat.objects.filter(state="invited").count() == 2
