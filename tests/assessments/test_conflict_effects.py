"""What a conflict of interest does to seats, whom it tells, and what an officer decides; and what looks again when."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import grant_role
from accounts.models import Directors, Message
from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, queries, rechecks, tasks
from assessments.models import Assessment, Block, ConflictDecision, Seat
from audit.models import Event
from bids import tasks as bid_tasks
from bids.models import Bid
from tests.asking import get, post, text
from tests.cast import NOW
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessed, assessor, submitted_bid

pytestmark = pytest.mark.django_db


def declare(who, bid, **facts):
    facts = {"organisation": bid.lead, "kind": "money", "by": who.user, "at": CLOSED, **facts}
    return actions.declare_interest(assessor=who, **facts)


@pytest.fixture
def flagged(bid, assessment, fund_manager) -> Seat:
    """A seat whose assessment, 50 %, was in before its assessor declared money from the lead; another says 90 %."""
    assessed(bid, [9, 9], fund_manager)
    seat = assessed(bid, [5, 5], fund_manager).seat
    declare(seat.assessor, bid)
    return seat


def score_of(bid: Bid) -> str:
    return str(queries.ranked(bid.competition)[0].score)


def decide(seat, by, **facts):
    facts = {"keep": False, "reason": "Paid by the lead last year.", "by": by, **STAFF, **facts}
    return actions.decide_conflict(seat=seat, **facts)


def test_a_block_says_what_touched_which_party_and_how_it_was_found(bid):
    who = assessor()
    declare(who, bid)
    block = Block.objects.get()
    assert (block.kind, block.part, block.matched_by) == ("money", "lead", "organisation")


def test_who_loses_a_seat_and_the_officer_are_told_and_a_reserve_is_asked_for(seat):
    declare(seat.assessor, seat.bid)
    told = {m.template: (m.to, m.path) for m in Message.objects.filter(key__contains="seat.released/")}
    reference = seat.bid.competition.reference
    assert told == {
        "seat_released": (seat.assessor.user, "/assessments/"),
        "conflict_found": (seat.bid.competition.responsible_officer, f"/competitions/{reference}/manage/conflicts"),
    }
    assert ProcrastinateJob.objects.filter(task_name="assessments.fill_seats").count() == 1


def test_what_was_handed_in_does_not_count_until_it_is_decided(flagged, bid):
    assert score_of(bid) == "90.0"
    assert Assessment.objects.get(seat=flagged).left_out_reason.startswith("A conflict of interest")
    assert Message.objects.filter(template="conflict_found").count() == 1


def test_looking_again_flags_nothing_twice(flagged, bid):
    actions.check_conflicts(bid=bid, at=CLOSED)
    assert (Event.objects.filter(verb="seat.flagged").count(), Message.objects.filter(
        template="conflict_found").count()) == (1, 1)  # fmt: skip


@pytest.mark.parametrize(("keep", "score"), [(True, "70.0"), (False, "90.0")])
def test_an_officer_decides_with_a_reason(flagged, bid, fund_manager, keep, score):
    decide(flagged, fund_manager, keep=keep)
    assert (score_of(bid), list(queries.undecided_conflicts(bid.competition))) == (score, [])
    assert Event.objects.get(verb="conflict.decided").changes["is_counted"] == [False, keep]


def test_what_was_decided_stays_when_it_is_looked_for_again(flagged, bid, fund_manager):
    decide(flagged, fund_manager, keep=True)
    actions.check_conflicts(bid=bid, at=CLOSED)
    assert score_of(bid) == "70.0"


def test_a_conflict_is_decided_once(flagged, fund_manager):
    assert decide(flagged, fund_manager) == decide(flagged, fund_manager)
    with pytest.raises(Refused, match="decided already"):
        decide(flagged, fund_manager, keep=True)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"reason": "  "}, "Give a reason"),
        ({"reason": "word " * 201}, "201"),
        ({"role": "auditor"}, "manager"),
        ({"reason": "a\0b"}, "character"),
    ],
)
def test_what_is_no_decision(flagged, fund_manager, facts, words):
    with pytest.raises(Refused, match=words):
        decide(flagged, fund_manager, **facts)
    assert not ConflictDecision.objects.exists()


def test_a_seat_without_conflict_is_not_decided(seat, fund_manager):
    with pytest.raises(Refused, match="no conflict to decide"):
        decide(seat, fund_manager)


def test_the_usual_switch_cannot_count_it(flagged, fund_manager):
    with pytest.raises(Refused, match="conflict of interest"):
        actions.set_counted(seat=flagged, is_counted=True, reason="", by=fund_manager, **STAFF)


def test_the_database_does_not_count_what_is_undecided(flagged):
    with pytest.raises(IntegrityError, match="keeps this assessment from counting"), transaction.atomic():
        as_web_role("UPDATE assessments_assessment SET is_counted = TRUE WHERE seat_id = %s", flagged.pk)


def test_a_decision_is_never_changed(flagged, fund_manager):
    decide(flagged, fund_manager)
    with pytest.raises(DatabaseError, match=r"permission denied|never changed"), transaction.atomic():
        as_web_role("UPDATE assessments_conflictdecision SET is_kept = TRUE")


@pytest.mark.parametrize(
    ("name", "further"),
    [("assessment", []), ("assessment_document", [1]), ("assessment_paper", []), ("assessment_overall", [])],
)
def test_a_flagged_assessor_finds_no_page_of_the_bid(flagged, name, further):
    assert get(flagged.assessor.user, name, flagged.pk, *further).status_code == 404


def test_a_flagged_assessor_finds_nothing_of_the_bid_in_lists(flagged):
    assert flagged.bid.reference not in get(flagged.assessor.user, "assessments").content.decode()


# Looking again


def jobs(name: str) -> list:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=name)]


def test_parties_of_a_submitted_bid_that_change_are_looked_at_by_a_job(bid):
    bid_tasks.parties_changed(bid)
    assert jobs(tasks.check_bid.name) == [{"bid_id": bid.pk}]


def test_nobody_looks_at_a_first_draft(competition, sme, applicant):
    draft = Bid(pk=1, version=0)
    bid_tasks.parties_changed(draft)
    assert jobs(tasks.check_bid.name) == []


def test_the_job_finds_a_conflict(bid):
    who = assessor()
    declare(who, bid, organisation=None, organisation_name="Late Ltd")
    as_web_role("UPDATE accounts_organisation SET name = 'Late Limited' WHERE id = %s", bid.lead_id)
    tasks.check_bid(bid.pk)
    assert Block.objects.get().assessor == who


def test_a_new_declaration_looks_again(bid):
    who = assessor()
    grant_role(user=who.user, organisation=bid.lead, role=Role.APPLICANT, by=None, at=NOW)
    actions.declare_for_the_year(assessor=who, by=who.user, at=CLOSED)
    assert Block.objects.get().kind == "role"


def test_a_changed_group_is_looked_at_from_both_sides(bid):
    who = assessor()
    declare(who, bid, organisation=None, organisation_name="Late Ltd")
    as_web_role("UPDATE accounts_organisation SET name = 'Late Limited' WHERE id = %s", bid.lead_id)
    tasks.check_organisation(bid.lead_id)
    assert Block.objects.get().assessor == who


def test_every_night_all_that_is_assessed_is_looked_at(bid, assessment):
    who = assessor()
    grant_role(user=who.user, organisation=bid.lead, role=Role.APPLICANT, by=None, at=NOW)
    assert [rechecks.check_everything(CLOSED), rechecks.check_everything(CLOSED)] == [1, 0]
    assert Block.objects.get().kind == "role"


def test_a_director_of_a_party_is_kept_away(bid, assessment):
    who = assessor()
    people = [{"name": who.user.full_name, "born": "1970-05"}]
    Directors.objects.create(company_number=bid.lead.company_number, people=people, asked_at=NOW)
    actions.check_conflicts(bid=bid, at=CLOSED)
    assert (Block.objects.get().kind, who.user.full_name in Block.objects.get().because) == ("person", False)


def test_bids_of_others_are_left_alone(bid, assessment):
    declare(assessor(), submitted_bid(bid.competition))
    assert not Block.objects.filter(bid=bid).exists()


# Pages


def test_the_officer_sees_and_decides_on_the_page(flagged, fund_manager, clock):
    reference = flagged.bid.competition.reference
    assert "Money received from" in text(get(fund_manager, "competition_conflicts", reference))
    keys = (reference, flagged.pk)
    assert "Choose whether the assessment counts" in text(post(fund_manager, "conflict_decide", *keys, reason="Why."))
    post(fund_manager, "conflict_decide", *keys, answer="keep", reason="Not paid any more.")
    assert "Counts Frances Manager" in text(get(fund_manager, "competition_conflicts", reference))
    assert get(fund_manager, "conflict_decide", *keys).status_code == 404


def test_a_seat_of_another_competition_is_not_decided_there(flagged, fund_manager, clock):
    assert get(fund_manager, "conflict_decide", "DHTC-NONE", flagged.pk).status_code == 404
    assert get(fund_manager, "conflict_decide", flagged.bid.competition.reference, 10**15).status_code == 404
