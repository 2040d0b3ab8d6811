"""Before the letter: spend profiles put forward and approved, ineligible costs struck, large awards approved."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from awards import actions, before_letter, profiles, readiness
from awards.actions.approving import approve_large_award, propose_large_award
from awards.actions.banking import check_bank_details, enter_bank_details, look_at_bank_details
from awards.actions.papers import attach_paper
from awards.actions.profiling import approve_profile, propose_profile, send_profile_back
from awards.actions.reducing import approve_reduction, propose_reduction
from awards.before_letter import CostLine, clean_answers
from awards.models import Award, BankDetails, CostReduction, SpendLine
from awards.queries import left_by_year
from awards.scanning import record_scan
from bids.models import CostLine as BidLine
from funds import approvals
from tests.asking import get, post, text
from tests.cast import NOW, person
from tests.cast_awards import settle

pytestmark = pytest.mark.django_db
MARCH, APRIL = dt.date(2027, 3, 1), dt.date(2027, 4, 1)


def part_of(award):
    return award.partners.select_related("organisation").get(is_lead=True)


def manager(by, **more) -> dict:
    return {"by": by, "role": Role.FUND_MANAGER, "at": NOW} | more


def all_in(award, month) -> dict:
    """Return a profile with everything in one month."""
    shape = profiles.table(award, part_of(award))
    return {(month, category): pence for category, pence in shape.due.items()}


def propose(award, people, cells):
    return propose_profile(award=award, organisation=award.bid.lead_id, cells=cells, by=people.applicant, at=NOW)


def approve(award, people, proposal):
    facts = {"award": award, "organisation": award.bid.lead_id, "seen": proposal.content_sha256}
    return approve_profile(**facts, **manager(people.fund_manager))


# Spend profiles


def test_an_approved_profile_moves_the_commitment_to_its_years(award, people):
    assert left_by_year(award) == {"2026-27": 335_417, "2027-28": 3_689_583}
    approve(award, people, propose(award, people, all_in(award, APRIL)))
    assert {year: pence for year, pence in left_by_year(award).items() if pence} == {"2027-28": 4_025_000}
    assert SpendLine.objects.aggregate(all=Sum("pence"))["all"] == 4_025_000


def test_a_category_a_penny_short_is_refused(award, people):
    cells = all_in(award, APRIL)
    cells[APRIL, "labour"] -= 1
    with pytest.raises(Refused, match=r"Labour comes to £27,999\.50, £0\.01 less than its £27,999\.51"):
        propose(award, people, cells)


@pytest.mark.parametrize("cell", [(dt.date(2029, 1, 1), "labour"), (APRIL, "other"), (APRIL, "nonsense")])
def test_a_month_or_category_that_the_award_lacks_is_refused(award, people, cell):
    with pytest.raises(Refused, match="does not have"):
        propose(award, people, all_in(award, APRIL) | {cell: 0})


def test_a_profile_that_was_sent_back_is_not_approved(award, people):
    proposal = propose(award, people, all_in(award, APRIL))
    facts = {"award": award, "organisation": award.bid.lead_id}
    send_profile_back(reason="Too early.", **facts, **manager(people.fund_manager))
    with pytest.raises(Refused, match="No spend profile of this partner waits"):
        approve(award, people, proposal)


def test_only_the_partner_proposes_and_only_a_fund_manager_approves(award, people):
    with pytest.raises(Refused):
        propose_profile(award=award, organisation=award.bid.lead_id, cells={}, by=people.fund_manager, at=NOW)
    proposal = propose(award, people, all_in(award, APRIL))
    facts = {"award": award, "organisation": award.bid.lead_id, "seen": proposal.content_sha256}
    with pytest.raises(Refused):
        approve_profile(**facts, by=people.finance_officer, role=Role.FINANCE_OFFICER, at=NOW)


def test_match_funding_has_to_follow_the_profile(award, people):
    settled = settle(award, people)
    assert readiness.cover([part_of(settled)])[0].problem == ""
    late = before_letter.match_by_month(100, 1_000, [(MARCH, 500), (APRIL, 500)], [(MARCH, 40), (APRIL, 60)])
    assert before_letter.shortage(late).startswith("By the end of March 2027 £50 of match funding is needed, and £40")


def test_the_database_holds_a_profile_to_the_grant(award):
    one = SpendLine.objects.filter(month=MARCH).first()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="is not equal to its grant"):
        one.delete()


def test_a_profile_is_typed_on_a_page_and_nothing_typed_is_lost(award, people):
    page = f"{award.reference}", award.bid.lead_id
    boxes = {f"{c}_{m:%Y_%m}": f"{pence / 100:.2f}" for (m, c), pence in all_in(award, APRIL).items()}
    wrong = post(people.applicant, "award_profile", *page, **boxes | {"labour_2027_04": "lots"})
    assert "Enter a sum in pounds and pence" in text(wrong)
    assert 'value="lots"' in wrong.content.decode()
    assert post(people.applicant, "award_profile", *page, **boxes).status_code == 302
    assert "It waits for the department" in text(get(people.fund_manager, "award_profile", *page))


# Ineligible costs


def strike(award, people, description: str, pounds: str):
    line = BidLine.objects.get(partner__bid=award.bid_id, description=description)
    facts = {"award": award, "organisation": award.bid.lead_id}
    proposal = propose_reduction(
        to={line.pk: Decimal(pounds)}, reason="Bought before.", **facts, **manager(people.fund_manager)
    )
    return approve_reduction(seen=proposal.content_sha256, **facts, **manager(people.second_manager))


def test_a_struck_line_lowers_grant_match_and_commitment_together(award, people):
    part = strike(award, people, "Sensors", "0")
    assert (part.cost_pounds, part.grant_pounds, part.match_pounds) == (48_000, 33_600, 14_400)
    award = Award.objects.select_related("envelope").get()
    assert (award.grant_pence, award.envelope.committed_pence, sum(left_by_year(award).values())) == (3_360_000,) * 3
    assert SpendLine.objects.aggregate(all=Sum("pence"))["all"] == 3_360_000


def test_overheads_follow_labour(award, people):
    part = strike(award, people, "Engineer", "20000")
    assert (part.costs["labour"], part.costs["overheads"]) == (20_000, 4_000)
    assert CostReduction.objects.count() == 2


@pytest.mark.parametrize("pounds", ["40000", "40000.01", "-1"])
def test_a_line_only_falls(award, people, pounds):
    with pytest.raises(Refused, match="lies below what was asked"):
        strike(award, people, "Engineer", pounds)


def test_the_maker_does_not_approve_a_reduction(award, people):
    line = BidLine.objects.get(partner__bid=award.bid_id, description="Sensors")
    facts = {"award": award, "organisation": award.bid.lead_id} | manager(people.fund_manager)
    proposal = propose_reduction(to={line.pk: Decimal(0)}, reason="Bought before.", **facts)
    with pytest.raises(Refused, match="somebody else has to approve"):
        approve_reduction(seen=proposal.content_sha256, **facts)


def test_the_database_wants_two_people_for_a_reduction(award, people):
    proposal = approvals.propose(
        kind="eligibility", reference="x", content={}, by=people.fund_manager, role="fund_manager", at=NOW
    )
    line = BidLine.objects.filter(partner__bid=award.bid_id).first()
    with pytest.raises(IntegrityError, match="needs a second person's approval"), transaction.atomic():
        CostReduction.objects.create(
            award=award, organisation=award.bid.lead, proposal=proposal, line=line, category=line.category, was=2,
            now=1, reason="r", at=NOW,
        )  # fmt: skip


LINE = st.tuples(st.sampled_from(["labour", "materials", "other"]), st.integers(1, 10**6))


@given(
    st.lists(LINE, min_size=1, max_size=6),
    st.integers(0, 100), st.data(),
)  # fmt: skip
def test_the_identity_holds_for_any_reduction(asked, percent, data):
    lines = [CostLine(i, category, Decimal(pence) / 100) for i, (category, pence) in enumerate(asked)]
    to = {line.key: line.amount * data.draw(st.integers(0, 99)) / 100 for line in lines}
    found, _ = before_letter.reduce(lines, to, percent=Decimal(percent), other_public=0, grant_before=0)
    assert found.cost == found.grant + found.match == sum(found.costs.values())
    assert found.grant == found.cost * percent // 100


# Bank details, checklists and large awards


def bank(award, people, **more):
    facts = {"organisation": award.bid.lead, "sort_code": "12-34-56", "number": "12345678", "holder": "Breathe"}
    return enter_bank_details(**facts | {"by": people.applicant, "at": NOW} | more)


def check(details, by, outcome="verified"):
    return check_bank_details(
        details=details, outcome=outcome, note="Called back.", by=by, role=Role.FINANCE_OFFICER, at=NOW
    )


def test_checked_bank_details_settle_their_condition(award, people):
    check(bank(award, people), people.finance_officer)
    assert award.conditions.get(kind="bank").settled_by == people.finance_officer


def test_bank_details_are_not_judged_without_a_check(award, people):
    bank(award, people)
    with pytest.raises(Refused, match="no bank details that a second person has verified"):
        actions.settle_condition(
            condition=award.conditions.get(kind="bank"), rating="green", note="", by=people.finance_officer,
            role=Role.FINANCE_OFFICER, at=NOW,
        )  # fmt: skip


def test_who_enters_details_does_not_check_them_not_even_by_sql(award, people):
    details = bank(award, people)
    check = (
        "INSERT INTO awards_bankcheck (details_id, outcome, note, by_id, at) VALUES (%s, 'verified', 'x', %s, now())"
    )
    with pytest.raises(IntegrityError, match="somebody other than the person"), connection.cursor() as cursor:
        cursor.execute(check, [details.pk, people.applicant.pk])


def test_a_change_is_a_new_row_and_the_old_one_stays_in_use_until_it_is_checked(award, people):
    first = bank(award, people)
    check(first, people.finance_officer)
    second = bank(award, people, number="87654321")
    assert BankDetails.objects.count() == 2
    with pytest.raises(Refused, match="Newer bank details"):
        check(first, people.finance_officer, "refused")
    page = text(get(people.applicant, "organisation_bank", award.bid.lead_id))
    assert {"account ••••678", "account ••••321"} <= set(re.findall("account ••••[0-9]{3}", page))
    assert "87654321" not in page
    check(second, people.finance_officer)


def test_details_are_seen_in_full_by_finance_only_and_on_the_record(award, people, department):
    details = bank(award, people)
    seen = look_at_bank_details(details=details, by=people.finance_officer, role=Role.FINANCE_OFFICER, at=NOW)
    assert seen.number == "12345678"
    page = text(get(people.finance_officer, "bank_check", details.pk))
    assert "12345678" in page
    with pytest.raises(Refused):
        look_at_bank_details(details=details, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)


def judge(award, people, kind, rating, answers, note=""):
    return actions.settle_condition(
        condition=award.conditions.get(kind=kind), rating=rating, note=note, answers=answers, by=people.finance_officer,
        role=Role.FINANCE_OFFICER, at=NOW,
    )  # fmt: skip


def test_every_question_of_a_checklist_is_answered_and_a_risk_is_not_green(award, people):
    with pytest.raises(Refused, match="Answer every question"):
        judge(award, people, "fraud", "green", {})
    risky = clean_answers("fraud") | {"evidence": "no"}
    with pytest.raises(Refused, match="cannot be green"):
        judge(award, people, "fraud", "green", risky)
    assert judge(award, people, "fraud", "amber", risky, "Seen the original.").settled_at == NOW


def test_red_settles_nothing_in_the_database_either(award, people):
    with pytest.raises(IntegrityError, match="awards_red_settles_nothing"), transaction.atomic():
        award.conditions.filter(kind="fraud").update(rating="red", settled_at=NOW, settled_by=people.finance_officer)


@pytest.fixture
def large(settled_award, monkeypatch):
    """The same award, above the line that is drawn lower for it."""
    for module in (before_letter, readiness):
        monkeypatch.setattr(module, "APPROVED_ABOVE_PENCE", 4_000_000)
    monkeypatch.setattr("awards.actions.approving.APPROVED_ABOVE_PENCE", 4_000_000)
    return settled_award


def test_a_large_award_waits_for_two_people(large, people):
    assert readiness.lacks(large) == ["A grant of £40,250 is above £40,000: two people approve it on the record first."]
    proposal = propose_large_award(award=large, reason="Ranked first.", **manager(people.fund_manager))
    with pytest.raises(Refused, match="somebody else"):
        approve_large_award(award=large, seen=proposal.content_sha256, **manager(people.fund_manager))
    approve_large_award(award=large, seen=proposal.content_sha256, **manager(people.second_manager))
    assert readiness.lacks(large) == []


def test_the_task_list_says_who_does_what(award, people):
    page = text(get(people.applicant, "award_preparation", award.reference))
    assert "What Breathe Example Ltd does" in page
    assert "The letter waits for" not in page
    page = text(get(people.finance_officer, "award_preparation", award.reference))
    assert "Breathe Example Ltd has no verified bank details." in page


def test_a_partner_does_not_see_another_partner_s_bank_page(award):
    rival = person(Role.APPLICANT, award.network)
    assert get(rival, "organisation_bank", award.bid.lead_id).status_code == 404


# Papers behind judgements


@pytest.fixture
def paper(award, people):
    """A clean set of accounts behind the judgement of viability."""
    file = SimpleUploadedFile("accounts.pdf", b"%PDF-1.4\naccounts\n%%EOF\n")
    condition = award.conditions.get(kind="viability")
    made = attach_paper(condition=condition, file=file, by=people.finance_officer, role=Role.FINANCE_OFFICER, at=NOW)
    return record_scan(paper=made, clean=True, at=NOW)


def test_officials_open_a_paper_by_a_link_on_the_record(award, paper, auditor, people):
    answer = get(auditor, "condition_paper_open", award.reference, paper.pk)
    assert "accounts.pdf" in answer.headers["Location"]
    assert Event.objects.get(verb="condition.paper_opened").actor_id == auditor.pk
    assert get(people.applicant, "condition_paper_open", award.reference, paper.pk).status_code == 403


def test_a_paper_is_kept_from_its_page_and_never_changed(award, people, paper):
    sent = SimpleUploadedFile("more.pdf", b"%PDF-1.4\nmore\n%%EOF\n")
    answer = post(people.finance_officer, "condition_paper", award.reference, paper.condition_id, file=sent)
    assert (answer.status_code, paper.condition.files.count()) == (302, 2)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        paper.condition.files.filter(pk=paper.pk).delete()
