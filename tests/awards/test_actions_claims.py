"""A claim is made in arrears, within what is left, and agreed to by different people on one exact content."""

import datetime as dt

import pytest

from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from awards import actions, claim_checks, queries
from awards.models import Claim, ClaimLine
from funds.models import Approval, Proposal
from tests.cast import organisation, person
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line

pytestmark = pytest.mark.django_db
NEXT_QUARTER = QUARTER_OVER + dt.timedelta(days=92)


def start(award, by, number=1, at=QUARTER_OVER, of=None) -> Claim:
    return actions.start_claim(award=award, organisation=of or award.bid.lead, number=number, by=by, at=at)


def submit(claim, by) -> Claim:
    return actions.submit_claim(claim=claim, by=by, at=QUARTER_OVER)


def query(claim, by, role=Role.MONITORING_OFFICER, reason="Which engineer?") -> Claim:
    return actions.query_claim(claim=claim, reason=reason, by=by, role=role, at=QUARTER_OVER)


def test_a_claim_has_its_period_and_reference(live_award, people):
    claim = start(live_award, people.applicant)
    assert (claim.reference, claim.state) == (f"{live_award.reference}-P1-C1", "draft")
    assert (claim.starts_on, claim.ends_on) == (dt.date(2027, 3, 1), dt.date(2027, 5, 31))


def test_starting_it_again_opens_the_same_claim(live_award, people):
    assert start(live_award, people.applicant).pk == start(live_award, people.applicant).pk


def test_not_before_the_period_is_over(live_award, people):
    with pytest.raises(Refused, match="this period can be claimed from 1 June 2027"):
        start(live_award, people.applicant, at=dt.datetime(2027, 5, 31, 22, 59, tzinfo=dt.UTC))


def test_only_while_the_award_is_live(accepted_award, people):
    with pytest.raises(Refused, match="is accepted: claims can be made while it is live"):
        start(accepted_award, people.applicant)


def test_only_for_one_s_own_organisation(live_award):
    stranger = person(Role.APPLICANT, organisation())
    with pytest.raises(Refused, match="Only somebody who acts for this organisation"):
        start(live_award, stranger)


def test_only_by_a_partner_that_receives_grant(live_award):
    other = organisation()
    with pytest.raises(Refused, match="receives no grant"):
        start(live_award, person(Role.APPLICANT, other), of=other)


def test_lines_replace_those_before(live_award, people):
    claim = draft_claim(live_award, people, line(1), line(2))
    draft_claim(live_award, people, line(500_000))
    assert list(ClaimLine.objects.filter(claim=claim).values_list("pence", flat=True)) == [500_000]


def test_a_draft_shows_its_sums_and_problems(live_award, people):
    claim = draft_claim(live_award, people, line(6_000_000), match_pence=0)
    assert (claim.eligible_pence, claim.grant_pence) == (6_000_000, 4_025_000)
    assert len(claim_checks.problems(claim)) == 2


def test_what_cannot_be_kept_at_all_is_refused(live_award, people):
    with pytest.raises(Refused, match="must cost more than nothing"):
        draft_claim(live_award, people, line(0))


def test_a_submitted_claim_is_put_forward_with_its_exact_content(claim, people):
    proposal = Proposal.objects.get(kind="claim")
    assert (claim.state, claim.grant_pence) == ("submitted", 700_000)
    assert (proposal.reference, proposal.by, proposal.content_sha256) == (
        claim.reference, people.applicant, claim.content_sha256,
    )  # fmt: skip
    assert proposal.content["lines"][0]["invoice_number"] == "PAY-04"


def test_every_problem_is_told_at_once(live_award, people):
    early = line(6_000_000, incurred_on=dt.date(2027, 2, 28))
    with pytest.raises(Refused) as told:
        submit(draft_claim(live_award, people, early), people.applicant)
    assert len(str(told.value).split(". ")) == 3


def test_a_submitted_claim_cannot_be_changed(claim, live_award, people):
    with pytest.raises(Refused, match="is submitted and cannot be changed"):
        draft_claim(live_award, people, line(1))


def test_nor_submitted_again(claim, people):
    with pytest.raises(Refused, match="is submitted and cannot be changed"):
        submit(claim, people.applicant)


def test_what_is_claimed_is_used_up(claim, live_award, people):
    further = draft_claim(live_award, people, line(3_000_001, incurred_on=dt.date(2027, 7, 1)), number=2)
    told = claim_checks.problems(further)
    assert told[0].sentence == "Labour: £30,000.01 is claimed, but only £30,000 of the eligible cost is left."


