"""Another organisation in a partner's place: conflicts of interest, ceilings and shares are looked at anew."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions as assessing
from assessments import tasks
from assessments.models import Block
from awards import actions
from awards.actions import variations
from awards.before_letter import clean_answers
from awards.models import AwardPartner
from bids.models import LaterParty
from funds import approvals
from tests.asking import get, text
from tests.cast import NOW, organisation, person
from tests.cast_assessments import assessor
from tests.cast_awards import QUARTER_OVER, STARTED, bank_on_file, issue, line, settle, write_down

pytestmark = pytest.mark.django_db
FM = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER}


@pytest.fixture
def part(consortium, people) -> AwardPartner:
    """The trust's part of a live award: £13,000 at 100 %, £5,000 of it from elsewhere."""
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    award = issue(settle(award, people), people)
    write_down(award)
    accepted = actions.accept(award=award, name="Ada Applicant", by=people.applicant, at=NOW)
    return actions.go_live(award=accepted, at=STARTED).partners.get(is_lead=False)


def replace(part, people, kind=OrganisationKind.UNIVERSITY, **facts):
    coming = organisation(kind, "Latecomer University", **facts)
    made = variations.propose_partner(
        part=part, organisation=coming, reason="The trust merged", by=people.fund_manager, **FM
    )
    variations.agree_variation(variation=made, by=people.second_manager, **FM)
    return coming


def test_plan_and_commitment_stay_and_pass_to_the_new_one(part, people):
    coming = replace(part, people)
    lines = part.award.spend_lines.filter(organisation=coming)
    assert (AwardPartner.objects.get(pk=part.pk).organisation, sum(line.pence for line in lines)) == (coming, 800_000)


def test_an_assessor_with_an_interest_in_it_is_found_and_the_officer_told(part, people):
    bid = part.award.bid
    who = assessor()
    coming = replace(part, people)
    assessing.declare_interest(assessor=who, organisation=coming, kind="money", by=who.user, at=QUARTER_OVER)
    job = ProcrastinateJob.objects.filter(task_name=tasks.check_bid.name, args={"bid_id": bid.pk}).last()
    tasks.check_bid(**job.args)
    found = Block.objects.get(bid=bid, assessor=who)
    assert (found.part, found.matched_by) == ("partner", "organisation")


def test_a_grant_above_the_ceiling_of_its_size_is_refused(part, people):
    with pytest.raises(Refused, match="100 % is too much"):
        replace(part, people, OrganisationKind.LARGE_COMPANY)


def test_the_second_manager_is_told_that_it_waits(part, people):
    coming = organisation(OrganisationKind.UNIVERSITY, "Latecomer University")
    made = variations.propose_partner(part=part, organisation=coming, reason="M", by=people.fund_manager, **FM)
    assert Message.objects.filter(template="approval_waiting", to=people.second_manager, key__contains=made.reference)
    assert not LaterParty.objects.exists()


def claimed(part, coming):
    """Return a draft claim of the university's for £1,000 of its first period."""
    by = person(Role.APPLICANT, coming, "Una University")
    claim = actions.start_claim(award=part.award, organisation=coming, number=1, by=by, at=QUARTER_OVER)
    costs = [line(100_000, "other")]
    return actions.set_claim_lines(claim=claim, lines=costs, match_pence=0, by=by, at=QUARTER_OVER), by


def test_nobody_takes_the_place_of_one_that_has_claimed_since_not_even_by_sql(part, people):
    coming = organisation(OrganisationKind.UNIVERSITY, "Latecomer University")
    made = variations.propose_partner(part=part, organisation=coming, reason="M", by=people.fund_manager, **FM)
    by = part.organisation.memberships.first().user
    claim = actions.start_claim(award=part.award, organisation=part.organisation, number=1, by=by, at=QUARTER_OVER)
    claim = actions.set_claim_lines(
        claim=claim, lines=[line(100_000, "other")], match_pence=0, by=by, at=QUARTER_OVER
    )  # fmt: skip
    actions.submit_claim(claim=claim, by=by, at=QUARTER_OVER)
    with pytest.raises(Refused, match="has claimed, so nobody can take its place"):
        variations.agree_variation(variation=made, by=people.second_manager, **FM)
    approvals.approve(
        proposal=approvals.newest("variation", made.reference), by=people.second_manager, **FM
    )  # fmt: skip
    type(made).objects.filter(pk=made.pk).update(state="agreed")
    with pytest.raises(IntegrityError, match="has claimed, so nobody takes its place"), transaction.atomic():
        AwardPartner.objects.filter(pk=part.pk).update(organisation=coming, size=coming.size)


def test_a_claim_that_was_begun_is_gone_with_its_part_in_the_award(part, people):
    by = part.organisation.memberships.first().user
    claim = actions.start_claim(award=part.award, organisation=part.organisation, number=1, by=by, at=QUARTER_OVER)
    assert get(by, "claim_edit", claim.reference).status_code == 200
    replace(part, people)
    pages = ("claim", "claim_edit", "claim_item_add", "claim_submit")
    assert {get(by, page, claim.reference).status_code for page in pages} == {404}


def test_it_claims_only_when_it_is_rated_like_the_others_before_the_letter(part, people):
    coming = replace(part, people)
    claim, by = claimed(part, coming)
    with pytest.raises(Refused, match="Finance viability rated: a finance officer settles this before you can claim"):
        actions.submit_claim(claim=claim, by=by, at=QUARTER_OVER)
    bank_on_file(part.award, people)
    conditions = part.award.conditions.filter(organisation=coming)
    assert dict(conditions.values_list("kind", "rating")) == {
        "bank": "green", "viability": "", "due_diligence": "", "fraud": "",
    }  # fmt: skip
    rate(conditions.exclude(kind="bank"), people)
    assert actions.submit_claim(claim=claim, by=by, at=QUARTER_OVER).state == "submitted"


def rate(conditions, people, rating="green", note=""):
    for one in conditions:
        facts = {"by": people.finance_officer, "role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
        answers = clean_answers(one.kind)
        actions.settle_condition(condition=one, rating=rating, note=note, answers=answers, **facts)


def test_nobody_submits_past_a_red_rating_not_even_by_sql(part, people):
    coming = replace(part, people)
    claim, by = claimed(part, coming)
    rate(part.award.conditions.filter(organisation=coming, kind="fraud"), people, "red", "No such address")
    sql = "UPDATE awards_claim SET state='submitted', submitted_at=now(), received_at=now(), submitted_by_id=%s"
    with pytest.raises(IntegrityError, match="a condition of its partner is not settled"), transaction.atomic():
        connection.cursor().execute(f"{sql} WHERE id=%s", [by.pk, claim.pk])


def test_what_was_rated_before_the_letter_stays_as_it_was(part, people):
    coming = replace(part, people)
    with pytest.raises(Refused, match="its conditions are fixed"):
        rate(part.award.conditions.exclude(organisation=coming)[:1], people)
    for sql in ("SET note = 'x' WHERE organisation_id <> %s", "SET kind = 'match' WHERE organisation_id = %s"):
        with pytest.raises(IntegrityError, match="are fixed"), transaction.atomic():
            connection.cursor().execute(f"UPDATE awards_condition {sql}", [coming.pk])


def test_the_page_of_preparation_says_what_stands_before_its_claim(part, people):
    coming = replace(part, people)
    page = get(people.finance_officer, "award_preparation", part.award.reference)
    assert f"{coming} joined after the letter" in text(page)
    key = part.award.conditions.get(organisation=coming, kind="fraud").pk
    assert reverse("condition", args=[part.award.reference, key]) in page.content.decode()
