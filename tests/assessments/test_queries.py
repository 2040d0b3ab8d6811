"""The ranked sheet: what counts, how it is rounded, and what it costs."""

from decimal import Decimal

import pytest

from assessments import actions, queries
from bids.models import Bid
from funds.models import Question
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, submitted_bid, write

pytestmark = pytest.mark.django_db


def sheet(competition):
    """Return reference → (counted, score, spread)."""
    return {r.reference: (r.counted, str(r.score), str(r.spread)) for r in queries.ranked(competition)}


def test_only_whole_counted_assessments_of_accepted_seats_count(bid, assessment, fund_manager):
    assessed(bid, [8, 8], fund_manager)
    write(accepted_seat(bid, fund_manager), [0, 0])  # partial: not handed in
    actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)  # pending
    declined = accepted_seat(bid, fund_manager)
    write(declined, [0, 0])
    actions.decline(seat=declined, reason="too_many", by=declined.assessor.user, at=CLOSED)
    withdrawn = assessed(bid, [0, 0], fund_manager).seat
    actions.withdraw_seat(seat=withdrawn, reason="Absent", by=fund_manager, **STAFF)
    left_out = assessed(bid, [0, 0], fund_manager).seat
    actions.set_counted(seat=left_out, is_counted=False, reason="Outlier", by=fund_manager, **STAFF)
    reopened = assessed(bid, [0, 0], fund_manager).seat
    actions.reopen_assessment(seat=reopened, reason="Misread", by=fund_manager, **STAFF)
    assert sheet(assessment) == {bid.reference: (1, "80.0", "0.0")}


def test_a_bid_without_counted_assessments_comes_last_and_has_no_score(bid, assessment, competition, fund_manager):
    scored = submitted_bid(competition)
    assessed(scored, [0, 0], fund_manager)
    assert [(r.rank, r.reference, r.score, r.spread) for r in queries.ranked(assessment)] == [
        (1, scored.reference, Decimal("0.0"), Decimal("0.0")),
        (2, bid.reference, None, None),
    ]


def test_equal_scores_go_by_reference(bid, assessment, competition, fund_manager):
    second = submitted_bid(competition)
    for one in (second, bid):
        assessed(one, [6, 7], fund_manager)
    assert [r.reference for r in queries.ranked(assessment)] == [bid.reference, second.reference]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ([[10, 7]], "85.0"),
        ([[1, 2], [2, 2], [2, 2]], "18.3"),  # 11/60 = 18.33…
        ([[7, 7], [7, 7], [7, 8]], "71.7"),  # 43/60 = 71.66…
        ([[6, 7], [6, 6], [6, 6], [6, 6]], "61.3"),  # 49/80 = 61.25 exactly: half up
    ],
)
def test_scores_are_rounded_once_half_up(bid, assessment, fund_manager, sheets, expected):
    for points in sheets:
        assessed(bid, points, fund_manager)
    assert str(queries.ranked(assessment)[0].score) == expected


def test_weights_count(draft_competition, request, fund_manager):
    Question.objects.filter(competition=draft_competition, slug="question-1").update(weight=3)
    competition = request.getfixturevalue("competition")
    bid = submitted_bid(competition)
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    assessed(bid, [10, 2], fund_manager)  # (3 × 10 + 2) ÷ 40
    assessed(bid, [9, 2], fund_manager)  # (3 × 9 + 2) ÷ 40
    assert sheet(competition) == {bid.reference: (2, "76.3", "7.5")}  # 61 ÷ 80 = 76.25


def test_the_sheet_carries_grant_votes_and_where_the_bid_comes_from(assessment, competition, sme, fund_manager):
    bid = submitted_bid(competition, sme, grant=35_000, clinical_area="Diabetes")
    assessed(bid, [9, 9], fund_manager)
    assessed(bid, [9, 9], fund_manager, is_in_scope=False, is_fundable=False)
    (row,) = queries.ranked(assessment)
    assert (row.grant_pounds, row.in_scope, row.fundable) == (35_000, 1, 1)
    assert (row.title, row.lead, row.region, row.clinical_area) == (
        "A fictional bid", "Breathe Example Ltd", "London", "Diabetes",
    )  # fmt: skip


def test_drafts_and_bids_out_of_the_competition_are_not_ranked(assessment, competition):
    out = submitted_bid(competition)
    out.find_ineligible(reason="Not an SME")
    out.save()
    Bid.objects.create(
        reference="B900001", competition=competition, strand=competition.strands.get(), lead=out.lead,
        created_by=out.created_by, created_at=CLOSED, title="Draft", category="feasibility",
    )  # fmt: skip
    assert queries.ranked(assessment) == []


@pytest.mark.parametrize("bids", [3, 30])
def test_ranked_sheet_board_and_load_take_one_query_each(
    assessment, competition, fund_manager, bids, django_assert_num_queries
):
    for _ in range(bids):
        assessed(submitted_bid(competition), [7, 8], fund_manager)
    with django_assert_num_queries(1):
        assert len(queries.ranked(assessment)) == bids
    with django_assert_num_queries(1):
        assert [(b.invited, b.accepted, b.submitted, b.lead.name != "") for b in queries.board(assessment)] == [
            (0, 1, 1, True)
        ] * bids
    with django_assert_num_queries(1):
        assert [(a.held, a.handed_in, str(a.user) != "") for a in queries.load(assessment)] == [(1, 1, True)] * bids


@pytest.mark.parametrize("seats", [1, 3])
def test_an_assessors_list_takes_one_query(assessment, competition, fund_manager, seats, django_assert_num_queries):
    who = assessor()
    for _ in range(seats):
        accepted_seat(submitted_bid(competition), fund_manager, who)
    with django_assert_num_queries(1):
        assert [(s.bid.competition.title, s.assessor_id) for s in queries.seats_of(who.user)] == [
            ("Test round", who.pk)
        ] * seats
