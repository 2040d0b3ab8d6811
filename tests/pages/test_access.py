"""Nobody sees more than the table in `rows.py` says."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.states import Role
from infra.access import BEFORE_SECOND_FACTOR, PUBLIC
from tests.cast import person
from tests.pages.keys import KEYS, WORLDS
from tests.pages.rows import ROLES, ROWS, expected
from tests.signing_in import signed_in


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name or f"nameless {pattern.pattern}"


def test_the_table_has_each_address_and_no_other():
    assert sorted(ROWS) == sorted(names(get_resolver().url_patterns))


@pytest.mark.django_db
@pytest.mark.parametrize("world", WORLDS)
def test_each_role_gets_the_answer_of_the_table(world, people, address_of):
    addresses = {name: address_of(name) for name in WORLDS[world]}
    clients = {role: signed_in(people(role)) for role in ROLES}
    answers = {
        name: {role: client.get(address).status_code for role, client in clients.items()}
        for name, address in addresses.items()
    }
    assert answers == {name: expected(name) for name in addresses}


@pytest.mark.django_db
def test_staff_without_a_second_factor_are_sent_to_set_one_up(fund_manager):
    client = Client()
    client.force_login(fund_manager)
    names = [name for name in ROWS if name not in BEFORE_SECOND_FACTOR | PUBLIC and name not in KEYS]
    sent = {name: client.get(reverse(name)).headers["Location"] for name in names}
    assert sent == dict.fromkeys(names, reverse("mfa_activate_totp"))


@pytest.mark.django_db
def test_staff_without_a_second_factor_see_no_draft(fund_manager, draft_competition):
    client = Client()
    client.force_login(fund_manager)
    assert client.get(reverse("competition", args=["DHTC-T-1"])).headers["Location"] == reverse("mfa_activate_totp")


@pytest.mark.django_db
def test_an_anonymous_person_comes_back_after_signing_in():
    assert Client().get("/accounts/").headers["Location"] == "/accounts/sign-in/?next=/accounts/"


@pytest.mark.django_db
def test_a_role_that_has_ended_opens_nothing(department, now):
    user = person(Role.FUND_MANAGER, department)
    user.memberships.update(ended_at=now)
    assert not user.is_staff
