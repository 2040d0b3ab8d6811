"""The pages of awards: what they show, and what they let people do."""

import pytest
from django.urls import reverse

from accounts.states import OrganisationKind, Role
from awards import actions
from awards.before_letter import clean_answers
from awards.models import Award, Condition
from awards.states import AwardState
from tests.asking import get, post, queries_of, text, told
from tests.cast import NOW, organisation, person
from tests.cast_awards import STARTED, bank_on_file, won_bid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OFFICIAL_DEEDS = ("award_network", "award_start", "award_withdraw", "award_terminate", "award_complete")


def condition_of(award: Award, kind: str) -> Condition:
    return award.conditions.get(kind=kind)


def offered(competition, sme, people, count: int) -> None:
    for _ in range(count):
        bid = won_bid(competition, sme, people.applicant)
        actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)


def test_the_list_shows_the_newest_first(competition, sme, people, auditor):
    offered(competition, sme, people, 2)
    page = text(get(auditor, "awards"))
    newest, oldest = Award.objects.order_by("-pk").values_list("reference", flat=True)
    assert page.index(newest) < page.index(oldest)


def test_the_list_is_narrowed_to_a_state(award, auditor):
    assert award.reference in text(get(auditor, "awards", state="offered"))
    assert award.reference not in text(get(auditor, "awards", state="live"))


def test_a_state_that_does_not_exist_narrows_nothing_and_says_so(award, auditor):
    page = text(get(auditor, "awards", state="lost"))
    assert "There is a problem" in page
    assert award.reference in page


def test_the_list_costs_the_same_with_one_and_three(competition, sme, people, auditor):
    offered(competition, sme, people, 1)
    one = queries_of(auditor, "awards")
    offered(competition, sme, people, 2)
    assert queries_of(auditor, "awards") == one


def test_the_page_costs_the_same_with_one_and_two_partners(award, consortium, people, auditor):
    two = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert queries_of(auditor, "award", two.reference) == queries_of(auditor, "award", award.reference)


def test_the_page_tells_where_the_money_stands(claim, auditor):
    page = text(get(auditor, "award", claim.award.reference))
    assert "Grant £40,250 Claimed £7,000 Instructed £0 Paid £0 Left to claim £33,250" in page


def test_the_chart_of_months_stands_beside_its_table(award, auditor):
    page = text(get(auditor, "award", award.reference))
    assert "12 months, £40,250 in all" in page
    assert "February 2028 £3,354.16 £40,250" in page


def test_the_page_names_who_put_the_letter_forward_and_who_issued_it(issued_award, people):
    page = text(get(people.fund_manager, "award", issued_award.reference))
    assert "Frances Manager put it forward, 2 February 2027, 12:00 GMT" in page
    assert "Simon Second issued it as fund manager, 2 February 2027, 12:00 GMT" in page


@pytest.mark.parametrize(("role", "shown"), [("auditor", False), ("finance_officer", True)])
def test_conditions_lead_only_the_finance_officer_to_judge_them(role, shown, award, request):
    page = get(request.getfixturevalue(role), "award", award.reference).content.decode()
    address = reverse("condition", args=[award.reference, condition_of(award, "bank").pk])
    assert (address in page) == shown


def test_a_finance_officer_settles_a_condition(award, people):
    bank_on_file(award, people)
    bank = condition_of(award, "bank")
    answer = post(people.finance_officer, "condition", award.reference, bank.pk, rating="amber", note="Letter awaited.")
    bank = condition_of(award, "bank")
    assert (answer.status_code, bank.rating, bank.note) == (302, "amber", "Letter awaited.")
    assert told(answer) == ["Bank details checked: amber for Breathe Example Ltd."]


def test_a_rating_without_its_reason_is_refused_and_nothing_typed_is_lost(award, people):
    bank = condition_of(award, "bank")
    page = post(people.finance_officer, "condition", award.reference, bank.pk, rating="red", note=" ")
    assert "Say in the note why the rating is red." in text(page)
    assert 'value="red" checked' in page.content.decode()


def test_match_funding_that_is_not_verified_keeps_its_condition_open(award, people):
    match = condition_of(award, "match")
    page = text(post(people.finance_officer, "condition", award.reference, match.pk, rating="green", note=""))
    assert "Match funding of £0 is verified, but £17,251 is needed." in page


def test_a_condition_of_another_award_is_not_found(award, people):
    assert get(people.finance_officer, "condition", award.reference, 0).status_code == 404


def test_a_fund_manager_names_the_network(award, people):
    other = organisation(OrganisationKind.AHSN, "Another Fictional AHSN")
    post(people.fund_manager, "award_network", award.reference, network=other.pk)
    assert Award.objects.get(pk=award.pk).network == other


def test_the_project_does_not_start_before_its_day(accepted_award, people):
    answer = post(people.fund_manager, "award_start", accepted_award.reference)
    assert told(answer) == [f"The project of {accepted_award.reference} begins on 1 March 2027, not before."]


def test_the_project_starts_on_its_day(accepted_award, people, clock):
    clock(STARTED)
    assert "Start the project" in text(get(people.fund_manager, "award", accepted_award.reference))
    post(people.fund_manager, "award_start", accepted_award.reference)
    assert Award.objects.get(pk=accepted_award.pk).state == AwardState.LIVE


def test_an_offer_is_withdrawn_with_a_reason(award, people):
    assert "Fill in “Reason”." in text(post(people.fund_manager, "award_withdraw", award.reference, reason=""))
    post(people.fund_manager, "award_withdraw", award.reference, reason="The company has closed.")
    assert Award.objects.get(pk=award.pk).state == AwardState.WITHDRAWN


def test_a_deed_that_the_state_forbids_is_refused_in_words(award, people):
    page = text(post(people.fund_manager, "award_terminate", award.reference, reason="Fraud."))
    assert f"{award.reference} is now “offered, with conditions”, so this cannot be done." in page


def test_the_lead_declines(award, people):
    post(people.applicant, "award_decline", award.reference)
    assert Award.objects.get(pk=award.pk).state == AwardState.DECLINED


def test_a_partner_cannot_decline_for_the_lead(consortium, people):
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    partner = person(Role.APPLICANT, award.partners.get(is_lead=False).organisation)
    assert get(partner, "award", award.reference).status_code == 200
    assert post(partner, "award_decline", award.reference).status_code == 403


@pytest.mark.parametrize("name", OFFICIAL_DEEDS)
@pytest.mark.parametrize("role", ["auditor", "finance_officer", "monitoring_officer", "applicant"])
def test_only_a_fund_manager_may(name, role, award, request):
    assert post(request.getfixturevalue(role), name, award.reference, reason="Because.").status_code == 403


def test_a_judgement_is_told_to_its_organisation_and_to_no_other_party(consortium, people):
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    partner = person(Role.APPLICANT, award.partners.get(is_lead=False).organisation)
    facts = {
        "rating": "amber",
        "note": "Thin reserves.",
        "answers": clean_answers("viability"),
        "by": people.finance_officer,
        "at": NOW,
    }
    lead = award.conditions.get(kind="viability", organisation=award.bid.lead)
    actions.settle_condition(condition=lead, role=Role.FINANCE_OFFICER, **facts)
    told_to = [user for user in (people.applicant, people.fund_manager, partner, people.monitoring_officer)
               if "Thin reserves. Amber" in text(get(user, "award", award.reference))]  # fmt: skip
    assert told_to == [people.applicant, people.fund_manager]
    assert "The department, 2 February 2027, 12:00 GMT. Settled" in text(get(partner, "award", award.reference))
