"""Whoever has the next step of a claim, or is the second person of a deed, is told by e-mail; nobody else is."""

import datetime as dt

import pytest

from accounts.models import Message
from accounts.states import Role
from assessments.models import Assessor, Block
from awards import officials
from awards.actions import recovering, runs, suspending, variations
from tests.cast import NOW, person
from tests.cast_awards import QUARTER_OVER, agree, instruct
from tests.cast_runs import report, verified

pytestmark = pytest.mark.django_db
FM = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER}


@pytest.fixture
def told(people):
    """Return a function that tells to whom of the cast a template was written about something."""

    def names(template: str, about: str) -> set[str]:
        to = set(Message.objects.filter(template=template, subject__contains=about).values_list("to", flat=True))
        return {name for name, user in vars(people).items() if user.pk in to}

    return names


def test_each_official_hears_of_a_claim_when_it_is_their_turn(claim, people, told):
    agree(claim, people, "review")
    assert told("claim_to_approve", claim.reference) == {"fund_manager", "second_manager"}
    assert told("claim_to_pay", claim.reference) == set()
    agree(claim, people, "approve")
    assert told("claim_to_pay", claim.reference) == {"finance_officer"}


def test_the_other_finance_officer_hears_of_a_run(claim, people, told):
    verified(claim.organisation, entered_by=people.applicant, by=people.finance_officer)
    claim = agree(claim, people, "review", "approve")
    other = person(Role.FINANCE_OFFICER, people.finance_officer.held[0].organisation)
    facts = {"role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
    run = runs.propose_run(claims=[claim], pay_on=QUARTER_OVER.date(), by=other, **facts)
    assert told("approval_waiting", f"{run.reference} of 1 claim, £7,000") == {"finance_officer"}
    assert not Message.objects.filter(template="approval_waiting", to=other).exists()


def test_everybody_who_acts_for_the_claimant_hears_that_the_bank_sent_it_back(claim, people):
    colleague = person(Role.APPLICANT, claim.organisation, "Cleo Colleague")
    claim = instruct(agree(claim, people, "review", "approve"), people)
    report(f"MF{claim.reference},returned,AC04,", by=people.finance_officer)
    found = Message.objects.filter(template="claim_payment_returned")
    assert set(found.values_list("to", flat=True)) == {people.applicant.pk, colleague.pk}


def test_second_people_hear_of_changes_and_of_payments_held(live_award, people, told):
    facts = {"award": live_award, "reason": "Late", "by": people.fund_manager}
    variations.propose_time(ends_on=dt.date(2028, 5, 31), **facts, **FM)
    suspending.suspend(**facts, **FM)
    assert told("approval_waiting", live_award.reference) == {"second_manager"}
    assert told("payments_held", live_award.reference) == {"second_manager"}


def test_money_asked_back_is_told_to_all_who_may_demand_it(claim, people, told):
    agree(claim, people, "review", "approve", "instruct", "pay")
    facts = {"kind": "clawback", "pence": 100, "reason": "Twice", "by": people.fund_manager}
    recovering.propose_recovery(claim=claim, **facts, **FM)
    assert told("approval_waiting", f"asking £1 of claim {claim.reference}") == {"second_manager", "finance_officer"}


def test_nobody_is_told_who_may_not_act(live_award, people):
    own = Assessor.objects.create(user=people.fund_manager, capacity=1, types=["clinical"])
    Block.objects.create(bid=live_award.bid, assessor=own, because="Employer", found_at=NOW)
    party = people.second_manager.memberships.create(organisation=live_award.bid.lead, role=Role.APPLICANT)
    told = officials.of(live_award, [Role.FUND_MANAGER])
    assert not {people.fund_manager, people.second_manager} & set(told)
    party.delete()
    assert people.second_manager in told.all()
