"""Sessions end, colleagues write at the same time, minds change: no word is lost."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.states import Role
from bids.models import Answer, Bid
from tests.cast import person
from tests.journeys.cast import SAVED, Visitor, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon"),
]


def open_summary(one: Visitor, bid: Bid) -> None:
    one.open(f"/bids/{bid.reference}/")
    one.follow("Project summary")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_text_outlives_its_session(bid, applicant, visitor, script):
    ada = visitor(applicant, script=script)
    open_summary(ada, bid)
    Session.objects.all().delete()
    ada.answer.fill("We count breaths.")
    if script:
        ada.sees("Not saved: you have been signed out. Your text is still here.")
        ada.follow("Sign in to save it")
        ada.sign_in()
        expect(ada.page.locator("[data-saved]")).to_have_text(SAVED)
    else:
        ada.press("Save")
        ada.sees("Sign in, and you will find what you typed.")
        ada.sign_in()
        ada.sees("This is what you had typed before you were signed out.")
        ada.press("Save")
        ada.sees("is saved.")
    assert Answer.objects.get().text == "We count breaths."


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_two_people_in_one_answer_see_both_texts(bid, applicant, sme, visitor, script):
    ada, cleo = visitor(applicant, script=script), visitor(person(Role.APPLICANT, sme, "Cleo Colleague"), script=script)
    open_summary(ada, bid)
    open_summary(cleo, bid)
    cleo.sees("Ada Applicant is editing this now")
    cleo.answer.fill("Theirs")
    cleo.press("Save")
    cleo.sees("is saved.")
    ada.answer.fill("Mine")
    if script:
        ada.sees("Not saved: Somebody else has saved this answer")
    ada.press("Show both texts" if script else "Save")
    ada.is_at("Two versions of “Project summary”")
    ada.is_clean()
    expect(ada.answer).to_have_value("Mine")
    expect(ada.page.get_by_text("Theirs", exact=True)).to_be_visible()
    ada.answer.fill("Mine and theirs")
    ada.press("Save my text")
    ada.sees("is saved.")
    open_summary(cleo, bid)
    expect(cleo.answer).to_have_value("Mine and theirs")


def change(ada: Visitor, text: str) -> None:
    ada.follow("Reopen the bid")
    ada.press("Reopen the bid")
    ada.follow("Project summary")
    ada.answer.fill(text)
    ada.tick("I have finished this answer")
    ada.press("Save")


def test_a_bid_is_reopened_and_submitted_again_or_its_changes_are_given_up(submitted_bid, applicant, visitor, store):
    ada, path = visitor(applicant), f"/bids/{submitted_bid.reference}/"
    ada.open(path)
    change(ada, "The second version.")
    submit(ada)
    first, second = submitted_bid.versions.order_by("number")
    for sha256 in (first.sha256, second.sha256):
        ada.sees(sha256)

    ada.open(path)
    change(ada, "Never meant.")
    ada.follow("Give up the changes")
    ada.press("Give up the changes")
    ada.sees("Submitted")
    ada.open(f"{path}check")
    ada.sees("The second version.")
    ada.open(f"{path}versions/1")
    ada.sees("Because it helps patients.")
    kept = Bid.objects.get()
    assert (kept.state, kept.version, kept.versions.count()) == ("submitted", 2, 2)
    ada.clean_pages(f"{path}receipt", f"{path}versions/2", path)
