"""Writing, handing in, reopening and leaving out assessments."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, queries
from assessments.models import Assessment, Score
from audit.models import Event
from audit.record import digest
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, submitted_bid, write

pytestmark = pytest.mark.django_db


def save(seat, points: object = 7, reason: str = "Good.", **facts):
    question = facts.pop("question", None) or seat.bid.competition.questions.get(slug="question-1")
    by = facts.pop("by", seat.assessor.user)
    return actions.save_score(seat=seat, question=question, points=points, reason=reason, by=by, at=CLOSED)


def submit(seat, by=None):
    return actions.submit_assessment(seat=seat, by=by or seat.assessor.user, at=CLOSED)


def test_the_first_score_begins_the_assessment(seat):
    save(seat, 7)
    assert list(Score.objects.values_list("points", "reason", "assessment__state")) == [(7, "Good.", "in_progress")]


def test_saving_keeps_points_before_and_after_on_the_record(seat):
    save(seat, 7)
    save(seat, 9)
    assert [e.changes["points"] for e in Event.objects.filter(verb="score.saved").order_by("id")] == [[None, 7], [7, 9]]


def test_the_record_holds_the_reason_only_as_a_digest(seat):
    save(seat, 7, "Because the team is strong.")
    event = Event.objects.get(verb="score.saved")
    assert event.changes["reason_sha256"] == [digest(""), digest("Because the team is strong.")]


def test_saving_the_same_again_writes_nothing(seat):
    save(seat)
    save(seat)
    assert Event.objects.filter(verb="score.saved").count() == 1


def test_a_reason_can_be_saved_before_the_points(seat):
    assert save(seat, None, "Still thinking").points is None


@pytest.mark.parametrize("points", [11, -1, 7.5, "ten", True])
def test_bad_points_save_nothing(seat, points):
    with pytest.raises(Refused, match="whole number from 0 to 10"):
        save(seat, points)
    assert Assessment.objects.count() == 0


def test_a_reason_of_more_than_a_hundred_words_is_kept_but_not_handed_in(seat):
    write(seat, [5, 5])
    assert save(seat, 5, "word " * 101).reason == "word " * 101
    with pytest.raises(Refused, match=r"^The reason on “Question 1”: 101 words are more than the 100 allowed"):
        submit(seat)


def test_a_reason_is_plain_text(seat):
    with pytest.raises(Refused, match="Paste it again as plain text"):
        save(seat, 5, "nought \x00")


def test_a_question_that_is_not_scored_takes_no_points(seat):
    with pytest.raises(Refused, match="not a scored question of this competition"):
        save(seat, question=seat.bid.competition.questions.get(slug="summary"))


def test_only_the_assessor_of_the_seat_scores(seat, bid, fund_manager):
    other = accepted_seat(bid, fund_manager)
    for person in (other.assessor.user, fund_manager):
        with pytest.raises(Refused, match="Only the assessor of this seat"):
            save(seat, by=person)


def test_an_invitation_must_be_accepted_first(bid, assessment, fund_manager):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    with pytest.raises(Refused, match="Accept the bid before"):
        save(seat)


def test_a_declined_assessor_scores_no_more(seat):
    actions.decline(seat=seat, reason="too_many", by=seat.assessor.user, at=CLOSED)
    with pytest.raises(Refused, match="no longer yours"):
        save(seat)


def test_an_official_withdraws_while_the_assessor_writes(seat, fund_manager):
    write(seat, [8, 8])
    actions.withdraw_seat(seat=seat, reason="Late conflict", by=fund_manager, **STAFF)
    with pytest.raises(Refused, match="no longer yours"):
        submit(seat)
    assert Assessment.objects.get().state == "in_progress"


def test_everything_missing_is_named_at_once(seat):
    save(seat, 7, "")
    with pytest.raises(Refused) as refusal:
        submit(seat)
    assert str(refusal.value) == (
        "Give points and a reason for “Question 1”. Give points and a reason for “Question 2”. "
        "Say whether the bid is in scope. Say whether the bid is suitable for funding."
    )


def test_a_blank_reason_is_missing(seat):
    write(seat, [7, 7])
    save(seat, 7, " \n")
    with pytest.raises(Refused, match=r"^Give points and a reason for “Question 1”\.$"):
        submit(seat)


def test_handing_in_puts_every_score_on_the_record(seat):
    write(seat, [7, 0])
    assert (submit(seat).state, Assessment.objects.get().submitted_at) == ("submitted", CLOSED)
    assert list(Event.objects.get(verb="assessment.submitted").changes["scores"].values()) == [7, 0]


def test_what_is_handed_in_is_fixed(seat):
    write(seat, [7, 7])
    submit(seat)
    for deed in (lambda: save(seat, 8), lambda: write(seat, [7, 7]), lambda: submit(seat)):
        with pytest.raises(Refused, match=r"has been handed in\. Ask the fund manager to reopen it"):
            deed()


def test_a_reopened_assessment_counts_again_when_handed_in_again(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Question 1 misread", by=fund_manager, **STAFF)
    assert [row.counted for row in queries.ranked(assessment)] == [0]
    save(seat, 9)
    actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED, change_reason="I had misread it.")
    assert [(row.counted, str(row.score)) for row in queries.ranked(assessment)] == [(1, "70.0")]


@pytest.mark.parametrize("deed", [actions.reopen_assessment, actions.set_counted])
def test_officials_say_why(bid, assessment, fund_manager, deed):
    seat = assessed(bid, [5, 5], fund_manager).seat
    facts = {"is_counted": False} if deed is actions.set_counted else {}
    with pytest.raises(Refused, match="Give a reason"):
        deed(seat=seat, reason=" ", by=fund_manager, **facts, **STAFF)
    with pytest.raises(Refused, match="Only a fund manager"):
        deed(seat=seat, reason="x", by=seat.assessor.user, role=Role.ASSESSOR, at=CLOSED, **facts)


def test_nothing_is_reopened_that_was_not_handed_in(seat, fund_manager):
    with pytest.raises(Refused, match="Nothing has been handed in"):
        actions.reopen_assessment(seat=seat, reason="x", by=fund_manager, **STAFF)


def test_an_outlier_is_left_out_and_taken_in_again(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    left_out = actions.set_counted(seat=seat, is_counted=False, reason="Outlier", by=fund_manager, **STAFF)
    assert (left_out.left_out_reason, [row.counted for row in queries.ranked(assessment)]) == ("Outlier", [0])
    actions.set_counted(seat=seat, is_counted=True, reason="", by=fund_manager, **STAFF)
    assert [row.counted for row in queries.ranked(assessment)] == [1]


def test_texts_about_the_whole_bid_are_handed_in_within_400_words(seat):
    facts = {"seat": seat, "is_in_scope": True, "is_fundable": False, "by": seat.assessor.user, "at": CLOSED}
    saved = actions.save_overall(feedback="word " * 400, note="", **facts)
    assert (saved.is_in_scope, saved.is_fundable) == (True, False)
    write(seat, [5, 5])
    actions.save_overall(feedback="", note="word " * 401, **facts)
    with pytest.raises(Refused, match=r"^The note: 401 words"):
        submit(seat)


def test_scores_are_fixed_at_the_panel(seat, bid, fund_manager):
    write(seat, [7, 7])
    handed_in = assessed(bid, [5, 5], fund_manager).seat
    actions.go_to_panel(competition=bid.competition, by=fund_manager, **STAFF)
    deeds = (
        lambda: save(seat),
        lambda: submit(seat),
        lambda: actions.reopen_assessment(seat=handed_in, reason="x", by=fund_manager, **STAFF),
        lambda: actions.set_counted(seat=handed_in, is_counted=False, reason="x", by=fund_manager, **STAFF),
        lambda: actions.withdraw_seat(seat=handed_in, reason="x", by=fund_manager, **STAFF),
    )
    for deed in deeds:
        with pytest.raises(Refused, match="is over: its scores are fixed"):
            deed()


def test_the_score_sheet_lists_every_scored_question_in_two_queries(seat, django_assert_num_queries):
    save(seat, 7)
    with django_assert_num_queries(2):
        sheet = queries.scores_of(seat)
    assert [(q.slug, s.points if s else None) for q, s in sheet] == [("question-1", 7), ("question-2", None)]


def test_saving_a_score_takes_six_queries(seat):
    save(seat, 7)
    question = seat.bid.competition.questions.get(slug="question-1")
    with CaptureQueriesContext(connection) as caught:
        save(seat, 8, question=question)
    assert len([q for q in caught if "SAVEPOINT" not in q["sql"]]) == 6


def test_a_bid_without_a_seat_is_none_of_an_assessors_business(seat, competition):
    assert submitted_bid(competition) not in queries.bids_of(seat.assessor.user)
