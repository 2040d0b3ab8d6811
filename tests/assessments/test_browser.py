"""The way of an assessor and of the officials through their pages; with JavaScript, axe looks at each step."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from assessments import actions
from assessments.models import Assessment
from bids.models import Bid
from funds.models import Competition
from tests.browser import DESKTOP, PHONE, findings, too_wide
from tests.cast_assessments import CLOSED, STAFF, assessed, assessor, submitted_bid
from tests.cast_bids import submitted
from tests.cast_panel import minuted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"]),
]


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def wrong(script):
    """Return a function that says what axe finds on a page as it stands, and whether it is too wide for a window."""

    def wrong_with(page: Page) -> list[str]:
        found = []
        for size in (DESKTOP, PHONE) if script else ():  # axe is a script itself
            page.set_viewport_size(size)
            found += findings(page) + ([f"{too_wide(page)} pixels too wide"] if too_wide(page) > 0 else [])
        return found

    return wrong_with


def test_an_assessor_accepts_scores_and_hands_in(bid, assessment, fund_manager, signed_in_browser, script, wrong):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    page = signed_in_browser(seat.assessor.user, script=script)
    page.goto(reverse("assessments"))
    found = wrong(page)
    page.click("text=A breath test")
    found += wrong(page)
    page.click("text=Accept the bid")
    found += wrong(page)
    page.check("#id_no_interest")
    page.click("text=Accept the bid")
    page.fill("#id_points-question-1", "11")
    page.click("text=Save and hand in")
    found += wrong(page)
    for number in (1, 2):
        page.fill(f"#id_points-question-{number}", "8")
        page.fill(f"#id_reason-question-{number}", "Convincing.")
    page.check("#id_is_in_scope")
    page.check("#id_is_fundable")
    page.click("text=Save and hand in")
    found += wrong(page)
    assert (found, Assessment.objects.get().state) == ([], "submitted")


def test_two_officials_take_the_decision(
    assessment,
    fund_manager,
    second_manager,
    signed_in_browser,
    script,
    wrong,
):
    for points in (9, 8):
        assessed(submitted_bid(assessment), [points, points], fund_manager)
    page = signed_in_browser(fund_manager, script=script)
    page.goto(reverse("competition_manage", args=[assessment.reference]))
    page.click("text=Go to panel")
    found = wrong(page)
    minuted(Competition.objects.get(pk=assessment.pk), dict.fromkeys(references(), "successful"))
    page.goto(reverse("competition_decide", args=[assessment.reference]))
    page.click("text=Put the decision forward")
    found += wrong(page)
    second = signed_in_browser(second_manager, script=script)
    second.goto(reverse("competition_decide", args=[assessment.reference]))
    second.click("text=Approve the decision")
    found += wrong(second)
    assert (found, list(Bid.objects.values_list("state", flat=True))) == ([], ["successful"] * 2)


def references() -> list[str]:
    return list(Bid.objects.values_list("reference", flat=True))
