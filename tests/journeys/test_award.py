"""From an offer to the last payment: applicant, two fund managers, two finance officers and the monitoring officer."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.states import Role
from awards.models import Award, Claim, PaymentRun
from bids import actions as bid_actions
from bids.models import Bid
from funds import watchdog
from funds.models import Envelope
from tests.cast import NOW, person
from tests.cast_awards import LINES, STARTED, STARTS_ON, fund, people, win
from tests.cast_bids import draft, lead_partner
from tests.cast_runs import payer
from tests.journeys.cast import Visitor

__all__ = ["payer", "people"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "payer"),
]
OVER = dt.datetime(2027, 6, 2, 9, 0, tzinfo=dt.UTC)
PAID = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2027-06-04T08:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{run}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>{run}-1</OrgnlPmtInfId><TxInfAndSts><OrgnlInstrId>{instruction}</OrgnlInstrId>
<OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"""


@pytest.fixture
def won(competition, sme, people) -> Bid:
    """A successful bid for three months, so that its first claim is its last: £57,501 at 70 %."""
    bid = draft(competition, sme, people.applicant)
    bid_actions.save_basics(bid=bid, start_on=STARTS_ON, months=3, by=people.applicant, at=NOW)
    fund(lead_partner(bid), people.applicant, *LINES, percent=70)
    return win(bid, people.applicant)


@pytest.fixture
def at(monkeypatch) -> Callable[[dt.datetime], None]:
    """Return a function that sets the clock."""
    return lambda day: monkeypatch.setattr(timezone, "now", lambda: day)


def offer(frances: Visitor, bid: Bid) -> Award:
    frances.open("/awards/offers/")
    frances.page.get_by_role("link", name=re.compile("Offer an award to")).click()
    frances.is_clean()
    frances.press("Offer the award")
    frances.sees("Conditions before the letter")
    return Award.objects.get()


def give_what_is_asked(ada: Visitor, award: Award) -> None:
    """Bank details and evidence of match funding, from the list of what is to be done."""
    ada.open(f"/awards/{award.reference}/")
    ada.follow("Before the letter: who has to do what")
    ada.is_clean()
    ada.follow("Give bank details")
    ada.press("Give bank details")
    ada.fill({"Name on the account": "Breathe Example Ltd", "Sort code": "12-34-56", "Account number": "12345678"})
    ada.press("Save the bank details")
    ada.sees("Waits for a check")
    ada.open(f"/awards/{award.reference}/before-the-letter")
    ada.follow("Give evidence of match funding")
    ada.page.get_by_role("link", name=re.compile("Evidence and messages")).click()
    ada.page.locator("[name=text]").fill("Our statement is attached.")
    ada.upload("Bank statement")
    ada.date("dated_on", "4 1 2027")
    ada.press("Send")
    ada.sees("Your message is sent.")


def settle(fatima: Visitor, award: Award) -> None:
    """Check the account, verify the match funding, and judge viability, due diligence and fraud risk."""
    fatima.open("/bank/")
    fatima.follow("Breathe Example Ltd")
    fatima.tick("Verified")
    fatima.fill({"How did you check it": "Called back on the number in the register."})
    fatima.press("Save")
    fatima.open(f"/awards/{award.reference}/match")
    fatima.page.get_by_role("link", name=re.compile("Open the case")).click()
    fatima.press("Verify")
    for box in fatima.page.get_by_role("checkbox").all():
        box.check()
    fatima.press("Verify")
    fatima.sees("Decisions, the newest first")
    for condition in award.conditions.all():
        fatima.open(f"/awards/{award.reference}/conditions/{condition.pk}")
        for box in fatima.page.locator("input[type=radio][value=yes]").all():
            box.check()
        fatima.page.get_by_role("radio", name="Green").check()
        fatima.press("Save the rating")
        expect(fatima.page.get_by_role("alert")).to_be_visible()
    fatima.open(f"/awards/{award.reference}/before-the-letter")
    fatima.sees("Everything stands. A fund manager can put the letter forward.")


def claim(ada: Visitor, award: Award) -> Claim:
    """Claim £40,000 of labour with its evidence, and say which match funding paid for it."""
    ada.open(f"/awards/{award.reference}/")
    ada.press("Start a claim")
    ada.page.get_by_role("radio").first.check()
    ada.press("Start the claim")
    ada.press("Add an item")
    ada.choose("Category", "labour")
    ada.fill({"What was bought, or who was paid": "Engineers", "Invoice or payroll number": "PAY-04", "Cost": "40,000"})
    ada.date("incurred_on", "30 4 2027")
    ada.upload("Payroll report")
    ada.press("Save")
    ada.is_at("What was spent?")
    ada.is_clean()
    ada.page.get_by_role("link", name=re.compile("Add match funding")).click()
    ada.page.get_by_label("Source").select_option(index=1)
    ada.fill({"What it paid for": "Engineers", "Amount": "12,000"})
    ada.date("spent_on", "30 4 2027")
    ada.fill({"If there is no evidence": "It is on the payroll report."})
    ada.press("Save")
    return submit(ada)


