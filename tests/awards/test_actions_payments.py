"""One payment per claim for ever, in the year its period ends, never above what is committed."""

import pytest

from accounts.rules import Refused
from audit.models import Event
from awards import actions, queries
from awards.models import Claim, Payment
from funds.ledger import DoesNotFit
from funds.models import Envelope, LedgerEntry
from tests.cast_awards import QUARTER_OVER, agree, another_pot, draft_claim, fill, line

pytestmark = pytest.mark.django_db


def entries(*kinds: str) -> list[tuple[str, str, str, int]]:
    rows = LedgerEntry.objects.filter(kind__in=kinds).order_by("id")
    return list(rows.values_list("kind", "reference", "year", "pence"))


def pay(claim, by, reference="BACS 1") -> Payment:
    return actions.record_payment(claim=claim, bank_reference=reference, by=by, at=QUARTER_OVER)


def claim_all(award, people) -> Claim:
    """Return a submitted claim for all that the award's costs allow."""
    lines = [line(4_000_000), line(800_000, "overheads", invoice_number=""), line(950_100, "materials")]
    claim = draft_claim(award, people, *lines, match_pence=1_725_100)
    return actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER)


def test_an_instruction_has_one_id_and_one_entry(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    payment = Payment.objects.get()
    assert (payment.end_to_end_id, payment.pence, payment.state) == (f"MF{claim.reference}", 700_000, "instructed")
    assert entries("instructed") == [("instructed", claim.reference, "2027-28", 700_000)]


def test_the_entry_names_the_content_that_three_agreed_to(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    assert LedgerEntry.objects.get(kind="instructed").proposal.content_sha256 == claim.content_sha256


def test_a_paid_claim_moves_every_counter(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    moved = Envelope.objects.filter(paid_pence=700_000, instructed_pence=700_000).values_list("kind", flat=True)
    assert sorted(moved) == ["award", "pot", "stream", "year"]


def test_the_same_news_from_the_bank_twice_changes_nothing(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    before = Event.objects.count()
    assert pay(claim, people.finance_officer).state == "paid"
    assert (len(entries("paid")), Event.objects.count()) == (1, before)


def test_other_news_about_a_paid_claim_is_refused(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    with pytest.raises(Refused, match="is now “paid”"):
        pay(claim, people.finance_officer, "BACS 2")


def test_nothing_is_paid_that_was_not_instructed(claim, people):
    with pytest.raises(Refused, match="no payment was instructed"):
        pay(claim, people.finance_officer)


def test_a_bank_reference_is_needed(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    with pytest.raises(Refused, match="Type the bank's reference"):
        pay(claim, people.finance_officer, " ")


def test_a_fund_manager_cannot_record_a_payment(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    with pytest.raises(Refused, match="Only a finance officer"):
        pay(claim, people.fund_manager)


def test_a_claim_is_instructed_once(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    with pytest.raises(Refused, match="is payment instructed, and only a claim that is approved"):
        agree(claim, people, "instruct")


def test_all_the_award_can_be_claimed_to_the_penny(live_award, people):
    """The first month's commitment lies in the year before; it follows the claim into the year of its period's end."""
    claim = claim_all(live_award, people)
    agree(claim, people, "review", "approve", "instruct", "pay")
    assert entries("released", "instructed", "paid") == [
        ("released", f"{claim.reference}/2026-27", "2026-27", 335_417),
        ("instructed", claim.reference, "2027-28", 4_025_000),
        ("paid", claim.reference, "2027-28", 4_025_000),
    ]
    assert queries.left_by_year(live_award) == {"2026-27": 0, "2027-28": 0}


def test_a_year_without_room_holds_the_payment_back(live_award, people):
    claim = agree(claim_all(live_award, people), people, "review", "approve")
    stream, officials = (
        live_award.bid.competition.stream,
        {"by": people.fund_manager, "approver": people.second_manager},
    )
    pot = another_pot(stream, 96_310_417, **officials)
    fill(pot, 96_310_417, by=people.fund_manager, year="2027-28")
    with pytest.raises(DoesNotFit, match="has not enough left to commit"):
        agree(claim, people, "instruct")
    assert (entries("instructed"), Claim.objects.get(pk=claim.pk).state) == ([], "approved")
