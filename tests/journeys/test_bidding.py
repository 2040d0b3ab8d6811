"""A company bids with a partner company and an NHS trust, from their registration to the receipt."""

import re

import pytest
from playwright.sync_api import expect

from bids.models import Bid, MatchSource
from funds.models import AskedDocument, Competition
from tests.browser import PHONE
from tests.journeys.cast import SAVED, Visitor, attach, cost, describe, link_for, pledge, submit, text_of_download

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "registers", "store"),
]
QUESTIONS = ("Project summary", "Question 1", "Question 2")
TRUST = "MANCHESTER UNIVERSITY NHS FOUNDATION TRUST"


@pytest.fixture
def draft_competition(draft_competition) -> Competition:
    """The competition of the cast, which also asks for a plan."""
    AskedDocument.objects.create(competition=draft_competition, position=1, title="Project plan")
    return draft_competition


def begin(ada: Visitor) -> None:
    ada.open("/competitions/DHTC-T-1/")
    ada.press("Start a bid")
    ada.follow("Create an account")
    ada.sign_up()
    ada.find("Small or medium-sized company", "airway echo", "AIRWAY ECHO LTD")
    ada.tick("Small")
    ada.press("Save and continue")
    ada.fill({"Title of the project": "A breath test"})
    ada.press("Start the bid")


def bring_in(ada: Visitor, whom: Visitor, kind: str, words: str, name: str, size: str = "") -> None:
    ada.follow("Partners")
    ada.press("Add a partner")
    ada.find(kind, words, name)
    if size:
        ada.tick(size)
    ada.press("Add the partner")
    ada.follow(f"Invite somebody of {name}")
    ada.fill({"Their e-mail address": whom.email})
    ada.tick("Editor")
    ada.press("Send the invitation")
    ada.sees(f"{whom.email} is invited.")
    ada.follow("Back to the bid")


def accept(one: Visitor) -> None:
    one.open(link_for(one.email, "Work on the bid"))
    one.press("Create an account")
    one.sign_up()
    one.is_clean()
    one.press("Accept")
    one.sees("You work on the bid B000001 now.")


def answer(ada: Visitor, heading: str) -> None:
    ada.follow(heading)
    ada.answer.fill(f"{heading}: because it helps patients.")
    ada.tick("I have finished this answer")
    if ada.has_script:
        expect(ada.page.locator("[data-saved]")).to_have_text(SAVED)
        ada.follow("Back to the bid")
    else:
        ada.press("Save")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_sme_with_two_partners_from_registration_to_receipt(competition, visitor, worker, script):
    ada, ben = visitor(name="Ada Lead", script=script), visitor(name="Ben Partner", script=script, viewport=PHONE)
    tess = visitor(name="Tess Trust", script=script)
    begin(ada)
    bring_in(ada, ben, "Small or medium-sized company", "beacon", "BEACON PULSE LTD", "Medium")
    bring_in(ada, tess, "NHS body", "R0A", TRUST)
    worker()
    accept(ben)
    accept(tess)

    describe(ada)
    for heading in QUESTIONS:
        answer(ada, heading)
    cost(ada, days="225", percent="70")
    cost(ben, days="50", percent="50")
    cost(tess, days="25", percent="100")
    pledge(ada, "Own reserves", "13,500")
    pledge(ben, "Own reserves", "5,000")
    attach(ada, "Project plan")
    ada.follow("Back to the bid")
    worker()
    assert set(MatchSource.objects.values_list("documents__scan", flat=True)) == {"clean"}

    submit(ada)
    version = Bid.objects.get().versions.get()
    for fact in ("A breath test", "2 February 2027, 12:00:00 GMT", "Ada Lead", version.sha256):
        ada.sees(fact)
    receipt = text_of_download(ada, "/bids/B000001/versions/1/receipt.pdf")
    assert ("B000001" in receipt, version.sha256 in re.sub(r"\s", "", receipt)) == (True, True)
    worker()
    for one in (ada, ben, tess):
        assert link_for(one.email, "Bid B000001 is submitted") == "/bids/B000001/receipt"
    if script:
        ada.clean_pages("/bids/B000001/receipt", "/bids/B000001/", "/bids/B000001/check", "/dashboard/")
        ben.clean_pages("/bids/B000001/", "/bids/B000001/receipt")
