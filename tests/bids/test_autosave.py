"""The page of a question saves by itself while somebody types."""

import datetime as dt
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.states import Role
from audit.models import Event
from bids import actions
from bids.models import Answer, Bid
from tests.cast import NOW, person
from tests.cast_bids import answer_all
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
# Session, person, roles, bid, question, locked bid with role, answer, save, presence.
QUERIES = 9


def save(client: Client, bid: Bid, text: str, version: int = 0, slug: str = "summary", **further):
    """Send what the page sends while somebody types."""
    typed = {"text": text, "version": version} | further
    return client.post(f"/bids/{bid.reference}/questions/{slug}/save", typed, headers={"HX-Request": "true"})


def said(answer) -> str:
    """Return the line that the page shows."""
    return " ".join(unescape(answer.content.decode()).replace("<", " <").split())


def test_what_is_typed_is_saved_and_the_time_is_told(bid, applicant):
    answer = save(signed_in(applicant), bid, "We count breaths.")
    assert "Saved 12:00:00 <" in said(answer)
    assert (answer.status_code, answer.headers["Matchfund-Version"]) == (200, "1")
    assert Answer.objects.get().text == "We count breaths."


def test_the_time_is_that_of_the_united_kingdom(bid, applicant, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2027, 2, 2, 12, tzinfo=dt.UTC))
    assert "Saved 12:00:00" in said(save(signed_in(applicant), bid, "In winter"))


def test_too_many_words_are_saved_and_said(bid, applicant):
    assert "Saved 12:00:00. 401 words are more than the 400 allowed. Take out 1." in said(
        save(signed_in(applicant), bid, "word " * 401)
    )
    assert Answer.objects.get().text == "word " * 401


def test_too_many_words_take_the_mark_of_completeness_away(bid, applicant):
    client = signed_in(applicant)
    save(client, bid, "Short.", is_complete="on")
    assert Answer.objects.get().is_complete
    save(client, bid, "word " * 401, 1, is_complete="on")
    assert not Answer.objects.get().is_complete


def test_nothing_cannot_be_marked_as_finished(bid, applicant):
    assert "Write an answer before you mark it as complete." in said(
        save(signed_in(applicant), bid, " ", is_complete="on")
    )


def test_a_stale_version_changes_nothing_and_offers_both_texts(bid, applicant):
    client = signed_in(applicant)
    save(client, bid, "Theirs")
    answer = save(client, bid, "Mine")
    assert answer.status_code == 409
    assert "Not saved: Somebody else has saved this answer" in said(answer)
    assert "Show both texts" in said(answer)
    assert Answer.objects.get().text == "Theirs"


def test_the_same_text_again_is_no_new_version(bid, applicant):
    client = signed_in(applicant)
    save(client, bid, "Same")
    assert save(client, bid, "Same").headers["Matchfund-Version"] == "1"


def test_a_bid_that_was_submitted_meanwhile_refuses_in_words(submitted_bid, applicant):
    answer = save(signed_in(applicant), submitted_bid, "Too late", 1)
    assert answer.status_code == 422
    assert "The bid is submitted, so it cannot be changed. Your text is still here." in said(answer)


@pytest.mark.parametrize("version", ["x", "-1", "", "9" * 30, "٣x", "NaN"])
def test_a_version_that_is_none_is_refused_in_words(bid, applicant, version):
    assert save(signed_in(applicant), bid, "Mine", version).status_code == 422


@pytest.mark.parametrize("text", ["a\0b", "x" * 400_001])
def test_a_text_that_cannot_be_kept_is_refused_in_words(bid, applicant, text):
    assert save(signed_in(applicant), bid, text).status_code == 422
    assert Answer.objects.count() == 0


def test_four_hundred_thousand_signs_of_four_bytes_are_kept(bid, applicant):
    assert save(signed_in(applicant), bid, "😀" * 400_000).status_code == 200
    assert len(Answer.objects.get().text) == 400_000


def test_another_companys_bid_is_not_there(bid, stranger):
    assert save(signed_in(stranger), bid, "Hello").status_code == 404


def test_who_is_signed_out_is_told_so(bid):
    assert save(Client(), bid, "Hello").status_code == 401


def test_the_record_holds_a_sitting_once(bid, applicant):
    client = signed_in(applicant)
    for number in range(5):
        save(client, bid, f"Text {number}", number)
    assert Event.objects.filter(verb="answer.saved").count() == 1


def test_the_record_holds_the_next_ten_minutes_and_the_next_person(bid, applicant, sme):
    question, colleague = bid.competition.questions.get(slug="summary"), person(Role.APPLICANT, sme)
    saves = [(applicant, 0), (applicant, 599), (applicant, 600), (colleague, 601), (applicant, 602)]
    for version, (by, seconds) in enumerate(saves):
        actions.save_answer(
            bid=bid, question=question, text=f"{version}", version=version, by=by,
            at=NOW + dt.timedelta(seconds=seconds), by_itself=True,
        )  # fmt: skip
    kept = Event.objects.filter(verb="answer.saved").order_by("id").values_list("changes__version", flat=True)
    assert list(kept) == [1, 3, 4, 5]


def test_each_mark_and_each_press_is_on_the_record(bid, applicant):
    client = signed_in(applicant)
    save(client, bid, "Short.")
    save(client, bid, "Short.", 1, is_complete="on")
    client.post(f"/bids/{bid.reference}/questions/summary", {"text": "Longer.", "version": 2})
    assert Event.objects.filter(verb="answer.saved").count() == 3


@pytest.mark.parametrize("size", [1, 3])
def test_a_save_takes_the_same_queries_however_much_is_written(bid, applicant, size):
    answer_all(bid, applicant, "word " * 130 * size)
    client = signed_in(applicant)
    save(client, bid, "First", 1)
    with CaptureQueriesContext(connection) as queries:
        save(client, bid, "Second", 2)
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == QUERIES
