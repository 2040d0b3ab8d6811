"""Conditions are settled by a finance officer's judgement; the last one moves the award."""

import pytest

from accounts.actions import grant_role
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from awards import actions
from awards.before_letter import clean_answers
from awards.models import Award, Condition
from bids.models import MatchSource
from tests.cast import NOW, organisation, person
from tests.cast_awards import prove, settle

pytestmark = pytest.mark.django_db


def judge(award, kind, by, rating="green", note="", role=Role.FINANCE_OFFICER) -> Condition:
    condition = Condition.objects.get(award=award, kind=kind)
    answers = clean_answers(kind)
    return actions.settle_condition(
        condition=condition, rating=rating, note=note, answers=answers, by=by, role=role, at=NOW
    )


def state(award) -> str:
    return Award.objects.get(pk=award.pk).state


def test_a_condition_keeps_who_settled_it_and_when(award, people):
    condition = judge(award, "viability", people.finance_officer, "amber", "New account")
    assert (condition.rating, condition.note, condition.settled_by, condition.settled_at) == (
        "amber", "New account", people.finance_officer, NOW,
    )  # fmt: skip


def test_one_of_five_does_not_move_the_award(award, people):
    judge(award, "viability", people.finance_officer)
    assert state(award) == "offered"


def test_the_last_one_does(settled_award):
    assert state(settled_award) == "conditions_met"


def test_match_is_settled_when_it_is_verified_to_the_pound(award, people):
    prove(MatchSource.objects.get(), people)
    assert judge(award, "match", people.finance_officer).settled_at == NOW


def test_match_a_pound_short_is_refused(award, people):
    prove(MatchSource.objects.get(), people, pounds=17_250)
    with pytest.raises(Refused, match=r"£17,250 is verified, but £17,251 is needed\. Verify another £1 first"):
        judge(award, "match", people.finance_officer)


def test_red_keeps_a_condition_open(award, people):
    assert judge(award, "viability", people.finance_officer, "red", "No cash").settled_at is None


def test_red_takes_a_settled_award_back(settled_award, people):
    judge(settled_award, "viability", people.finance_officer, "red", "The bank called")
    assert state(settled_award) == "offered"


def test_a_judgement_can_be_mended(settled_award, people):
    judge(settled_award, "viability", people.finance_officer, "red", "The bank called")
    judge(settled_award, "viability", people.finance_officer, "amber", "It was another company")
    assert state(settled_award) == "conditions_met"


def test_what_was_judged_is_on_the_record_without_its_words(award, people):
    judge(award, "viability", people.finance_officer, "amber", "New account")
    changes = Event.objects.get(verb="condition.judged").changes
    assert (changes["kind"], changes["rating"], changes["state"]) == (
        "viability",
        ["", "amber"],
        ["offered", "offered"],
    )
    assert "New account" not in str(changes)


def test_a_fund_manager_cannot_settle(award, people):
    with pytest.raises(Refused, match="Only a finance officer"):
        judge(award, "bank", people.fund_manager, role=Role.FUND_MANAGER)


def test_a_finance_officer_of_the_recipient_cannot_settle(award, department, sme):
    insider = person(Role.FINANCE_OFFICER, department)
    grant_role(user=insider, organisation=sme, role=Role.APPLICANT, by=None, at=NOW)
    with pytest.raises(Refused, match="belong to an organisation of this award"):
        judge(award, "bank", insider)


def test_conditions_are_fixed_once_the_letter_is_issued(issued_award, people):
    with pytest.raises(Refused, match="its conditions are fixed"):
        judge(issued_award, "bank", people.finance_officer)


def test_each_partner_s_match_counts_for_itself(consortium, people):
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert settle(award, people).state == "conditions_met"


def test_a_fund_manager_names_the_network(award, people):
    other = organisation(OrganisationKind.AHSN, "Another Fictional AHSN")
    actions.assign_network(award=award, network=other, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert Award.objects.get(pk=award.pk).network == other


def test_only_a_network_monitors(award, people, sme):
    with pytest.raises(Refused, match="is no Academic Health Science Network"):
        actions.assign_network(award=award, network=sme, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
