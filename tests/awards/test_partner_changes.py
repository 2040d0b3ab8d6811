"""Another organisation in a partner's place: conflicts of interest, ceilings and shares are looked at anew."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions as assessing
from assessments import tasks
from assessments.models import Block
from awards import actions
from awards.actions import variations
from awards.models import AwardPartner
from bids.models import LaterParty
from tests.cast import NOW, organisation
from tests.cast_assessments import assessor
from tests.cast_awards import QUARTER_OVER, STARTED, issue, settle, write_down

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
