"""Axe finds nothing, and nothing scrolls sideways on a phone, on any page that a role may open."""

import pytest
from django.urls import reverse

from tests.browser import DESKTOP, PHONE, findings, too_wide
from tests.pages.rows import KEYS, ROLES, ROWS, expected

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOT_PAGES = {"health", "mfa_download_recovery_codes"}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_accessible(role, people, signed_in_browser, request):
    names = [name for name in ROWS if expected(name)[role] == 200 and name not in NOT_PAGES]
    addresses = {n: reverse(n, kwargs=KEYS.get(n, lambda get: {})(request.getfixturevalue)) for n in names}
    page = signed_in_browser(people(role))
    wrong = {}
    for name, address in addresses.items():
        page.set_viewport_size(DESKTOP)
        page.goto(address)
        found = findings(page)
        page.set_viewport_size(PHONE)
        if found or too_wide(page) > 0:
            wrong[name] = (found, too_wide(page))
    assert wrong == {}
