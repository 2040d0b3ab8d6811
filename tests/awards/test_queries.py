"""Who sees which awards and claims, in a number of queries that does not grow."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.states import OrganisationKind, Role
from awards import actions, queries, tasks
from awards.models import Letter
from tests.cast import NOW, organisation, person
from tests.cast_awards import agree, draft_claim, won_bid

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["fund_manager", "finance_officer", "auditor", "applicant", "monitoring_officer"])
def test_these_see_the_award(award, request, role):
    assert list(queries.visible_to(request.getfixturevalue(role))) == [award]


def strangers() -> list[User | AnonymousUser]:
    """Return people whom the award does not concern."""
    company, ahsn = organisation(), organisation(OrganisationKind.AHSN)
    return [
        person(Role.APPLICANT, company), person(Role.MONITORING_OFFICER, ahsn), person(Role.AHSN_LEAD, ahsn),
        person(Role.ASSESSOR, company), AnonymousUser(),
    ]  # fmt: skip


def test_nobody_else_sees_it(award):
    assert [list(queries.visible_to(user)) for user in strangers()] == [[]] * 5


def test_nobody_else_sees_its_claims(claim):
    assert [list(queries.claims_visible_to(user)) for user in strangers()] == [[]] * 5


def test_a_partner_sees_the_award_of_the_consortium(consortium, fund_manager):
    award = actions.offer(bid=consortium, by=fund_manager, role=Role.FUND_MANAGER, at=NOW)
    partner = User.objects.get(full_name="Tara Trust")
    assert list(queries.visible_to(partner)) == [award]


def test_officials_see_a_claim_once_it_is_submitted(live_award, people):
    draft = draft_claim(live_award, people)
    seen = [
        list(queries.claims_visible_to(user))
        for user in (people.applicant, people.fund_manager, people.monitoring_officer)
    ]
    assert seen == [[draft], [], []]


def test_a_submitted_claim_is_seen_by_those_who_agree_to_it(claim, people):
    officials = (people.monitoring_officer, people.fund_manager, people.finance_officer)
    assert [list(queries.claims_visible_to(user)) for user in officials] == [[claim]] * 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_awards_takes_one_query_and_one_for_conflicts(
    competition, people, count, django_assert_num_queries
):
    for _ in range(count):
        company = organisation()
        bid = won_bid(competition, company, person(Role.APPLICANT, company))
        actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert people.fund_manager.roles == {Role.FUND_MANAGER}
    with django_assert_num_queries(2):
        listed = [
            (a.bid.title, a.bid.lead.name, a.envelope.paid_pence) for a in queries.visible_to(people.fund_manager)
        ]
    assert len(listed) == count


@pytest.mark.parametrize("typed", ["{}", "{} ", "{lower}", "{bare}"])
def test_a_letter_is_found_by_its_code_however_it_is_typed(issued_award, typed):
    tasks.make_letters(at=NOW)
    letter = Letter.objects.get()
    code = letter.short_code
    assert queries.letter_by_code(typed.format(code, lower=code.lower(), bare=code.replace("-", ""))) == letter


def test_no_letter_has_another_code(accepted_award):
    assert queries.letter_by_code("ZZZZ-ZZZZ") is None


def test_the_only_letter_is_not_superseded(accepted_award):
    assert queries.is_superseded(Letter.objects.get()) is False


def test_what_is_left_by_year_falls_with_each_instruction(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    assert queries.left_by_year(claim.award) == {"2026-27": 335_417, "2027-28": 2_989_583}


def test_a_region_without_a_network_has_none():
    assert queries.network_for(organisation(region="Atlantis")) is None


def test_an_organisation_without_a_region_has_none():
    assert queries.network_for(organisation()) is None
