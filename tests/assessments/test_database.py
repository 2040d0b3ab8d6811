"""What PostgreSQL refuses when Python is bypassed: SQL as the role that serves pages."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from assessments import actions
from assessments.models import Assessment, Block, Decision, Seat
from funds import approvals
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessed, assessor, write
from tests.cast_panel import minuted

pytestmark = pytest.mark.django_db


def refused(words: str):
    """Expect the database to refuse with these words."""
    return pytest.raises((IntegrityError, ProgrammingError), match=words)


def block(bid, who):
    return Block.objects.create(bid=bid, assessor=who, because="Shareholding", found_at=CLOSED)


def test_no_seat_for_a_blocked_pair(bid):
    who = assessor()
    block(bid, who)
    with refused("a conflict of interest blocks this assessor"), transaction.atomic():
        as_web_role(
            "INSERT INTO assessments_seat (bid_id, assessor_id, state, invited_at, decline_reason, withdrawn_reason)"
            " VALUES (%s, %s, 'invited', now(), '', '')",
            bid.pk, who.pk,
        )  # fmt: skip


def test_no_acceptance_of_a_blocked_seat(bid, assessment, fund_manager):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    block(bid, seat.assessor)
    with refused("a conflict of interest blocks"), transaction.atomic():
        as_web_role("UPDATE assessments_seat SET state = 'accepted' WHERE id = %s", seat.pk)


@pytest.mark.parametrize("sql", ["UPDATE assessments_block SET because = 'x'", "DELETE FROM assessments_block"])
def test_a_block_is_for_good(bid, sql):
    block(bid, assessor())
    with refused("permission denied|never changed or deleted"), transaction.atomic():
        as_web_role(sql)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE assessments_score SET points = 10", "its assessment is submitted: scores are fixed"),
        ("DELETE FROM assessments_score", "its assessment is submitted: scores are fixed"),
        ("UPDATE assessments_assessment SET is_fundable = FALSE", "is submitted and cannot be changed"),
        ("UPDATE assessments_assessment SET submitted_at = now()", "is submitted and cannot be changed"),
        ("UPDATE assessments_assessment SET is_counted = FALSE", "assessments_left_out_has_reason"),
        ("UPDATE assessments_seat SET state = 'invited'", "cannot go from accepted to invited"),
        ("UPDATE assessments_seat SET invited_at = now()", "cannot be changed"),
        ("DELETE FROM assessments_seat", "cannot be changed"),
    ],
)
def test_what_is_handed_in_is_fixed(bid, assessment, fund_manager, sql, words):
    assessed(bid, [7, 7], fund_manager)
    with refused(words), transaction.atomic():
        as_web_role(sql)


@pytest.mark.parametrize("points", [11, -1])
def test_points_beyond_the_scale(seat, points):
    write(seat, [7, 7])
    with refused("assessments_points_0_to_10|points_check"), transaction.atomic():
        as_web_role("UPDATE assessments_score SET points = %s", points)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE assessments_score SET points = NULL WHERE question_id = %s",
        "UPDATE assessments_score SET reason = ' ' WHERE question_id = %s",
        "DELETE FROM assessments_score WHERE question_id = %s",
    ],
)
def test_nothing_is_handed_in_with_points_or_a_reason_missing(seat, spoil):
    write(seat, [7, 7])
    as_web_role(spoil, seat.bid.competition.questions.get(slug="question-2").pk)
    with refused("points or a reason are missing on question-2"), transaction.atomic():
        as_web_role("UPDATE assessments_assessment SET state = 'submitted', submitted_at = now()")


def test_nothing_is_handed_in_without_the_judgement(seat):
    write(seat, [7, 7])
    as_web_role("UPDATE assessments_assessment SET is_fundable = NULL")
    with refused("assessments_submitted_whole"), transaction.atomic():
        as_web_role("UPDATE assessments_assessment SET state = 'submitted', submitted_at = now()")


@pytest.mark.parametrize("state", ["invited", "declined", "withdrawn"])
def test_only_an_accepted_seat_is_assessed(bid, assessment, fund_manager, state):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    as_web_role("UPDATE assessments_seat SET state = %s, decline_reason = 'too_many' WHERE id = %s", state, seat.pk)
    with refused("only an accepted seat can be assessed"), transaction.atomic():
        Assessment.objects.create(seat=seat)


def test_an_assessor_sits_once_on_a_bid(seat):
    with refused("assessments_one_seat_per_pair"), transaction.atomic():
        Seat.objects.create(bid=seat.bid, assessor=seat.assessor, invited_at=CLOSED)


@pytest.fixture
def proposal(bid, assessment, fund_manager):
    """A decision that nobody has approved: the bid is successful with 70.0 %."""
    assessed(bid, [7, 7], fund_manager)
    competition = actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    minuted(competition, {bid.reference: "successful"})
    return actions.propose_decision(competition=competition, by=fund_manager, **STAFF)


def decide(bid, proposal, **facts) -> None:
    values = {"outcome": "successful", "rank": 1, "score": "70.0", "spread": "0.0", "counted": 1, **facts}
    with transaction.atomic():
        as_web_role(
            "INSERT INTO assessments_decision (bid_id, proposal_id, meeting_id, outcome, rank, score, spread, counted,"
            " override_reason, change_reason, at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', now())",
            bid.pk, proposal.pk, proposal.content.get("meeting"), *values.values(),
        )  # fmt: skip


def test_no_decision_without_a_second_person(bid, proposal):
    with refused("a decision needs a second person's approval"):
        decide(bid, proposal)


@pytest.mark.parametrize(
    "facts",
    [{"outcome": "reserve"}, {"rank": 2}, {"score": "99.0"}, {"score": None}, {"spread": "1.0"}, {"counted": 3}],
)
def test_no_decision_but_the_one_approved(bid, proposal, second_manager, facts):
    approvals.approve(proposal=proposal, by=second_manager, role="fund_manager", at=CLOSED)
    with refused("not what was proposed and approved|not what the minutes say"):
        decide(bid, proposal, **facts)
    decide(bid, proposal)
    assert Decision.objects.count() == 1


def test_an_approval_of_something_else_decides_nothing(bid, fund_manager, second_manager):
    content = {
        "bids": {bid.reference: {"outcome": "successful", "rank": 1, "score": "70.0", "spread": "0.0", "counted": 1}}
    }
    other = approvals.propose(kind="letter", reference="DHTC-T-1", content=content, by=fund_manager, **STAFF)
    approvals.approve(proposal=other, by=second_manager, role="fund_manager", at=CLOSED)
    with refused("rests on the agreed minutes"):
        decide(bid, other)


def test_a_decision_is_never_changed(bid, proposal, second_manager):
    actions.approve_decision(competition=bid.competition, by=second_manager, **STAFF)
    for sql in ("UPDATE assessments_decision SET outcome = 'reserve'", "DELETE FROM assessments_decision"):
        with refused("permission denied|never changed or deleted"), transaction.atomic():
            as_web_role(sql)
