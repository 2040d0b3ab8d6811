"""What officials read: the ranked sheet with marks, seats, outcomes and cumulative grants."""

from decimal import Decimal

import pytest

from assessments import actions, sheet
from tests.cast_assessments import STAFF, accepted_seat, assessed, submitted_bid, write
from tests.cast_panel import decided, minuted

pytestmark = pytest.mark.django_db


@pytest.fixture
def ranked(assessment, fund_manager):
    """Two bids: 90 % and 60 % on the first (grant £42,000), 65 % on the second (£21,000)."""
    first = submitted_bid(assessment)
    assessed(first, [9, 9], fund_manager)
    assessed(first, [6, 6], fund_manager)
    assessed(submitted_bid(assessment, grant=21_000), [6, 7], fund_manager, is_fundable=False)
    return assessment


def test_marks_stand_lowest_first(ranked):
    assert [line.marks for line in sheet.of(ranked).lines] == [[Decimal(60), Decimal(90)], [Decimal(65)]]


def test_grants_add_up_from_the_top(ranked):
    assert [line.cumulative_pounds for line in sheet.of(ranked).lines] == [42_000, 63_000]


def test_seats_are_counted_beside_what_is_in(ranked, fund_manager):
    seat = accepted_seat(ranked.bids.order_by("pk").first(), fund_manager)
    write(seat, [1, 1])
    assert [(line.held, line.handed_in) for line in sheet.of(ranked).lines] == [(3, 2), (1, 1)]


def test_work_that_is_not_in_leaves_no_mark(ranked, fund_manager):
    write(accepted_seat(ranked.bids.order_by("pk").first(), fund_manager), [1, 1])
    assert sheet.of(ranked).lines[0].marks == [Decimal(60), Decimal(90)]


def test_outcomes_are_suggested_first(ranked):
    found = sheet.of(ranked)
    assert (found.basis, [line.outcome for line in found.lines]) == ("Suggested", ["successful", "unsuccessful"])


def test_then_they_are_those_put_forward(ranked, fund_manager):
    actions.go_to_panel(competition=ranked, by=fund_manager, **STAFF)
    first, second = (line.row.reference for line in sheet.of(ranked).lines)
    minuted(ranked, {first: "reserve", second: "unsuccessful"})
    actions.propose_decision(competition=ranked, by=fund_manager, **STAFF)
    found = sheet.of(ranked)
    assert (found.basis, [line.outcome for line in found.lines]) == ("Proposed", ["reserve", "unsuccessful"])


def test_then_they_are_decided(ranked, fund_manager, second_manager):
    actions.go_to_panel(competition=ranked, by=fund_manager, **STAFF)
    outcomes = {line.row.reference: line.outcome for line in sheet.of(ranked).lines}
    decided(ranked, outcomes, fund_manager, second_manager)
    assert (sheet.of(ranked).basis, sheet.of(ranked).proposal) == ("Decided", None)


def test_nothing_can_be_decided_before_the_panel(ranked):
    assert sheet.undecided(ranked, sheet.of(ranked)) == []


def test_the_states_of_bids_are_counted_in_order(ranked):
    assert sheet.bids_by_state(ranked) == [("submitted", 2)]


def test_progress_counts_seats_and_assessments(ranked, fund_manager):
    bid = ranked.bids.order_by("pk").first()
    accepted_seat(bid, fund_manager)
    write(accepted_seat(bid, fund_manager), [1, 1])
    counts = {"invited": 0, "accepted": 5, "begun": 1, "handed_in": 3, "declined": 0, "withdrawn": 0}
    assert sheet.progress(ranked) == counts


def test_an_assessor_sees_how_many_questions_are_done(bid, assessment, fund_manager):
    seat = accepted_seat(bid, fund_manager)
    question = assessment.questions.filter(is_scored=True).first()
    actions.save_score(seat=seat, question=question, points=5, reason="So so.", by=seat.assessor.user, at=STAFF["at"])
    assert list(sheet.work_of(seat.assessor.user).values_list("done", "asked")) == [(1, 2)]


def test_an_unfinished_column_has_no_percentage(ranked, fund_manager):
    bid = ranked.bids.order_by("pk").first()
    write(accepted_seat(bid, fund_manager), [1, 1])
    assert [c.percent for c in sheet.columns_of(fund_manager, bid)] == [Decimal(90), Decimal(60), None]


@pytest.mark.parametrize(("earned", "possible", "found"), [(1, 3, "33.3"), (1, 16, "6.3"), (0, 0, "0.0")])
def test_percentages_are_rounded_half_up(earned, possible, found):
    assert sheet.percent(earned, possible) == Decimal(found)
