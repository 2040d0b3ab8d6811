"""The public pages in a real browser: the countdown runs by the server's clock, and all works without a script."""

import datetime as dt

import pytest

from funds.models import Enquiry, SavedCompetition
from tests.browser import PHONE
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
REF = "DHTC-T-1"


@pytest.mark.parametrize("hours", [-30, 0, 30])
def test_the_countdown_runs_by_the_servers_clock_whatever_the_browsers_says(
    hours, competition, signed_in_browser, clock
):
    clock(competition.closes_at - dt.timedelta(seconds=75))
    page = signed_in_browser()
    page.clock.install(time=NOW + dt.timedelta(hours=hours))
    page.goto(f"/competitions/{REF}/")
    counted = page.locator(".app-countdown")
    assert counted.inner_text() == "Closes in 1 minute 15 seconds"
    page.clock.run_for(16_000)
    assert counted.inner_text() == "Closes in 59 seconds"
    page.clock.run_for(60_000)
    assert counted.inner_text() == "Closed"


@pytest.mark.parametrize("script", [True, False])
def test_somebody_saves_asks_and_reads_with_and_without_a_script(script, competition, applicant, signed_in_browser):
    page = signed_in_browser(applicant, script=script, viewport=PHONE)
    page.goto("/find/?words=tests")
    page.get_by_role("link", name="Test round").click()
    assert page.locator(".app-countdown").inner_text() == "Closes in 26 days"
    page.get_by_role("button", name="Save this competition").click()
    page.get_by_role("link", name="Ask a question about this competition").click()
    page.get_by_label("Your question").fill("May a charity lead?")
    page.get_by_role("button", name="Send the question").click()
    assert page.get_by_role("heading", name="May a charity lead?").is_visible()
    assert (Enquiry.objects.count(), SavedCompetition.objects.count()) == (1, 1)