def test_a_rejected_claim_uses_nothing_up(claim, live_award, people):
    actions.reject_claim(
        claim=claim, reason="Fraud", by=people.monitoring_officer, role=Role.MONITORING_OFFICER, at=QUARTER_OVER
    )
    further = draft_claim(live_award, people, line(4_000_000, incurred_on=dt.date(2027, 7, 1)), number=2)
    assert queries.entitlement(further).used_grant_pence == 0


def test_an_invoice_cannot_be_claimed_twice(claim, live_award, people):
    again = line(incurred_on=dt.date(2027, 7, 1), invoice_number="pay 04")
    with pytest.raises(Refused, match=f"Invoice pay 04 over the same amount is on claim {claim.reference} already"):
        submit(draft_claim(live_award, people, again, number=2), people.applicant)


def test_the_same_number_with_another_amount_is_shown_to_the_reviewer(claim, live_award, people):
    chance = line(100, incurred_on=dt.date(2027, 7, 1))
    further = submit(draft_claim(live_award, people, chance, number=2, match_pence=30), people.applicant)
    found = claim_checks.check(further, own_only=False).flags
    assert [(flag.item.pence, flag.other, flag.is_exact) for flag in found] == [(100, claim, False)]


def test_three_people_agree_and_the_money_moves(claim, people):
    agree(claim, people, "review", "approve", "instruct")
    assert list(Approval.objects.filter(proposal__kind="claim").order_by("id").values_list("step", "by")) == [
        ("review", people.monitoring_officer.pk),
        ("approve", people.fund_manager.pk),
        ("instruct", people.finance_officer.pk),
    ]


@pytest.mark.parametrize(("steps", "step"), [((), "approve"), ((), "instruct"), (("review",), "instruct")])
def test_no_step_is_left_out(claim, people, steps, step):
    claim = agree(claim, people, *steps)
    with pytest.raises(Refused, match=rf"is {claim.state}, (but this is for|and only) a claim that is"):
        agree(claim, people, step)


def test_one_person_in_two_roles_cannot_take_two_steps(claim, people, network):
    both = people.monitoring_officer
    both.memberships.create(organisation=people.fund_manager.held[0].organisation, role=Role.FUND_MANAGER)
    agree(claim, people, "review")
    both = type(both).objects.get(pk=both.pk)
    with pytest.raises(Refused, match="a different person is needed"):
        actions.approve_claim(claim=claim, by=both, role=Role.FUND_MANAGER, at=QUARTER_OVER)


def test_another_network_s_officer_cannot_review(claim, people):
    stranger = person(Role.MONITORING_OFFICER, organisation("ahsn"))
    with pytest.raises(Refused, match="is monitored by Fictional AHSN"):
        actions.review_claim(claim=claim, by=stranger, role=Role.MONITORING_OFFICER, at=QUARTER_OVER)


def test_the_claimant_cannot_review(claim, people):
    with pytest.raises(Refused, match="monitored by"):
        actions.review_claim(claim=claim, by=people.applicant, role=Role.MONITORING_OFFICER, at=QUARTER_OVER)


def test_a_queried_claim_can_be_mended(claim, live_award, people):
    query(claim, people.monitoring_officer)
    mended = submit(draft_claim(live_award, people, line(900_000), match_pence=270_000), people.applicant)
    assert (mended.state, mended.grant_pence, mended.reason) == ("submitted", 630_000, "Which engineer?")


def test_a_query_voids_what_was_agreed_even_when_nothing_changes(claim, people):
    agree(claim, people, "review", "approve")
    query(claim, people.finance_officer, role=Role.FINANCE_OFFICER)
    submit(claim, people.applicant)
    with pytest.raises(Refused, match="but this is for a claim that is reviewed"):
        agree(claim, people, "approve")
    assert Proposal.objects.filter(kind="claim").latest("id").approvals.count() == 0


def test_a_query_needs_a_reason(claim, people):
    with pytest.raises(Refused, match="Type a reason"):
        query(claim, people.monitoring_officer, reason="")


def test_a_query_comes_from_the_one_whose_turn_it_is(claim, people):
    with pytest.raises(Refused, match="Only a fund manager or monitoring officer"):
        query(claim, people.finance_officer, role=Role.FINANCE_OFFICER)


def test_a_rejected_claim_is_over(claim, people):
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER, "at": QUARTER_OVER}
    actions.reject_claim(claim=claim, reason="Not eligible", **facts)
    with pytest.raises(Refused, match="is now “rejected”"):
        actions.reject_claim(claim=claim, reason="Again", **facts)


def test_each_step_is_on_the_record(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    events = Event.objects.filter(subject=f"claim:{claim.reference}").order_by("id")
    assert [event.verb for event in events if "state" in event.changes] == [
        "claim.submitted", "claim.reviewed", "claim.approved", "claim.instructed", "claim.paid",
    ]  # fmt: skip
