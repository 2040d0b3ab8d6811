"""Whatever a stranger sends to any address in any role: never a failure of ours, never a wrong door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.states import OrganisationKind
from tests.pages import hostile
from tests.pages.hostile import Stranger, forms_of
from tests.pages.keys import KEYS
from tests.pages.rows import ROLES, ROWS, expected
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.deep]
# They change nothing and judge the size of a file before any of it is read.
WITHOUT_TOKEN = ("letter_check_start", "letter_check")
# They answer alike to every key, so that nobody can guess one.
ANY_KEY = ("account_confirm_email", "account_reset_password_from_key", "letter_check")
WRITING = ("PUT", "PATCH", "DELETE")
SHUT = (302, 403, 404)
ALONE = "record_pack"  # it needs a transaction of its own, and takes no fields
BY_KIND = ("bid_partner_add", "bid_start_organisation")  # another form for each kind of organisation
KEY = 987_654_321


@pytest.fixture
def strangers(people, store) -> dict[str, Stranger]:
    """One stranger of each role."""
    return {role: Stranger(signed_in(people(role)), role) for role in ROLES}


@pytest.fixture
def made(request) -> Callable[[str], dict[str, Any]]:
    """Return a function from the name of an address to what it is made of."""
    return lambda name: KEYS.get(name, lambda get: {})(request.getfixturevalue)


def first_of_each(name: str) -> list[str]:
    """Return a role for each answer of the table: who else gets this answer, gets it by the same line."""
    table = expected(name)
    return [next(role for role in ROLES if table[role] == answer) for answer in sorted(set(table.values()))]


def failures(strangers: dict[str, Stranger]) -> list[str]:
    return [failure for stranger in strangers.values() for failure in stranger.failures]


def with_bad_keys(name: str, keys: dict[str, Any]) -> list[str]:
    """Return the address with each of its keys hostile in turn."""
    found = []
    for key, value in keys.items():
        mark = KEY if isinstance(value, int) else f"mark-{KEY}"
        address = reverse(name, kwargs=keys | {key: mark})
        found += [address.replace(str(mark), bad) for bad in hostile.KEYS]
    return found


@pytest.mark.parametrize("name", ROWS)
def test_no_question_breaks_a_page(name, made, strangers):
    address = reverse(name, kwargs=made(name))
    for role, stranger in strangers.items():
        page = stranger.ask("GET", address).content
        names = {*hostile.ASKED, *(field for form in forms_of(page, address, "get") for field in form.fields)}
        for bad in hostile.QUESTIONS if role in first_of_each(name) else hostile.QUESTIONS[:1]:
            stranger.ask("GET", f"{address}?{'&'.join(f'{asked}={bad}' for asked in sorted(names))}")
        stranger.ask("GET", f"{address}?before=1&before=abc&after=&after=2&=&&&%00=%00")
    assert failures(strangers) == []


@pytest.mark.parametrize("name", [name for name in ROWS if name in KEYS])
def test_a_key_that_cannot_be_opens_nothing(name, made, strangers):
    opened = [
        f"{role} {method} {address[:80]}: {answer.status}"
        for role, stranger in strangers.items()
        for address in with_bad_keys(name, made(name))[: None if role in first_of_each(name) else 1]
        for method in ("GET", "POST")
        if (answer := stranger.ask(method, address)).status < 300 and name not in ANY_KEY
    ]
    assert (failures(strangers), opened) == ([], [])


@pytest.mark.parametrize("name", ROWS)
def test_other_methods_do_nothing(name, made, strangers):
    address = reverse(name, kwargs=made(name))
    done = [
        f"{role} {method}: {answer.status}, {answer.events} events"
        for role, stranger in strangers.items()
        for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
        if (answer := stranger.ask(method, address)).events or (method in WRITING and answer.status != 405)
    ]
    assert (failures(strangers), done) == ([], [])


@pytest.mark.parametrize("name", [name for name in ROWS if name != ALONE])
def test_no_form_breaks_a_page_or_opens_a_shut_one(name, made, strangers):
    address, table = reverse(name, kwargs=made(name)), expected(name)
    forms = {
        form.key: (form, stranger)
        for role, stranger in reversed(strangers.items())
        if table[role] == 200
        for page in (address, *(f"{address}?kind={kind}" for kind in OrganisationKind if name in BY_KIND))
        for form in forms_of(stranger.ask("GET", page).content, page)
        if form.action != reverse(ALONE)
    }
    for form, stranger in forms.values():
        for what, sent in form.with_each():
            stranger.ask("POST", form.action, sent, what)
    usual = next((form.fields for form, _ in forms.values() if form.action == address), {})
    opened = [
        f"{role}: {answer.status}, {answer.events} events"
        for role, stranger in strangers.items()
        for sent in ({}, usual)
        if (answer := stranger.ask("POST", address, sent)) and table[role] in SHUT
        if answer.status not in (*SHUT, 405) or answer.events
    ]
    assert (failures(strangers), opened) == ([], [])


def test_a_cookie_with_nul_is_left_out(applicant):
    client = signed_in(applicant)
    client.cookies["sessionid"] = "a\0" * 16
    assert client.get(reverse("account")).headers["Location"] == "/accounts/sign-in/?next=/accounts/"


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_taken_without_the_token_of_a_form(name, made, strangers):
    address = reverse(name, kwargs=made(name))
    for stranger in strangers.values():
        stranger.client.handler.enforce_csrf_checks = True
    answers = {role: stranger.ask("POST", address, {"sha256": "0"}) for role, stranger in strangers.items()}
    assert (failures(strangers), sum(answer.events for answer in answers.values())) == ([], 0)
    shut = {role: a.status for role, a in answers.items() if a.status not in (403, 302 if role == "anonymous" else 403)}
    assert shut == {} or name in WITHOUT_TOKEN
