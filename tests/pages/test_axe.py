"""Axe finds nothing, and nothing scrolls sideways on a phone, on any page that a role may open."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from playwright.sync_api import ConsoleMessage, Page

from tests.browser import DESKTOP, PHONE, findings, served_by, too_wide
from tests.pages.keys import WORLDS
from tests.pages.rows import ROLES, expected
from tests.pages.test_components import GOOD, Example
from tests.signing_in import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
NOT_PAGES = {
    "assessment_paper",
    "assessors_csv",
    "competition_board_csv",
    "bid_cost_sheet",
    "bid_draft_paper",
    "bid_version_content",
    "bid_version_paper",
    "bids_csv",
    "bids_xlsx",
    "claim_copy",
    "claim_sheet",
    "claims_board_csv",
    "claims_board_xlsx",
    "competition_bid_paper",
    "entries_csv",
    "bid_version_receipt",
    "feed",
    "health",
    "mfa_download_recovery_codes",
    "mail_log_csv",
    "money_download",
    "network_instalments_csv",
    "network_release_file",
    "prompt_payment_csv",
    "record_csv",
    "competition_ranking",
    "competition_ranking_xlsx",
    "bid_history_csv",
    "panel_minutes_paper",
}
ALL_PIECES = """
{% extends "base.html" %}
{% block title %}Pieces{% endblock %}
{% block before %}{{ breadcrumbs([("Competitions", "/")]) }}{% endblock %}
{% block content %}
    {{ heading("Pieces", caption="All of them") }}
    {{ figures([("Bids", "40"), ("Committed", "£1,234,567")]) }}
    {{ summary([("Lead", "Breathe Example Ltd", "/change", "Change"), ("Stream", "DHTC")]) }}
    {% call(x) table("Bids", ["Bid", "Grant"], [("A", "£1"), ("B", "£2")], numeric=(2,)) %}
        <th scope="row">{{ x[0] }}</th><td class="num">{{ x[1] }}</td>
    {% endcall %}
    {{ pagination(previous="?before=1", next="?after=2") }}
    {% for colour in ("grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow") %}
        {{ tag(colour, colour) }}
    {% endfor %}
    {{ inset("Inset") }} {{ warning("Take care.") }} {{ details("More", "Text") }} {{ empty("Nothing.") }}
    {% call cards() %}{{ card("Bids", "/bids", "All of them", level=2) }}{% endcall %}
    {{ button_link("Go on", "/on") }} {{ action_button("/do", "Do it", kind="secondary") }}
    {{ form_page(form, cancel="/") }}
{% endblock %}"""


_seen: set[str] = set()


def is_new(address: str, page: str) -> bool:
    """Tell whether no page of the same make was checked before, whoever opened it and whatever it said."""
    make = re.sub(r">[^<>]*[^<>\s][^<>]*<", ">text<", page[page.index("<main") : page.index("</main>")])
    key = re.sub(r"\d+", "0", address + re.sub(r'value="[^"]+"', "value", make))
    return not (key in _seen or _seen.add(key))


@pytest.fixture
def said(one_browser) -> Iterator[list[str]]:
    """What the browser complains of in its console."""
    words: list[str] = []

    def listen(line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            words.append(line.text)

    one_browser.on("console", listen)
    yield words
    one_browser.remove_listener("console", listen)


def wrong_with(page: Page, address: str, answer: int = 200) -> tuple[list[str], int]:
    """Return what axe finds on a page, and how much too wide for a phone it is."""
    page.set_viewport_size(DESKTOP)
    status = page.goto(address).status
    if status != answer:
        return [f"answered {status}"], 0
    found = findings(page)
    page.set_viewport_size(PHONE)
    return found, too_wide(page)


def readers(name: str) -> list[str]:
    """Return the roles that may open a page."""
    return [role for role in ROLES if expected(name)[role] == 200]


@pytest.mark.parametrize("world", WORLDS)
def test_each_page_is_accessible_to_each_role_that_may_open_it(world, people, address_of, one_browser, said):
    names = [name for name in WORLDS[world] if readers(name) and name not in NOT_PAGES]
    addresses = {name: address_of(name) for name in names}
    clients = {role: signed_in(people(role)) for role in ROLES}
    wrong = {}
    for name, address in addresses.items():
        for role in readers(name):
            page = clients[role].get(address, headers={"host": "localhost"})
            if is_new(name, page.content.decode()):
                found = wrong_with(served_by(clients[role], one_browser, {address: page}), address)
                wrong |= {(name, role): found} if found != ([], 0) else {}
    assert wrong == {}
    assert said == []  # such as a style or a script that the security policy refused


@pytest.mark.parametrize("form", [Example(GOOD), Example({})], ids=["filled in", "with errors"])
def test_every_piece_that_pages_are_made_of_is_accessible(form, one_browser):
    request = RequestFactory().get("/pieces/")
    request.user = AnonymousUser()
    source = engines["jinja2"].from_string(ALL_PIECES).render({"form": form, "messages": []}, request)
    page = served_by(Client(), one_browser, {"/pieces/": HttpResponse(source.strip())})
    assert wrong_with(page, "/pieces/") == ([], 0)


def test_a_page_that_is_not_there_is_accessible(one_browser):
    assert wrong_with(served_by(Client(), one_browser, {}), "/nothing-here/", answer=404) == ([], 0)
