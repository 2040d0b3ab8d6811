"""The officials' live board: what is in, what is missing, who is late, and where assessors are apart."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions, board
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, submitted_bid, write
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
TODAY = CLOSED.date()


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bids(assessment, fund_manager) -> list:
    """A bid with 90 % and 40 %, a split and half a sheet; one with an invitation; one with nobody."""
    made = [submitted_bid(assessment) for _ in range(3)]
    assessed(made[0], [9, 9], fund_manager)
    assessed(made[0], [4, 4], fund_manager, is_fundable=False)
    writing = accepted_seat(made[0], fund_manager)
    question = assessment.questions.get(slug="question-1")
    actions.save_score(seat=writing, question=question, points=1, reason="Hm.", by=writing.assessor.user, at=CLOSED)
    actions.invite(bid=made[1], assessor=assessor(), by=fund_manager, **STAFF)
    return made


def seen(competition, view: str = "") -> list[str]:
    return [line.reference for line in board.lines(competition, TODAY, view=view)]


def test_a_line_counts_seats_questions_and_what_is_in(assessment, bids):
    line = board.lines(assessment, TODAY)[0]
    assert (line.wanted, line.accepted, line.submitted, line.missing) == (3, 3, 2, 1)
    assert (line.done, line.asked) == (5, 6)


def test_score_and_spread_are_of_what_is_handed_in(assessment, bids):
    line = board.lines(assessment, TODAY)[0]
    assert (str(line.score), str(line.spread), line.flags) == ("65.0", "50.0", ["wide spread", "split on fundable"])


def test_what_is_left_out_counts_for_nothing(assessment, bids, fund_manager):
    seat = bids[0].seats.order_by("pk").first()
    actions.set_counted(seat=seat, is_counted=False, reason="Outlier", by=fund_manager, **STAFF)
    line = board.lines(assessment, TODAY)[0]
    assert (str(line.score), line.flags) == ("40.0", [])


@pytest.mark.parametrize("call_terms", [{"assess_by": TODAY - dt.timedelta(days=1)}])
def test_after_the_day_what_is_not_in_is_overdue(assessment, bids):
    assert [line.overdue for line in board.lines(assessment, TODAY)] == [1, 1, 0]
    assert [worker.overdue for worker in board.workers(assessment, TODAY)] == [0, 0, 1, 1]


def test_before_the_day_nothing_is_overdue(assessment, bids):
    assert board.totals(assessment, TODAY).overdue == 0


def test_each_view_holds_what_it_says_and_the_totals_agree(assessment, bids):
    first, second, third = (bid.reference for bid in bids)
    found = {view: seen(assessment, view) for view in board.VIEWS}
    assert found == {
        "": [first, second, third], "missing": [first, second, third], "unanswered": [second], "overdue": [],
        "disagree": [first],
    }  # fmt: skip
    assert board.totals(assessment, TODAY).views == {view: len(bids) for view, bids in found.items()}


def test_assessors_are_counted_by_what_they_have_done(assessment, bids):
    found = board.workers(assessment, TODAY)
    assert [(w.invited, w.accepted, w.begun, w.submitted) for w in found] == [
        (0, 1, 0, 1), (0, 1, 0, 1), (0, 1, 1, 0), (1, 0, 0, 0),
    ]  # fmt: skip


def test_a_page_begins_after_the_last(assessment, bids):
    first, second, _ = (bid.reference for bid in bids)
    assert [line.reference for line in board.lines(assessment, TODAY, after=first, limit=1)] == [second]


def test_the_page_and_its_part_for_htmx(assessment, bids, fund_manager):
    client, page = signed_in(fund_manager), reverse("competition_board", args=[assessment.reference])
    assert "<h1" in client.get(page).content.decode()
    part = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert ("<h1" in part, bids[0].reference in part) == (False, True)


@pytest.mark.parametrize("typed", [{"show": "x' OR 1=1"}, {"after": "a\0b"}, {"show": "missing", "after": "zzz"}])
def test_what_makes_no_sense_shows_a_board(assessment, bids, fund_manager, typed):
    page = reverse("competition_board", args=[assessment.reference])
    assert signed_in(fund_manager).get(page, typed).status_code == 200


def test_the_csv_holds_every_bid(assessment, bids, fund_manager):
    answer = signed_in(fund_manager).get(reverse("competition_board_csv", args=[assessment.reference]))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert (len(lines), lines[1].split(",")[3:8]) == (4, ["3", "0", "3", "0", "2"])


@pytest.mark.parametrize("many", [1, 3])
def test_the_board_asks_the_same_number_of_queries(many, assessment, fund_manager, django_assert_max_num_queries):
    for _ in range(many):
        write(accepted_seat(submitted_bid(assessment), fund_manager), [5, 5])
    client = signed_in(fund_manager)
    for name in ("competition_board", "competition_board_assessors", "competition_board_csv"):
        with django_assert_max_num_queries(8):
            client.get(reverse(name, args=[assessment.reference]))
