"""A new official signs up, confirms, signs in and sets up a second factor with JavaScript turned off."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.actions import grant_role
from accounts.models import User
from accounts.states import Role
from accounts.urls import urlpatterns
from tests.cast import NOW
from tests.signing_in import PASSWORD, give_password, give_second_factor, signed_in

ADDRESS = "ida.new@example.org"


def code(secret: str) -> str:
    """Return what an authenticator app shows now; who sees it about to change waits for the next one."""
    if (left := 30 - time.time() % 30) < 8:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_up(page: Page) -> None:
    page.goto(reverse("account_signup"))
    page.get_by_label("Full name").fill("Ida New")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()


def confirm(page: Page) -> None:
    page.goto(re.search(r"http\S+", mail.outbox[-1].body)[0])
    page.get_by_role("button", name="Yes, confirm it").click()


def sign_in(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def enrol(page: Page) -> str:
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    secret = page.locator(".app-secret").text_content().strip()
    page.get_by_label("Security code").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    return secret


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_sign_up_to_second_factor_without_javascript(signed_in_browser, department):
    page = signed_in_browser(script=False)
    sign_up(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    confirm(page)
    grant_role(user=User.objects.get(email=ADDRESS), organisation=department, role=Role.AUDITOR, by=None, at=NOW)
    if page.get_by_role("button", name="Sign out").count():
        page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    page.goto(reverse("account"))
    secret = enrol(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    page.get_by_label("Security code").fill(code(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Ida New")).to_be_visible()


@pytest.mark.django_db
def test_a_wrong_password_says_the_same_for_a_known_and_an_unknown_address(client, applicant):
    give_password(applicant)
    answers = {
        re.search(r'error-summary__list">\s*<li>\s*(.*?)\s*</li>', _refused(client, address), re.S)[1]
        for address in (applicant.email, "nobody@example.org")
    }
    assert answers == {"The e-mail address or the password is wrong. Check both and try again."}


def _refused(client, address: str) -> str:
    return client.post(reverse("account_login"), {"login": address, "password": "wrong"}).content.decode()


@pytest.mark.django_db
def test_a_new_password_needs_twelve_characters(applicant):
    client = signed_in(applicant)
    answer = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "too short"})
    assert "at least 12 characters" in answer.content.decode()


@pytest.mark.django_db
def test_a_changed_password_is_told_by_e_mail(applicant):
    client = signed_in(applicant)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "quite another secret"})
    assert [(m.subject, m.to) for m in mail.outbox] == [("Matchfund: Your password was changed", [applicant.email])]


@pytest.mark.django_db
def test_a_link_to_reset_a_password_goes_to_its_owner(client, applicant):
    give_password(applicant)
    client.post(reverse("account_reset_password"), {"email": applicant.email})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    assert client.get(link).status_code == 302


@pytest.mark.django_db
def test_nobody_signs_in_with_a_password_alone_once_there_is_a_second_factor(client, fund_manager):
    give_second_factor(give_password(fund_manager))
    answer = client.post(reverse("account_login"), {"login": fund_manager.email, "password": PASSWORD})
    assert answer.headers["Location"] == reverse("mfa_authenticate")


@pytest.mark.django_db
def test_guessing_a_password_is_stopped_after_five_attempts(client, applicant):
    give_password(applicant)
    for _ in range(5):
        _refused(client, applicant.email)
    assert "Too many wrong attempts. Wait five minutes" in _refused(client, applicant.email)


def test_every_page_of_allauth_that_is_served_has_a_template_of_ours():
    views = [pattern.callback.view_class for pattern in urlpatterns if hasattr(pattern.callback, "view_class")]
    names = [view.template_name for view in views]
    assert [name for name in names if not (settings.BASE_DIR / "templates" / name).is_file()] == []
