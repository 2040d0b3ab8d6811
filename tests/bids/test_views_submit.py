"""Hand a bid in through the pages."""

import datetime as dt
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import User
from bids import actions
from bids.models import Bid, BidVersion
from tests.cast import NOW
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
DECLARED = {"key": "one press", "agrees": "on"}


def post(user: User, bid: Bid, path: str, **typed) -> str:
    answer = signed_in(user).post(f"/bids/{bid.reference}/{path}", typed or {"sure": "yes"}, follow=True)
    return unescape(answer.content.decode())


def get(user: User, bid: Bid, path: str) -> str:
    return unescape(signed_in(user).get(f"/bids/{bid.reference}/{path}", follow=True).content.decode())


def state(bid: Bid) -> str:
    return Bid.objects.get(pk=bid.pk).state


def at(monkeypatch, instant: dt.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: instant)


def test_the_receipt_tells_the_second_the_version_and_the_hash(ready_bid, applicant):
    page = post(applicant, ready_bid, "submit", **DECLARED)
    version = BidVersion.objects.get()
    assert "Bid submitted" in page
    assert "2 February 2027, 12:00:00 GMT" in page
    assert version.sha256 in page
    assert "Ada Applicant" in page


def test_a_repeated_press_gives_the_same_receipt(ready_bid, applicant):
    first = post(applicant, ready_bid, "submit", **DECLARED)
    assert post(applicant, ready_bid, "submit", **DECLARED).split("<main")[1] == first.split("<main")[1]
    assert BidVersion.objects.count() == 1


def test_every_page_of_the_declaration_has_a_key_of_its_own(ready_bid, applicant):
    keys = {get(applicant, ready_bid, "submit").split('name="key" value="')[1][:32] for _ in range(2)}
    assert len(keys) == 2


def test_without_the_tick_nothing_is_submitted_and_the_key_stays(ready_bid, applicant):
    page = post(applicant, ready_bid, "submit", key="one press")
    assert "Tick the box to declare this before you submit." in page
    assert 'value="one press"' in page
    assert state(ready_bid) == "draft"


def test_everything_that_is_missing_is_told_at_once(bid, applicant):
    page = post(applicant, bid, "submit", **DECLARED)
    assert "The bid cannot be submitted yet." in page
    for sentence in ("Answer “Question 1”.", "Enter the costs of Breathe Example Ltd.", "Nobody asks for a grant."):
        assert sentence in page
    assert state(bid) == "draft"


@pytest.mark.parametrize(("late", "within_grace"), [({}, False), ({"milliseconds": 1}, True), ({"seconds": 120}, True)])
def test_the_first_contact_decides(ready_bid, applicant, monkeypatch, late, within_grace):
    at(monkeypatch, ready_bid.competition.closes_at + dt.timedelta(**late))
    page = post(applicant, ready_bid, "submit", **DECLARED)
    assert BidVersion.objects.get().within_grace == within_grace
    assert ("within the grace" in page) == within_grace


def test_who_is_too_late_reads_by_how_much(ready_bid, applicant, monkeypatch):
    at(monkeypatch, ready_bid.competition.closes_at + dt.timedelta(seconds=121))
    page = post(applicant, ready_bid, "submit", **DECLARED)
    assert "The competition has closed. The deadline was 28 February 2027, 12:00:00 GMT" in page
    assert "you reached us on 28 February 2027, 12:02:01 GMT." in page
    assert state(ready_bid) == "draft"


def test_a_person_of_a_partner_does_not_submit(ready_bid, applicant, trust, trust_person):
    actions.add_partner(bid=ready_bid, organisation=trust, by=applicant, at=NOW)
    assert "Only people of the lead organisation" in post(trust_person, ready_bid, "submit", **DECLARED)
    assert state(ready_bid) == "draft"


def test_a_bid_that_was_not_submitted_has_no_receipt(bid, applicant):
    assert "This bid has not been submitted, so there is no receipt." in get(applicant, bid, "receipt")


def test_a_reopened_bid_stands_until_it_is_submitted_again(submitted_bid, applicant):
    assert "The bid is open for changes." in post(applicant, submitted_bid, "reopen")
    assert "Until then version 1 stands." in get(applicant, submitted_bid, "")
    post(applicant, submitted_bid, "submit", **DECLARED)
    assert "Earlier versions" in get(applicant, submitted_bid, "receipt")


def test_the_version_that_stands_can_be_read_while_the_bid_is_changed(submitted_bid, applicant):
    actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    actions.save_basics(bid=submitted_bid, title="Another title", by=applicant, at=NOW)
    assert "A breath test" in get(applicant, submitted_bid, "versions/1")
    assert "Another title" in get(applicant, submitted_bid, "check")


def test_changes_can_be_given_up(submitted_bid, applicant):
    actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    actions.save_basics(bid=submitted_bid, title="Another title", by=applicant, at=NOW)
    assert "The bid stands as it was last submitted." in post(applicant, submitted_bid, "give-up")
    assert Bid.objects.get().title == "A breath test"


def test_a_bid_is_withdrawn_once_asked_again(submitted_bid, applicant):
    assert "A withdrawn bid cannot be brought back." in get(applicant, submitted_bid, "withdraw")
    assert "The bid is withdrawn." in post(applicant, submitted_bid, "withdraw")
    assert state(submitted_bid) == "withdrawn"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("reopen", "The bid is draft: only a submitted bid can be reopened."),
        ("give-up", "Only a reopened bid has changes to give up."),
    ],
)
def test_a_deed_in_the_wrong_state_is_refused_in_words(bid, applicant, path, why):
    assert why in post(applicant, bid, path)
    assert state(bid) == "draft"


def test_a_closed_competition_reopens_nothing(submitted_bid, applicant, monkeypatch):
    at(monkeypatch, submitted_bid.competition.closes_at + dt.timedelta(milliseconds=1))
    assert "the bid stands as it was submitted" in post(applicant, submitted_bid, "reopen")


@pytest.mark.parametrize("path", ["submit", "reopen", "give-up", "withdraw", "details", "questions/summary"])
def test_a_stranger_does_nothing_to_a_bid(submitted_bid, stranger, path):
    address = f"/bids/{submitted_bid.reference}/{path}"
    assert signed_in(stranger).post(address, DECLARED).status_code == 404
    assert state(submitted_bid) == "submitted"


def test_an_official_sees_no_unsubmitted_answer(submitted_bid, applicant, fund_manager, finance_officer, auditor):
    actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    question = submitted_bid.competition.questions.get(slug="summary")
    actions.save_answer(bid=submitted_bid, question=question, text="Not submitted", version=1, by=applicant, at=NOW)
    for official in (fund_manager, finance_officer, auditor):
        for path in ("", "check", "questions/summary", "versions/1"):
            assert signed_in(official).get(f"/bids/{submitted_bid.reference}/{path}").status_code == 404
