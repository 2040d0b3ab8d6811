"""Feedback: released to everybody at once after the decision; an applicant reads scores and reasons, never a name."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, feedback, tasks
from assessments.models import FeedbackRelease
from tests.asking import get, post, queries_of, text
from tests.cast import person
from tests.cast_assessments import STAFF, assessed, submitted_bid
from tests.cast_panel import decided as decided_by_panel

pytestmark = pytest.mark.django_db
UNTIL = STAFF["at"].date() + dt.timedelta(days=20)


@pytest.fixture
def decided(assessment, fund_manager, second_manager):
    """Two bids, of 90 and 60 per cent (two assessors) and of 40 per cent; the first is funded."""
    first = submitted_bid(assessment)
    assessed(first, [9, 9], fund_manager)
    assessed(first, [6, 6], fund_manager)
    assessed(submitted_bid(assessment), [4, 4], fund_manager)
    facts = {"competition": assessment, **STAFF}
    actions.go_to_panel(by=fund_manager, **facts)
    second = assessment.bids.exclude(pk=first.pk).get()
    outcomes = {first.reference: "successful", second.reference: "unsuccessful"}
    decided_by_panel(assessment, outcomes, fund_manager, second_manager)
    assessment.refresh_from_db()
    return assessment


@pytest.fixture
def winner(decided):
    """The funded bid."""
    return decided.bids.get(state="successful")


def release(competition, by, **changed) -> FeedbackRelease:
    facts = {"outliers": "One score stood alone and was discussed.", "complaints_until": UNTIL}
    return actions.release_feedback(competition=competition, by=by, **(STAFF | facts | changed))


def test_everybody_on_a_bid_is_told_once(decided, winner, fund_manager):
    people = [person(Role.APPLICANT, winner.lead) for _ in range(2)]
    released = release(decided, fund_manager)
    for _ in range(2):
        tasks.tell_of_release(released.pk)
    told = Message.objects.filter(template="feedback_released").values_list("address", flat=True)
    assert sorted(told) == sorted(who.email for who in people)


def test_a_worker_writes_to_them(decided, fund_manager):
    release(decided, fund_manager)
    release(decided, fund_manager)
    assert ProcrastinateJob.objects.filter(task_name="assessments.tell_of_release").count() == 1


def test_nothing_is_released_before_the_decision_whoever_writes(assessment, fund_manager):
    facts = {"outliers": "None.", "complaints_until": UNTIL, "by": fund_manager, "at": STAFF["at"]}
    with pytest.raises(DatabaseError, match="released after the decision"):
        FeedbackRelease.objects.create(competition=assessment, **facts)


def test_nothing_is_released_before_the_decision(assessment, fund_manager):
    with pytest.raises(Refused, match="after the panel's decision"):
        release(assessment, fund_manager)


def test_only_a_fund_manager_releases(decided, finance_officer):
    with pytest.raises(Refused, match="Only a fund manager"):
        release(decided, finance_officer, role="finance_officer")


@pytest.mark.parametrize("days", [9, 367])
def test_there_must_be_time_to_complain(decided, fund_manager, days):
    with pytest.raises(Refused, match="at least 10 days"):
        release(decided, fund_manager, complaints_until=STAFF["at"].date() + dt.timedelta(days=days))


@pytest.mark.parametrize("said", ["", "   ", "word " * 201])
def test_applicants_must_be_told_how_outliers_were_treated(decided, fund_manager, said):
    with pytest.raises(Refused):
        release(decided, fund_manager, outliers=said)


def test_a_release_stands(decided, fund_manager):
    release(decided, fund_manager)
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_feedbackrelease SET outliers = 'none'")


def test_before_the_release_an_applicant_reads_no_score(winner):
    page = text(get(person(Role.APPLICANT, winner.lead), "bid_feedback", winner.reference))
    assert "Feedback is not released yet" in page
    assert "Your score" not in page


def test_an_applicant_reads_scores_and_reasons(decided, winner, fund_manager):
    release(decided, fund_manager)
    page = text(get(person(Role.APPLICANT, winner.lead), "bid_feedback", winner.reference))
    assert "Your score 75% Rank 1 of 2" in page
    assert "Question 1: 7.5 of 10" in page
    assert "One score stood alone and was discussed." in page


def test_no_assessor_is_named(decided, winner, fund_manager):
    release(decided, fund_manager)
    page = get(person(Role.APPLICANT, winner.lead), "bid_feedback", winner.reference).content.decode()
    names = [str(seat.assessor.user) for seat in winner.seats.all()]
    assert [name for name in names if name in page] == []


def test_work_that_does_not_count_is_not_shown(decided, winner):
    scored, overall = feedback.of(winner)
    assert [[given.points for given in one.given] for one in scored] == [[9, 6], [9, 6]]
    assert [one.number for one in overall] == [1, 2]


def test_the_distribution_shows_the_line(decided):
    found = feedback.distribution(decided)
    assert (found.lowest, found.middle, found.highest, found.line) == tuple(map(Decimal, ("40", "57.5", "75", "75")))
    assert [band for band in found.bands if band[1]] == [(40, 1), (70, 1)]


@pytest.mark.parametrize(("score", "low"), [("0", 0), ("9.9", 0), ("10", 10), ("99.9", 90), ("100", 90)])
def test_a_score_falls_into_one_band(score, low):
    assert feedback.band(Decimal(score)) == low


def test_another_company_does_not_find_the_page(decided, winner, fund_manager, applicant):
    release(decided, fund_manager)
    assert get(applicant, "bid_feedback", winner.reference).status_code == 404


def test_a_page_costs_the_same_with_one_and_two_assessments(decided, winner, fund_manager):
    release(decided, fund_manager)
    other = decided.bids.get(state="unsuccessful")
    asked = [queries_of(person(Role.APPLICANT, b.lead), "bid_feedback", b.reference) for b in (winner, other)]
    assert asked[0] == asked[1]


def test_the_button_releases(decided, fund_manager, clock):
    clock(STAFF["at"])
    day = {
        "complaints_until_day": UNTIL.day,
        "complaints_until_month": UNTIL.month,
        "complaints_until_year": UNTIL.year,
    }
    post(fund_manager, "competition_feedback", decided.reference, outliers="There were none.", **day)
    assert FeedbackRelease.objects.get().competition == decided


def test_what_was_typed_stays_when_it_is_refused(decided, fund_manager, clock):
    clock(STAFF["at"])
    page = text(post(fund_manager, "competition_feedback", decided.reference, outliers="There were none."))
    assert "Enter the date." in page
    assert "There were none." in page
