"""Who sees which bids, and what reading them costs."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.states import OrganisationKind, Role
from bids import actions, overview, queries
from bids.models import TeamMember
from bids.states import TeamRole
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft, ready, submitted

pytestmark = pytest.mark.django_db


def seen(user) -> set:
    return set(queries.visible_to(user))


def test_applicants_see_the_bids_of_their_organisations(bid, submitted_bid, applicant, stranger):
    assert seen(applicant) == {bid, submitted_bid}
    assert seen(stranger) == set()


def test_partners_see_the_bids_they_are_in(bid, submitted_bid, applicant, trust, trust_person):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert seen(trust_person) == {bid}


def test_officials_see_what_has_been_submitted(bid, submitted_bid, fund_manager, finance_officer, auditor):
    for official in (fund_manager, finance_officer, auditor):
        assert seen(official) == {submitted_bid}


def test_nobody_else_sees_a_bid(submitted_bid, network, monitoring_officer):
    others = [
        monitoring_officer,
        person(Role.ASSESSOR, network),
        person(Role.CLINICIAN, organisation(OrganisationKind.NHS_BODY)),
        AnonymousUser(),
    ]
    assert [seen(other) for other in others] == [set()] * 4


def test_no_official_reads_an_answer_that_was_not_submitted(bid, applicant, fund_manager):
    question = bid.competition.questions.first()
    actions.save_answer(bid=bid, question=question, text="Secret", version=0, by=applicant, at=NOW)
    assert queries.answers_for(fund_manager, bid) == {}
    assert queries.answers_for(applicant, bid) == {question.slug: "Secret"}


def test_a_bid_that_lacks_nothing_has_no_problems(ready_bid):
    assert queries.problems(ready_bid, NOW.date()) == []


@pytest.mark.parametrize("partners", [1, 3])
def test_the_check_costs_the_same_for_one_partner_and_three(
    competition, sme, applicant, partners, django_assert_num_queries
):
    bid = ready(competition, sme, applicant)
    for _ in range(partners - 1):
        actions.add_partner(bid=bid, organisation=organisation(), by=applicant, at=NOW)
    with django_assert_num_queries(9):
        queries.problems(bid, NOW.date())


@pytest.mark.parametrize("bids", [1, 3])
def test_a_list_of_bids_is_two_queries(competition, sme, applicant, fund_manager, bids, django_assert_num_queries):
    for i in range(bids):
        submitted(competition, sme, applicant, f"Test {i}")
        draft(competition, sme, applicant, f"Draft {i}")
    assert fund_manager.roles == {"fund_manager"}
    with django_assert_num_queries(2):
        assert len(queries.visible_to(fund_manager)) == bids


def test_one_bid_is_looked_up_by_the_rule_of_the_lists(bid, applicant, stranger, trust, trust_person):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    colleague = person(Role.APPLICANT, bid.lead)
    TeamMember.objects.create(bid=bid, user=colleague, role=TeamRole.REMOVED, by=applicant, at=NOW)
    for who, works in [(applicant, True), (trust_person, True), (stranger, False), (colleague, False)]:
        assert overview.works_on(who, bid) is overview.mine(who).filter(pk=bid.pk).exists() is works
