"""The pages of claims, from the first item to the bank's reference."""

import datetime as dt

import pytest

from accounts.states import Role
from awards import actions
from awards.models import Claim
from awards.states import ClaimState
from tests.asking import get, post, queries_of, text, told
from tests.cast import organisation, person
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_june(clock) -> None:
    clock(QUARTER_OVER)


@pytest.fixture
def draft(live_award, people) -> Claim:
    return draft_claim(live_award, people)


def now(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def test_a_claim_is_started_for_a_period_that_is_over(live_award, people, sme):
    answer = post(people.applicant, "claim_start", live_award.reference, period=f"{sme.pk}:1")
    assert answer.headers["Location"] == f"/claims/{live_award.reference}-P1-C1/edit"


def test_a_period_is_offered_until_it_is_begun(live_award, people):
    assert "Breathe Example Ltd: period 1, 1 March 2027 to 31 May 2027" in text(
        get(people.applicant, "claim_start", live_award.reference)
    )
    draft_claim(live_award, people)
    assert "There is no period to claim for now." in text(get(people.applicant, "claim_start", live_award.reference))


@pytest.mark.parametrize("period", ["999999:1", "1:2", "x", ""])
def test_no_other_period_can_be_claimed(period, live_award, people):
    answer = post(people.applicant, "claim_start", live_award.reference, period=period)
    assert (answer.status_code, Claim.objects.count()) == (200, 0)


def test_a_draft_says_what_it_lacks(live_award, people):
    draft = draft_claim(live_award, people, line(incurred_on=dt.date(2026, 12, 1)))
    page = text(get(people.applicant, "claim", draft.reference))
    assert "was incurred on 1 December 2026, outside this period" in page
    assert "Submit the claim" not in page


def test_a_claim_is_submitted_with_a_declaration(draft, people):
    page = text(post(people.applicant, "claim_submit", draft.reference))
    assert "Tick the declaration to submit the claim." in page
    post(people.applicant, "claim_submit", draft.reference, is_declared="on")
    assert now(draft).state == ClaimState.SUBMITTED


def test_a_claim_pressed_twice_is_submitted_once_and_the_second_press_shows_it(draft, people):
    for _ in range(2):
        answer = post(people.applicant, "claim_submit", draft.reference, is_declared="on")
        assert answer.headers["Location"] == f"/claims/{draft.reference}/"
    assert get(people.applicant, "claim_submit", draft.reference).status_code == 302


def test_a_claim_for_nothing_is_noted_in_words(live_award, people, sme):
    facts = {"award": live_award, "organisation": sme, "number": 1, "by": people.applicant, "at": QUARTER_OVER}
    empty = actions.start_claim(**facts)
    sent = post(people.applicant, "claim_submit", empty.reference, is_declared="on")
    assert "monitoring officer takes note of it next" in told(sent)[0]
    sha256 = now(empty).content_sha256
    noted = post(people.monitoring_officer, "claim_review", empty.reference, sha256=sha256)
    assert (told(noted), now(empty).state) == ([f"Claim {empty.reference} is noted, and nothing is paid."], "nil")


def test_a_draft_is_not_for_officials(draft, people):
    assert get(people.fund_manager, "claim", draft.reference).status_code == 404
    assert draft.reference not in text(get(people.fund_manager, "claims"))


def test_three_people_agree_and_the_payment_is_recorded(claim, people):
    seen = {"sha256": claim.content_sha256}
    post(people.monitoring_officer, "claim_review", claim.reference, **seen)
    post(people.fund_manager, "claim_approve", claim.reference, **seen)
    assert "Pay it in a run" in text(get(people.finance_officer, "claim", claim.reference))
    agree(claim, people, "instruct")
    post(people.finance_officer, "claim_pay", claim.reference, bank_reference="BACS 7")
    paid = now(claim)
    assert (paid.state, paid.payment.bank_reference, paid.payment.pence) == (ClaimState.PAID, "BACS 7", 700_000)


def test_the_page_names_everybody_who_agreed(claim, people, auditor):
    agree(claim, people, "review", "approve")
    page = text(get(auditor, "claim", claim.reference))
    assert "Ada Applicant put it forward, 1 June 2027, 10:00 BST" in page
    assert "Mo Monitor reviewed it as monitoring officer, 1 June 2027, 10:00 BST" in page
    assert "Frances Manager approved it as fund manager, 1 June 2027, 10:00 BST" in page


def test_nobody_agrees_to_what_they_have_not_read(claim, people):
    answer = post(people.monitoring_officer, "claim_review", claim.reference, sha256="0" * 64)
    assert told(answer) == ["This has changed since you opened it. Read it again before you decide."]
    assert now(claim).state == ClaimState.SUBMITTED


def test_a_step_out_of_turn_is_refused_in_words(claim, people):
    answer = post(people.fund_manager, "claim_approve", claim.reference, sha256=claim.content_sha256)
    assert told(answer) == [f"Claim {claim.reference} is submitted, but this is for a claim that is reviewed."]


@pytest.mark.parametrize("role", ["auditor", "finance_officer", "fund_manager", "applicant"])
def test_only_a_monitoring_officer_reviews(role, claim, request):
    user = request.getfixturevalue(role)
    assert post(user, "claim_review", claim.reference, sha256=claim.content_sha256).status_code == 403


def test_the_claimant_reads_why_a_claim_is_queried(claim, people):
    post(people.fund_manager, "claim_query", claim.reference, reason="Which engineers?")
    page = text(get(people.applicant, "claim", claim.reference))
    assert "Queried Reason: Which engineers?" in page
    assert "Engineers in April" in page
    assert "Engineers in April" not in text(get(people.fund_manager, "claim", claim.reference))
    assert "Change the items" in page


def test_a_claim_is_rejected_with_a_reason(claim, people):
    assert "Fill in “Reason”." in text(post(people.monitoring_officer, "claim_reject", claim.reference))
    post(people.monitoring_officer, "claim_reject", claim.reference, reason="Not of this project.")
    assert (now(claim).state, now(claim).reason) == (ClaimState.REJECTED, "Not of this project.")


def test_the_officer_of_another_network_does_not_see_it(claim):
    stranger = person(Role.MONITORING_OFFICER, organisation("ahsn", "Elsewhere AHSN"))
    assert get(stranger, "claim", claim.reference).status_code == 404


def test_the_same_invoice_number_is_pointed_out_to_officials(claim, people, auditor):
    other = draft_claim(claim.award, people, line(pence=5_000, incurred_on=dt.date(2027, 7, 1)), number=2)
    actions.set_claim_lines(
        claim=other, lines=[line(pence=5_000, incurred_on=dt.date(2027, 7, 1))], match_pence=1_500,
        by=people.applicant, at=QUARTER_OVER,
    )  # fmt: skip
    actions.submit_claim(claim=other, by=people.applicant, at=QUARTER_OVER + dt.timedelta(days=92))
    page = text(get(auditor, "claim", other.reference))
    assert f"Look at {claim.reference}: invoice PAY-04 over £10,000" in page


def test_the_list_costs_the_same_with_one_and_three(claim, people, auditor):
    one = queries_of(auditor, "claims")
    for number in (2, 3):
        day = dt.date(2027, 3 * number + 2, 1)
        more = draft_claim(claim.award, people, line(invoice_number="", incurred_on=day), number=number)
        at = QUARTER_OVER + dt.timedelta(days=92 * number)
        actions.submit_claim(claim=more, by=people.applicant, at=at)
    assert queries_of(auditor, "claims") == one
    assert text(get(auditor, "claims")).count("£7,000") == 3


def test_a_claim_costs_the_same_with_one_and_three_items(live_award, people, auditor):
    draft = draft_claim(live_award, people)
    one = queries_of(people.applicant, "claim", draft.reference)
    lines = [line(pence=pence, invoice_number=f"A{pence}") for pence in (100, 200, 300)]
    actions.set_claim_lines(claim=draft, lines=lines, match_pence=180, by=people.applicant, at=QUARTER_OVER)
    assert queries_of(people.applicant, "claim", draft.reference) == one
