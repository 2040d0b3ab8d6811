"""The frame of every page: title, errors, messages, navigation, and nothing that the security policy would refuse."""

import re
from pathlib import Path

import pytest
import structlog
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import BaseStorage
from django.template import engines
from django.test import RequestFactory
from lxml import html

from infra import errors
from infra.navigation import PLACES, Place, places

TEMPLATES = Path(settings.BASE_DIR) / "templates"
OURS = sorted(
    str(p.relative_to(TEMPLATES))
    for p in TEMPLATES.rglob("*")
    if p.suffix in (".html", ".txt") and p.parts[len(TEMPLATES.parts)] != "letters"
)


class Storage(BaseStorage):
    """Messages that live as long as the request."""

    def _get(self):
        return [], True

    def _store(self, kept, response):
        return []


class Ask(forms.Form):
    name = forms.CharField(label="Name")


@pytest.fixture
def request_():
    request = RequestFactory().get("/somewhere/?page=2&state=draft")
    request.user = AnonymousUser()
    request._messages = Storage(request)
    return request


def rendered(source: str, request, **context) -> html.HtmlElement:
    return html.fromstring(engines["jinja2"].from_string(source).render(context, request))


PAGE = """{% extends "base.html" %}
{% block title %}A title{% endblock %}
{% block content %}{{ heading("Hello") }}{% endblock %}"""


def test_the_title_names_the_page_and_the_service(request_):
    assert rendered(PAGE, request_).findtext("head/title") == "A title – Matchfund"


def test_errors_of_a_form_stand_in_the_title_and_the_summary(request_):
    page = rendered(PAGE, request_, form=Ask({}))
    assert (page.findtext("head/title"), page.xpath("//*[@role='alert']//a/@href")) == (
        "Error: A title – Matchfund",
        ["#id_name"],
    )


def test_a_form_that_has_two_names_tells_its_errors_once(request_):
    form = Ask({})
    assert len(rendered(PAGE, request_, form=form, same=form).xpath("//*[@role='alert']//li")) == 1


def test_a_refusal_is_shown_as_not_done(request_):
    messages.error(request_, "The competition is closed.")
    banner = rendered(PAGE, request_).xpath("//*[contains(@class, 'govuk-notification-banner ')]")[0]
    assert banner.text_content().split() == ["Not", "done", "The", "competition", "is", "closed."]


def test_a_page_has_one_heading_of_the_first_rank(request_):
    assert [h.text_content().strip() for h in rendered(PAGE, request_).xpath("//h1")] == ["Hello"]


def test_a_form_is_protected_against_forgery(request_):
    page = rendered("<div>{{ form_page(form) }}</div>", request_, form=Ask())
    assert page.xpath("//form/input/@name")[0] == "csrfmiddlewaretoken"


def test_a_misspelt_name_is_an_error(request_):
    with pytest.raises(Exception, match="'naem' is undefined"):
        rendered("<p>{{ naem }}</p>", request_)


def test_text_of_people_is_escaped(request_):
    assert rendered("<p>{{ text }}</p>", request_, text="<b>").text == "<b>"


def test_a_query_string_keeps_the_rest(request_):
    assert rendered("<p>{{ query(request, page=3) }}</p>", request_).text == "?page=3&state=draft"


def test_a_query_string_loses_what_is_none(request_):
    assert rendered("<p>{{ query(request, page=none) }}</p>", request_).text == "?state=draft"


def test_a_table_without_rows_says_so(request_):
    page = rendered('<div>{% call(x) table("Bids", ["Bid"], [], nothing="None yet.") %}{% endcall %}</div>', request_)
    assert (page.findtext(".//p"), page.xpath("//table")) == ("None yet.", [])


def test_places_depend_on_roles():
    assert [p for p in places(frozenset()) if p.roles] == []
    assert {p for p in PLACES if "auditor" in p.roles} <= set(places(frozenset({"auditor"})))


def test_a_place_is_for_everybody_unless_roles_are_named():
    assert Place("Competitions", "home").roles == frozenset()


@pytest.mark.parametrize("name", OURS)
def test_a_template_can_be_read(name):
    assert engines["jinja2"].get_template(name).template.name == name


@pytest.mark.parametrize("name", [n for n in OURS if n.endswith(".html")])
def test_no_template_holds_a_style_or_a_script_of_its_own(name):
    source = (TEMPLATES / name).read_text()
    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", source) == []


@pytest.mark.parametrize(
    ("answer", "status", "title"),
    [
        (lambda r: errors.bad_request(r, ValueError()), 400, "We could not understand that request"),
        (lambda r: errors.forbidden(r, PermissionError()), 403, "This page is not for you"),
        (lambda r: errors.csrf_failure(r), 403, "Your form was open for too long"),
        (lambda r: errors.not_found(r, ValueError()), 404, "There is no such page"),
        (lambda r: errors.too_many(r), 429, "Too many attempts"),
        (lambda r: errors.server_error(r), 500, "Sorry, something went wrong"),
    ],
)
def test_an_error_page_says_what_happened_without_the_database(answer, status, title, request_):
    response = answer(request_)
    assert (response.status_code, html.fromstring(response.content).findtext(".//h1").strip()) == (status, title)


def test_the_page_of_a_fault_shows_the_number_under_which_the_log_says_why(request_):
    with structlog.contextvars.bound_contextvars(request_id="3f2b91cc-4e0d-4f9e-8a55-0d9d8c7b6a51"):
        page = html.fromstring(errors.server_error(request_).content)
    assert page.findtext(".//main//strong") == "3f2b91cc"


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_plain_words(client):
    client.handler.enforce_csrf_checks = True
    response = client.post("/accounts/sign-in/", {"login": "a@example.org"})
    assert (response.status_code, b"Your form was open for too long" in response.content) == (403, True)


@pytest.mark.django_db
def test_the_policy_lets_no_script_or_style_in_but_our_own(client):
    policy = dict(part.strip().split(" ", 1) for part in client.get("/").headers["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")


def test_a_host_that_is_not_ours_is_a_bad_request(client):
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400
