"""What a person holds after pressing submit: a page, an e-mail to all, a PDF, and the bytes behind the hash."""

import datetime as dt
import hashlib
import threading

import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from bids import actions, tasks
from bids.models import Bid, BidVersion
from tests.cast import NOW, person
from tests.cast_bids import ready
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def get(user, name: str, bid: Bid, *keys: int):
    return signed_in(user).get(reverse(name, args=[bid.reference, *keys]))


def subjects() -> list[tuple[str, str]]:
    return sorted(Message.objects.exclude(template="welcome").values_list("to__full_name", "template"))


def test_the_content_handed_out_has_the_hash_of_the_receipt(submitted_bid, applicant):
    answer = get(applicant, "bid_version_content", submitted_bid, 1)
    assert hashlib.sha256(answer.content).hexdigest() == submitted_bid.versions.get().sha256
    assert answer["Content-Disposition"] == f'attachment; filename="{submitted_bid.reference}-version-1.json"'


def test_the_content_of_texts_in_all_scripts_has_the_hash_of_the_receipt(competition, sme, applicant):
    bid = ready(competition, sme, applicant)
    answer = bid.answers.first()
    facts = {"bid": bid, "question": answer.question, "version": answer.version, "by": applicant, "at": NOW}
    actions.save_answer(text='“Größe” \\ "µ" 漢字 😀 é\u0065\u0301\n\u2028', is_complete=True, **facts)
    version = actions.submit(bid=bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    handed = get(applicant, "bid_version_content", bid, 1).content
    assert hashlib.sha256(handed).hexdigest() == version.sha256


def test_the_receipt_as_a_pdf_is_the_same_each_time(submitted_bid, applicant):
    first, second = (get(applicant, "bid_version_receipt", submitted_bid, 1) for _ in range(2))
    assert (first["Content-Type"], first.content[:5]) == ("application/pdf", b"%PDF-")
    assert first.content == second.content


@pytest.mark.parametrize("name", ["bid_version_content", "bid_version_receipt", "bid_version_paper", "bid_version"])
def test_a_version_that_is_not_there_is_not_found(submitted_bid, applicant, name):
    assert get(applicant, name, submitted_bid, 2).status_code == 404


def test_everybody_on_the_bid_is_told_once(competition, sme, applicant, trust, trust_person):
    colleague = person(Role.APPLICANT, sme, "Bea Colleague")
    bid = ready(competition, sme, applicant)
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    actions.remove_partner(partner=bid.partners.get(organisation=trust), by=applicant, at=NOW)
    for _ in range(2):
        actions.submit(bid=bid, by=applicant, at=NOW, first_contact=NOW, key="once")
    for _ in range(2):
        tasks.submitted(bid.versions.get().pk)
    told = Message.objects.filter(template="bid_submitted")
    assert sorted(told.values_list("to__full_name", flat=True)) == [applicant.full_name, colleague.full_name]


def test_the_email_says_when_what_and_by_which_hash(submitted_bid):
    version = submitted_bid.versions.get()
    tasks.submitted(version.pk)
    message = Message.objects.get(template="bid_submitted")
    assert message.subject == f"Bid {submitted_bid.reference} is submitted"
    for fact in ("2 February 2027, 12:00:00 GMT", version.sha256, f"/bids/{submitted_bid.reference}/receipt"):
        assert fact in message.body


@pytest.mark.parametrize(
    ("deeds", "template"),
    [
        ([actions.reopen], "bid_reopened"),
        ([actions.reopen, actions.give_up_changes], "bid_stood"),
        ([actions.withdraw], "bid_withdrawn"),
    ],
)
def test_what_happens_to_a_bid_is_told(submitted_bid, applicant, deeds, template):
    for deed in deeds:
        deed(bid=submitted_bid, by=applicant, at=NOW)
    assert Message.objects.filter(template=template).count() == 1


def test_a_bid_that_falls_back_at_the_close_is_told_of(submitted_bid, applicant, competition):
    actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    actions.stand_all(competition=competition, at=competition.closes_at)
    assert "The competition has closed" in Message.objects.get(template="bid_stood").body


@pytest.mark.parametrize(("late", "grace"), [(1, True), (120_000, True), (120_001, False), (121_000, False)])
def test_milliseconds_decide_about_the_deadline(competition, sme, applicant, late, grace):
    bid = ready(competition, sme, applicant)
    contact = competition.closes_at + dt.timedelta(milliseconds=late)
    facts = {"bid": bid, "by": applicant, "at": contact, "first_contact": contact, "key": "k"}
    if grace:
        assert actions.submit(**facts).within_grace is True
    else:
        with pytest.raises(Refused, match="has closed"):
            actions.submit(**facts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [("same", "same"), ("one", "two")], ids=["double press", "two people"])
def test_presses_that_race_make_one_version(competition, sme, applicant, keys):
    bid = ready(competition, sme, applicant)
    start, made = threading.Barrier(2), []

    def press(key: str) -> None:
        start.wait()
        try:
            made.append(actions.submit(bid=bid, by=applicant, at=NOW, first_contact=NOW, key=key).number)
        except Refused as refused:
            made.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = 1 if keys[0] == keys[1] else "The bid is submitted, so it cannot be changed."
    assert sorted(made, key=str) == sorted([1, again], key=str)
    assert BidVersion.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name="bids.submitted").count() == 1
