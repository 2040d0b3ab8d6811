"""A deadline moves to a later time, on two people's word, in public, and everybody is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from funds import actions, approvals, rules
from funds.models import Change, Competition
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
CLOSES = NOW + 26 * DAY


@pytest.fixture
def facts(competition) -> dict:
    """What deeds on the published competition take."""
    return {"competition": competition, "role": Role.FUND_MANAGER, "at": NOW}


@pytest.fixture
def proposal(facts, fund_manager):
    """Two days more, put forward."""
    return actions.propose_deadline(closes_at=CLOSES + 2 * DAY, reason="Late briefing.", by=fund_manager, **facts)


def closes_at() -> dt.datetime:
    return Competition.objects.get().closes_at


def test_a_second_person_moves_it(facts, proposal, second_manager):
    actions.approve_deadline(sha256=proposal.content_sha256, by=second_manager, **facts)
    assert closes_at() == CLOSES + 2 * DAY
    change = Change.objects.get()
    assert change.what == "The competition closes 2 March 2027, 12:00 GMT (it was 28 February 2027, 12:00 GMT)."
    assert (change.kind, change.reason) == ("deadline", "Late briefing.")


def test_a_proposal_alone_moves_nothing(proposal, second_manager):
    assert (closes_at(), Change.objects.count()) == (CLOSES, 0)
    assert [m.to for m in Message.objects.filter(key__startswith="deadline.proposed")] == [second_manager]


def test_the_maker_does_not_approve(facts, proposal, fund_manager):
    with pytest.raises(Refused, match="somebody else has to approve"):
        actions.approve_deadline(sha256=proposal.content_sha256, by=fund_manager, **facts)
    assert closes_at() == CLOSES


def test_what_was_not_read_is_not_approved(facts, proposal, fund_manager, second_manager):
    actions.propose_deadline(closes_at=CLOSES + 9 * DAY, reason="Later still.", by=fund_manager, **facts)
    with pytest.raises(Refused, match="has changed since you opened it"):
        actions.approve_deadline(sha256=proposal.content_sha256, by=second_manager, **facts)


def test_an_approval_moves_it_once(facts, proposal, second_manager):
    approve = {"sha256": proposal.content_sha256, "by": second_manager, **facts}
    actions.approve_deadline(**approve)
    with pytest.raises(Refused, match="No new deadline waits"):
        actions.approve_deadline(**approve)


def test_it_is_sent_back(facts, proposal, fund_manager, second_manager):
    actions.send_deadline_back(reason="No.", by=second_manager, **facts)
    with pytest.raises(Refused, match="No new deadline waits"):
        actions.approve_deadline(sha256=proposal.content_sha256, by=second_manager, **facts)
    assert Message.objects.get(template="sent_back").to == fund_manager


@pytest.mark.parametrize("later", [-DAY, dt.timedelta(0), -26 * DAY])
def test_it_never_becomes_earlier(facts, fund_manager, later):
    with pytest.raises(Refused, match="only move to a later time"):
        actions.propose_deadline(closes_at=CLOSES + later, reason="Sooner", by=fund_manager, **facts)


@pytest.mark.parametrize("reason", ["", " ", "x" * 2_001])
def test_it_needs_a_reason(facts, fund_manager, reason):
    with pytest.raises(Refused, match="Give a reason"):
        actions.propose_deadline(closes_at=CLOSES + DAY, reason=reason, by=fund_manager, **facts)


@pytest.mark.parametrize("call_terms", [{"assess_by": dt.date(2027, 3, 1)}])
def test_the_dates_that_follow_are_moved_first(facts, fund_manager):
    with pytest.raises(Refused, match="Correct that date first"):
        actions.propose_deadline(closes_at=CLOSES + 9 * DAY, reason="Later", by=fund_manager, **facts)


def test_a_draft_has_no_deadline_to_move(draft_competition, fund_manager):
    facts = {"competition": draft_competition, "role": Role.FUND_MANAGER, "at": NOW}
    with pytest.raises(Refused, match="Only the deadline of a competition that is published"):
        actions.propose_deadline(closes_at=CLOSES + DAY, reason="Later", by=fund_manager, **facts)


def test_a_proposal_whose_deadline_has_passed_is_out_of_date(facts, proposal, second_manager):
    late = facts | {"at": CLOSES + 3 * DAY}
    with pytest.raises(Refused, match="out of date"):
        actions.approve_deadline(sha256=proposal.content_sha256, by=second_manager, **late)


def test_after_closing_only_an_outage_of_ours_moves_it(facts, fund_manager, second_manager):
    closed = facts | {"at": CLOSES + 30 * MINUTE}
    new = {"closes_at": CLOSES + DAY, "reason": "We were away.", "by": fund_manager}
    with pytest.raises(Refused, match="moves only for an outage of ours"):
        actions.propose_deadline(**new, **closed)
    outage = (CLOSES - 20 * MINUTE, CLOSES - 10 * MINUTE)
    proposal = actions.propose_deadline(**new, outage=outage, **closed)
    actions.approve_deadline(sha256=proposal.content_sha256, by=second_manager, **closed)
    assert closes_at() == CLOSES + DAY


@pytest.mark.parametrize(
    ("began", "minutes", "counts"),
    [(20, 6, True), (20, 5, False), (125, 6, False), (125, 11, True), (3, 60, False), (-10, 60, False)],
)
def test_an_outage_counts_above_five_minutes_of_the_last_two_hours(began, minutes, counts):
    away = CLOSES - began * MINUTE
    facts = {"now": CLOSES + MINUTE, "before": CLOSES, "after": CLOSES + DAY, "outage": (away, away + minutes * MINUTE)}
    if counts:
        return rules.deadline_may_move(**facts)
    with pytest.raises(Refused, match="more than 5 minutes"):
        rules.deadline_may_move(**facts)


@given(st.integers(-10_000, 10_000), st.integers(-10_000, 10_000))
def test_no_deadline_moves_into_the_past_or_backwards(now, after):
    facts = {"now": CLOSES + now * MINUTE, "before": CLOSES, "after": CLOSES + after * MINUTE}
    try:
        rules.deadline_may_move(**facts, outage=(CLOSES - 60 * MINUTE, CLOSES))
    except Refused:
        return
    assert facts["after"] > max(facts["now"], CLOSES)


def sql(instant: dt.datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE funds_competition SET closes_at = %s", [instant])


def test_the_database_moves_no_deadline_without_two_people(proposal, second_manager):
    with pytest.raises(IntegrityError, match="moves by two people"):
        sql(CLOSES + 2 * DAY)
    approvals.approve(proposal=proposal, by=second_manager, role=Role.FUND_MANAGER, at=NOW)
    with pytest.raises(IntegrityError, match="moves by two people"):
        sql(CLOSES + 3 * DAY)
    with pytest.raises(IntegrityError, match="can only be later"):
        sql(CLOSES - DAY)
    sql(CLOSES + 2 * DAY)
    assert closes_at() == CLOSES + 2 * DAY


def test_an_approved_move_replaced_by_a_newer_proposal_moves_nothing(facts, proposal, fund_manager, second_manager):
    approvals.approve(proposal=proposal, by=second_manager, role=Role.FUND_MANAGER, at=NOW)
    actions.propose_deadline(closes_at=CLOSES + 5 * DAY, reason="Later still.", by=fund_manager, **facts)
    with pytest.raises(IntegrityError, match="moves by two people"):
        sql(CLOSES + 2 * DAY)
