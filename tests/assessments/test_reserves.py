"""Reserves step in for seats that came free, and who does not answer is reminded."""

import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions, rules, tasks
from assessments.models import AllocationRun, Assessor, Seat
from tests.cast import organisation
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessor, write

pytestmark = pytest.mark.django_db
TYPES = (["clinical"], ["commercial"], ["methodology", "lay"])
DUE = (CLOSED + dt.timedelta(days=21)).date()


@pytest.fixture
def call_terms() -> dict:
    return {"assess_by": DUE}


@pytest.fixture
def seats(bid, assessment, fund_manager) -> list[Seat]:
    """Three seats that were given."""
    for i in range(4):
        assessor(organisation(OrganisationKind.AHSN, f"Network {i}"), types=TYPES[i % 3])
    return actions.allocate(competition=assessment, by=fund_manager, **STAFF).seats


def give_up(seat: Seat, reason: str = "too_many") -> None:
    actions.decline(seat=seat, reason=reason, by=seat.assessor.user, at=CLOSED)


def fill(assessment, at=CLOSED) -> list[Seat]:
    return actions.fill_seats(competition=assessment, at=at)


def queued() -> list[dict]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="assessments.fill_seats")]


def test_the_best_of_those_left_steps_in_and_is_told(seats, assessment):
    give_up(seats[0])
    (new,) = fill(assessment)
    assert (new.state, new.assessor_id in {seat.assessor_id for seat in seats}) == ("invited", False)
    assert Message.objects.filter(template="seats_invited", to=new.assessor.user).count() == 1
    run = AllocationRun.objects.get(is_for_reserves=True)
    assert (run.state, run.by, run.accepted_by) == ("accepted", None, None)


def test_however_many_decline_it_is_asked_for_once(seats, assessment):
    for seat in seats:
        give_up(seat)
    assert queued() == [{"competition_id": assessment.pk}]


def test_the_job_fills_them(seats, assessment):
    give_up(seats[0])
    tasks.fill_seats(assessment.pk)
    assert Seat.objects.filter(state="invited").count() == 3


def test_a_seat_that_is_taken_away_is_filled_too(seats, assessment, fund_manager):
    actions.withdraw_seat(seat=seats[0], reason="Ill", by=fund_manager, **STAFF)
    assert queued() == [{"competition_id": assessment.pk}]
    assert len(fill(assessment)) == 1


def test_nothing_happens_when_nothing_is_free(seats, assessment):
    assert fill(assessment) == []
    assert AllocationRun.objects.count() == 1


def test_nothing_happens_after_the_last_day(seats, assessment):
    give_up(seats[0])
    last = CLOSED + dt.timedelta(days=16)
    assert fill(assessment, last + dt.timedelta(days=1)) == []
    assert len(fill(assessment, last)) == 1


def test_the_last_day_can_be_set(seats, assessment, fund_manager):
    facts = {"competition": assessment, "by": fund_manager, **STAFF}
    actions.set_reserves_until(until=CLOSED.date(), **facts)
    give_up(seats[0])
    assert fill(assessment, CLOSED + dt.timedelta(days=1)) == []
    with pytest.raises(Refused, match="no later than"):
        actions.set_reserves_until(until=DUE + dt.timedelta(days=1), **facts)
    with pytest.raises(Refused, match="Only a fund manager"):
        actions.set_reserves_until(**facts | {"role": Role.AUDITOR}, until=DUE)


def test_the_officer_is_told_when_nobody_is_left(seats, assessment, fund_manager):
    give_up(seats[0])
    give_up(seats[1])
    assert len(fill(assessment)) == 1
    told = Message.objects.get(template="reserves_short")
    assert (told.to, seats[0].bid.reference in told.body) == (fund_manager, True)


def test_others_seats_take_their_part_of_what_a_reserve_takes(seats, assessment):
    Assessor.objects.update(capacity=0)
    give_up(seats[0])
    assert fill(assessment) == []


@pytest.mark.parametrize(("waited", "reminder"), [(0, None), (1, None), (2, 2), (4, 2), (5, 5), (40, 5)])
def test_invitations_are_chased_after_two_and_five_days(waited, reminder):
    assert rules.chased_after(waited) == reminder


@pytest.mark.parametrize(("left", "reminder"), [(8, None), (7, 7), (3, 7), (2, 2), (1, 1), (0, 1), (-1, None)])
def test_assessments_are_chased_seven_two_and_one_day_before(left, reminder):
    assert rules.chased_before(left) == reminder


def test_each_reminder_is_written_once(seats):
    days = [actions.chase(at=CLOSED + dt.timedelta(days=d)) for d in (1, 2, 2, 3, 5, 6)]
    assert days == [0, 3, 0, 0, 3, 0]


def test_who_has_answered_is_not_asked_again(seats):
    for seat in seats[:2]:
        actions.accept(seat=seat, by=seat.assessor.user, at=CLOSED)
    assert actions.chase(at=CLOSED + dt.timedelta(days=2)) == 1


def test_assessments_are_chased_and_daily_once_they_are_late(bid, assessment, fund_manager):
    seat = accepted_seat(bid, fund_manager)
    days = [actions.chase(at=CLOSED + dt.timedelta(days=d)) for d in (13, 14, 15, 19, 20, 21, 22, 22, 23)]
    assert days == [0, 1, 0, 1, 1, 0, 1, 0, 1]
    write(seat, [7, 7])
    actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED)
    assert actions.chase(at=CLOSED + dt.timedelta(days=24)) == 0
    assert Message.objects.filter(subject="Your assessments are late").count() == 2
