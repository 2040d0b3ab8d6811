"""What waits for whom, as the cards of the first page tell it."""

from awards import waits
from bids.models import MatchSource
from tests.cast_awards import agree


def test_a_submitted_claim_waits_for_the_officer_of_its_network_alone(claim, people, auditor):
    everybody = [people.monitoring_officer, people.fund_manager, people.finance_officer, people.applicant, auditor]
    assert [waits.claims(user) for user in everybody] == [1, 0, 0, 0, 0]


def test_a_reviewed_claim_waits_for_a_fund_manager(claim, people):
    agree(claim, people, "review")
    assert (waits.claims(people.monitoring_officer), waits.claims(people.fund_manager)) == (0, 1)


def test_an_approved_claim_waits_for_a_run_of_finance(claim, people):
    agree(claim, people, "review", "approve")
    assert (waits.payments(people.finance_officer), waits.payments(people.fund_manager)) == (1, 0)


def test_a_bid_that_won_waits_for_its_offer(bid, people):
    assert (waits.awards(people.fund_manager), waits.awards(people.finance_officer)) == (1, 0)


def test_settled_conditions_wait_for_a_letter_to_be_put_forward(settled_award, people):
    assert waits.awards(people.fund_manager) == 1


def test_an_issued_letter_waits_for_the_lead(lettered_award, people):
    assert (waits.awards(people.applicant), waits.awards(people.fund_manager)) == (1, 0)


def test_the_desk_counts_what_a_finance_officer_can_decide(award, people):
    found = MatchSource.objects.filter(partner__bid=award.bid, state="evidenced").count()
    assert (waits.match(people.finance_officer), waits.match(people.fund_manager)) == (found, 0)
