"""A colleague without an account is invited, signs up, accepts and writes beside the one who invited."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.models import Message
from bids.models import TeamMember
from tests.browser import PHONE, browser_type_launch_args, findings, signed_in_browser, too_wide  # noqa: F401 - fixtures
from tests.signing_in import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("noon")]
EMAIL = "nia.new@example.org"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def invite(page: Page, reference: str) -> None:
    page.goto(f"/bids/{reference}/")
    page.get_by_role("link", name="People on the bid").click()
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Their e-mail address").fill(EMAIL)
    page.get_by_label("Editor").check()
    press(page, "Send the invitation")
    expect(page.get_by_text(f"{EMAIL} is invited.")).to_be_visible()


def sign_up(page: Page) -> None:
    page.goto(Message.objects.get(template="invitation").path)
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Full name").fill("Nia New")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Create account")
    confirmation = next(m for m in reversed(mail.outbox) if "confirm-email" in m.body)
    page.goto(re.search(r"http\S+", confirmation.body)[0])
    press(page, "Yes, confirm it")


def sign_in(page: Page) -> None:
    if page.get_by_role("button", name="Sign out").count():
        return
    page.goto("/accounts/sign-in/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_without_an_account_comes_to_the_bid(bid, applicant, signed_in_browser, script):  # noqa: F811
    ada, nia = signed_in_browser(applicant, script=script), signed_in_browser(None, script=script, viewport=PHONE)
    invite(ada, bid.reference)
    sign_up(nia)
    sign_in(nia)
    nia.goto("/dashboard/")
    nia.get_by_role("link", name="Answer the invitation to work on a bid").click()
    press(nia, "Accept")
    expect(nia.get_by_text(f"You work on the bid {bid.reference} now.")).to_be_visible()
    nia.get_by_role("link", name="Project summary").click()
    ada.goto(f"/bids/{bid.reference}/")
    expect(ada.get_by_text("Nia New is editing this now")).to_be_visible()
    assert TeamMember.objects.get(user__email=EMAIL).role == "editor"


@pytest.mark.parametrize("viewport", [PHONE, None])
def test_the_page_of_the_team_is_clean_and_fits(bid, applicant, signed_in_browser, viewport):  # noqa: F811
    page = signed_in_browser(applicant, **({"viewport": viewport} if viewport else {}))
    invite(page, bid.reference)
    for path in ("team", "team/invite", "assign/details", "?mine=1"):
        page.goto(f"/bids/{bid.reference}/{path}")
        assert (path, findings(page), too_wide(page)) == (path, [], 0)
