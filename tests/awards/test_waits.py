"""What waits for whom, as the cards of the first page tell it."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.states import Role
from awards import profiles, waits
from awards.actions import profiling, recovering, releasing, variations
from awards.models import Underspend, Variation
from bids.models import MatchSource
from tests.asking import get, queries_of, text
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, agree


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


@pytest.fixture
def waiting_change(live_award, people):
    """A later end that the fund manager of the cast has put forward."""
    facts = {"reason": "Recruitment", "by": people.fund_manager, "role": Role.FUND_MANAGER, "at": QUARTER_OVER}
    return variations.propose_time(award=live_award, ends_on=dt.date(2028, 5, 31), **facts)


def test_a_change_waits_for_another_fund_manager_than_its_maker(waiting_change, people, auditor):
    asked = (people.fund_manager, people.second_manager, people.finance_officer, auditor)
    assert [waits.changes(user) for user in asked] == [0, 1, 0, 0]


def test_releases_recoveries_and_approvals_are_counted_together(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER, "at": QUARTER_OVER, "reason": "Left over"}
    releasing.propose_underspend(part=claim.award.partners.get(), year="2027-28", pence=100, **facts)
    recovering.propose_recovery(claim=claim, kind="repayment", pence=100, **facts)
    assert [waits.changes(user) for user in (people.second_manager, people.finance_officer)] == [2, 1]


def test_a_spend_profile_waits_for_a_fund_manager_until_it_is_decided(award, people):
    organisation = award.bid.lead_id
    part = award.partners.get()
    cells = profiles.table(award, part).cells
    profiling.propose_profile(award=award, organisation=organisation, cells=cells, by=people.applicant, at=NOW)
    assert waits.changes(people.fund_manager) == 1
    facts = {"award": award, "organisation": organisation, "by": people.fund_manager, "role": Role.FUND_MANAGER}
    profiling.send_profile_back(reason="Too early", at=NOW, **facts)
    assert waits.changes(people.fund_manager) == 0


def test_the_page_opens_exactly_what_is_counted(waiting_change, people):
    page = get(people.second_manager, "awards_waiting")
    assert f"Variation {waiting_change}: a later end" in text(page)
    assert reverse("award_changes", args=[waiting_change.award]) in page.content.decode()
    assert "Nothing about awards waits for you" in text(get(people.fund_manager, "awards_waiting"))


def test_more_changes_take_no_more_queries(claim, people):
    before = queries_of(people.second_manager, "awards_waiting")
    facts = {"award": claim.award, "kind": "time", "before": {}, "reason": "Late", "needs_two": True}
    Underspend.objects.create(
        reference="U1", part=claim.award.partners.get(), year="2027-28", pence=1, reason="x", content_sha256="0" * 64,
        by=people.fund_manager, at=NOW,
    )  # fmt: skip
    Variation.objects.create(reference="V1", after={}, content_sha256="0" * 64, by=people.fund_manager, at=NOW, **facts)
    assert queries_of(people.second_manager, "awards_waiting") == before
