"""An assessor's way through a score sheet in a browser: it saves itself, step by step, with a discussion at the end."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from assessments.actions.discussions import open_discussion
from assessments.models import Assessment, Score
from tests.browser import DESKTOP, PHONE, findings, too_wide
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed
from tests.cast_bids import submitted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"]),
]


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant):
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


def wrong(page, script) -> list[str]:
    """Return what axe finds on a page as it stands, and whether it is too wide for a window."""
    found = []
    for size in (PHONE, DESKTOP) if script else ():  # axe is a script itself
        page.set_viewport_size(size)
        found += findings(page) + ([f"{too_wide(page)} pixels too wide"] if too_wide(page) > 0 else [])
    return found


def test_an_assessor_scores_step_by_step_and_discusses(bid, assessment, fund_manager, signed_in_browser, script):
    assessed(bid, [2, 2], fund_manager)
    seat = accepted_seat(bid, fund_manager)
    page = signed_in_browser(seat.assessor.user, script=script)
    page.goto(reverse("assessment", args=[seat.pk]))
    page.click("text=Score one question at a time")
    page.fill("#id_points-question-1", "9")
    if script:
        with page.expect_response(lambda answer: "reason-question-1" in (answer.request.post_data or "")):
            page.fill("#id_reason-question-1", "Convincing.")
        expect(page.locator("[data-saved]")).to_contain_text("Saved")
        assert list(Score.objects.filter(assessment__seat=seat).values_list("points", "reason")) == [(9, "Convincing.")]
    page.fill("#id_reason-question-1", "Convincing.")
    found = wrong(page, script)
    page.click("text=Save and go on")
    page.fill("#id_points-question-2", "8")
    page.click("text=Save and go on")
    page.check("#id_is_in_scope")
    page.check("#id_is_fundable")
    page.click("text=Save and check")
    found += wrong(page, script)
    page.click("text=Give a reason on “Question 2”.")
    page.fill("#id_reason-question-2", "Good.")
    page.click("text=Save and go on")
    page.click("text=Save and check")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("is handed in. Thank you.")).to_be_visible()
    assert Assessment.objects.get(seat=seat).state == "submitted"
    open_discussion(bid=bid, reason="Far apart.", by=fund_manager, **STAFF)
    page.goto(reverse("assessment_discussion", args=[seat.pk]))
    page.fill("textarea", "I saw more in it.")
    found += wrong(page, script)
    page.click("text=Say it")
    expect(page.get_by_text("Assessor B (you)").last).to_be_visible()
    assert found == []