def submit(ada: Visitor) -> Claim:
    made = Claim.objects.get()
    ada.open(f"/claims/{made.reference}/submit")
    ada.is_clean()
    ada.tick("All items are for this project")
    ada.press("Submit the claim")
    ada.sees("Submitted")
    return Claim.objects.get()


def ask_and_answer(mo: Visitor, ada: Visitor, made: Claim) -> None:
    """Ask beside an item; the claimant answers and submits again; the question is settled."""
    mo.open("/claims/board")
    mo.follow(made.reference)
    mo.press("Query")
    mo.fill({"What do you need": "One question.", "About “Engineers”": "Who are they?"})
    mo.press("Query the claim")
    ada.open(f"/claims/{made.reference}/")
    ada.page.get_by_role("link", name=re.compile("Answer the question")).click()
    ada.fill({"Your answer": "Our two engineers."})
    ada.press("Send the answer")
    submit(ada)
    mo.open(f"/claims/{made.reference}/")
    mo.is_clean()
    mo.press("Settle: Engineers")
    mo.sees("Settled")


def send_report(ada: Visitor, award: Award, which: str, worker: Callable[[], None]) -> None:
    ada.open(f"/awards/{award.reference}/progress")
    ada.page.get_by_role("link", name=re.compile(f"Send it.*{which}")).click()
    ada.upload(which)
    ada.press("Send the report")
    ada.sees("is sent")
    worker()


def pay(felix: Visitor, fatima: Visitor, made: Claim) -> None:
    """Put a run forward, make it as another person, and take the bank's report in."""
    felix.open("/payments/new")
    felix.is_clean()
    felix.press("Put the run forward")
    felix.sees("You put this run forward, so another finance officer makes it.")
    run = PaymentRun.objects.get()
    fatima.open("/payments/")
    fatima.follow(run.reference)
    fatima.press("Make the file and instruct the payments")
    fatima.sees("The file is made, and the claims are instructed.")
    file = fatima.page.request.get(f"/payments/{run.reference}/files/pain001").text()
    assert ("<EndToEndId>MF" + made.reference in file, '<InstdAmt Ccy="GBP">28000.00' in file) == (True, True)
    part = run.parts.get()
    told = PAID.format(run=run.reference, instruction=part.instruction_id, end_to_end=f"MF{made.reference}")
    felix.open("/payments/reports/")
    upload = {"name": "pain002.xml", "mimeType": "application/xml", "buffer": told.encode()}
    felix.page.locator("input[type=file]").set_input_files(upload)
    felix.press("Take the report in")
    felix.is_clean()
    felix.open("/payments/reconciliation")
    felix.sees("The ledger and the runs agree: the difference is £0.")


def test_from_the_offer_to_the_last_payment(won, people, department, visitor, worker, at):
    frances, simon = visitor(people.fund_manager), visitor(people.second_manager)
    ada, fatima = visitor(people.applicant), visitor(people.finance_officer)
    award = offer(frances, won)
    give_what_is_asked(ada, award)
    worker()
    settle(fatima, award)
    frances.open(f"/awards/{award.reference}/")
    frances.press("Put the letter forward")
    simon.open(f"/awards/{award.reference}/")
    simon.press("Read and issue the letter")
    simon.is_clean()
    simon.press("Issue this letter")
    worker()
    ada = visitor(people.applicant)
    ada.open(f"/awards/{award.reference}/")
    ada.press("Accept the award")
    ada.fill({"Full name of the director": "Ada Applicant"})
    ada.page.get_by_role("checkbox").check()
    ada.press("Accept the award")
    ada.sees("Accepted")
    at(STARTED)
    frances = visitor(people.fund_manager)
    frances.open(f"/awards/{award.reference}/")
    frances.press("Start the project")
    at(OVER)
    ada, mo, frances = visitor(people.applicant), visitor(people.monitoring_officer), visitor(people.fund_manager)
    made = claim(ada, award)
    worker()
    ask_and_answer(mo, ada, made)
    for which in ("Statement of expenditure", "Final report"):
        send_report(ada, award, which, worker)
        mo.open(f"/awards/{award.reference}/progress")
        mo.page.get_by_role("button", name=re.compile("Accept")).first.click()
        mo.sees("is accepted")
    mo.open(f"/claims/{made.reference}/")
    mo.press("Agree after review")
    frances.open(f"/claims/{made.reference}/")
    frances.press("Approve the claim")
    felix = visitor(person(Role.FINANCE_OFFICER, department, "Felix Finance"))
    pay(felix, visitor(people.finance_officer), made)
    worker()
    ada.open(f"/claims/{made.reference}/")
    ada.sees("Paid")
    frances.open(f"/awards/{award.reference}/")
    frances.press("Complete the award")
    frances.press("Complete the award")
    frances.sees("has ended, and its money has returned")
    envelope = Envelope.objects.get(award=award)
    assert (envelope.committed_pence, envelope.paid_pence, watchdog.differences()) == (2_800_000, 2_800_000, [])
    expect(frances.page.get_by_text("Completed").first).to_be_visible()
