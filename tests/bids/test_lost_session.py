"""A lost session returns to the text after sign-in, for its writer and nobody else."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from accounts.states import Role
from bids import actions
from bids.models import Answer, Bid
from infra import kept
from tests.cast import NOW, person
from tests.signing_in import PASSWORD, give_password, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TEXT = "We count breaths & beats."


def address(bid: Bid) -> str:
    return f"/bids/{bid.reference}/questions/summary"


def mark_on(client: Client, path: str) -> str:
    """Return the mark of the form on a page."""
    page = client.get(path).content.decode()
    return unescape(page.split('name="writer" value="')[1].split('"')[0])


def lose_session(client: Client) -> None:
    client.cookies.pop("sessionid")


def send(client: Client, path: str, typed: dict, **further):
    """Send a form as browsers do."""
    return client.post(path, urlencode(typed), content_type="application/x-www-form-urlencoded", **further)


def sign_in(client: Client, user, path: str) -> str:
    """Sign in through the page and return the page that one is led to."""
    give_password(user)
    typed = {"login": user.email, "password": PASSWORD, "next": path}
    return unescape(client.post(reverse("account_login"), typed, follow=True).content.decode())


@pytest.fixture
def lost(bid, applicant) -> Client:
    """A client whose session is lost, and which then sent an answer."""
    client = signed_in(applicant)
    mark = mark_on(client, address(bid))
    lose_session(client)
    send(
        client, address(bid), {"text": TEXT, "version": 0, "writer": mark, "password": "x", "csrfmiddlewaretoken": "y"}
    )
    return client


def test_who_sends_a_text_without_a_session_is_asked_to_sign_in_and_told(bid, lost):
    page = unescape(lost.get(reverse("account_login") + f"?next={address(bid)}").content.decode())
    assert "You had been signed out. Sign in, and you will find what you typed." in page


def test_after_sign_in_the_page_comes_back_with_what_was_typed(bid, applicant, lost):
    page = sign_in(lost, applicant, address(bid))
    assert "This is what you had typed before you were signed out. Save it now." in page
    assert f">{TEXT}</textarea>" in page
    assert Answer.objects.count() == 0


def test_it_can_be_saved_and_is_then_forgotten(bid, applicant, lost):
    sign_in(lost, applicant, address(bid))
    lost.post(address(bid), {"text": TEXT, "version": 0})
    assert Answer.objects.get().text == TEXT
    assert "This is what you had typed" not in lost.get(address(bid)).content.decode()


def test_what_a_colleague_saved_meanwhile_is_shown_beside_it(bid, applicant, sme, lost):
    question, colleague = bid.competition.questions.get(slug="summary"), person(Role.APPLICANT, sme)
    actions.save_answer(bid=bid, question=question, text="Theirs", version=0, by=colleague, at=NOW)
    assert 'name="version" value="0"' in sign_in(lost, applicant, address(bid))
    page = unescape(lost.post(address(bid), {"text": TEXT, "version": 0}).content.decode())
    assert "Theirs" in page
    assert f">{TEXT}</textarea>" in page


def test_another_person_never_sees_it(bid, applicant, sme, lost):
    colleague = person(Role.APPLICANT, sme)
    assert TEXT not in sign_in(lost, colleague, address(bid))
    lost.post(reverse("account_logout"))
    assert TEXT not in sign_in(lost, applicant, address(bid))


def test_no_password_and_no_token_is_kept(lost):
    typed = lost.session["matchfund.kept"].popitem()[1]["typed"]
    assert "password" not in typed
    assert "csrf" not in typed
    assert "writer" not in typed


def test_it_is_kept_for_an_hour(bid, applicant, lost, monkeypatch):
    now = kept.time.time()
    monkeypatch.setattr(kept.time, "time", lambda: now + kept.KEPT_SECONDS + 1)
    assert TEXT not in sign_in(lost, applicant, address(bid))


@pytest.mark.parametrize("mark", ["", "1", "1:/bids/x:sign", "١:\u202e", "\0"])
def test_nobody_leaves_anything_here_without_a_mark(bid, mark):
    client = Client()
    send(client, address(bid), {"text": TEXT, "version": 0, "writer": mark})
    assert "matchfund.kept" not in client.session


def test_a_mark_is_good_for_its_page_only(bid, applicant):
    client = signed_in(applicant)
    mark = mark_on(client, address(bid))
    lose_session(client)
    send(client, f"/bids/{bid.reference}/questions/question-1", {"text": TEXT, "version": 0, "writer": mark})
    assert "matchfund.kept" not in client.session


def test_too_much_is_not_kept(bid, applicant):
    client = signed_in(applicant)
    mark = mark_on(client, address(bid))
    lose_session(client)
    send(client, address(bid), {"text": "x" * 1_000_001, "version": 0, "writer": mark})
    assert "matchfund.kept" not in client.session


def test_only_the_last_pages_are_kept(bid, applicant):
    client = signed_in(applicant)
    paths = [f"/bids/{bid.reference}/questions/{slug}" for slug in ("summary", "question-1", "question-2")]
    marks = {path: mark_on(client, path) for path in [*paths, f"/bids/{bid.reference}/details"]}
    lose_session(client)
    for path, mark in marks.items():
        send(client, path, {"text": TEXT, "writer": mark})
    assert list(client.session["matchfund.kept"]) == list(marks)[-kept.MOST_PAGES :]


def test_the_token_of_an_earlier_session_ends_in_words(bid, applicant):
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(applicant).cookies
    mark = mark_on(client, address(bid))
    typed = {"text": TEXT, "version": 0, "writer": mark, "csrfmiddlewaretoken": "a" * 64}
    page = unescape(send(client, address(bid), typed, follow=True).content.decode())
    assert "This is what you had typed" in page
    assert f">{TEXT}</textarea>" in page
    assert Answer.objects.count() == 0


def test_a_form_from_elsewhere_is_refused_as_ever(bid, applicant):
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(applicant).cookies
    answer = send(client, address(bid), {"text": TEXT, "version": 0, "writer": "1:/x:y"})
    assert answer.status_code == 403


def test_the_mark_of_another_person_leaves_nothing(bid, applicant, sme):
    mark = mark_on(signed_in(applicant), address(bid))
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(person(Role.APPLICANT, sme)).cookies
    assert send(client, address(bid), {"text": TEXT, "version": 0, "writer": mark}).status_code == 403


def test_details_come_back_too(bid, applicant):
    client, path = signed_in(applicant), f"/bids/{bid.reference}/details"
    mark = mark_on(client, path)
    lose_session(client)
    send(client, path, {"title": "A heart test", "months": "9", "start_on": "", "writer": mark})
    page = sign_in(client, applicant, path)
    assert "This is what you had typed before you were signed out" in page
    assert 'value="A heart test"' in page
