"""Discussions: who takes part, what they read of the others, and what changes a score."""

from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from accounts.rules import Refused
from assessments import actions, discussions
from assessments.actions.discussions import close_discussion, open_discussion, remark
from assessments.models import Assessment, Block, Discussion, Remark
from audit.models import Event
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, as_web_role, assessed, submitted_bid, write
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def seats(bid, assessment, fund_manager) -> list:
    """Two seats that have handed in 90 % and 40 %, and one whose sheet is being written."""
    made = [assessed(bid, [9, 9], fund_manager).seat, assessed(bid, [4, 4], fund_manager).seat]
    writing = accepted_seat(bid, fund_manager)
    write(writing, [1, 1])
    return [*made, writing]


@pytest.fixture
def discussion(seats, bid, fund_manager) -> Discussion:
    return open_discussion(bid=bid, reason="They are 50 points apart.", by=fund_manager, **STAFF)


def page_of(seat) -> str:
    return reverse("assessment_discussion", args=[seat.pk])


def shown_to(seat) -> str:
    return " ".join(signed_in(seat.assessor.user).get(page_of(seat)).content.decode().split())


def test_who_has_handed_in_is_told_and_nobody_else(discussion, seats):
    told = set(Message.objects.filter(template="discussion_opened").values_list("to", flat=True))
    assert told == {seat.assessor.user_id for seat in seats[:2]}


def test_they_read_each_others_scores_by_letter(discussion, seats):
    shown = shown_to(seats[0])
    assert [text in shown for text in ("Assessor A (you)", "Assessor B", "40%", "Because.")] == [True] * 4


def test_nobody_reads_another_assessors_name(discussion, seats):
    remark(discussion=discussion, seat=seats[1], text="I see little.", by=seats[1].assessor.user, at=CLOSED)
    shown = shown_to(seats[0])
    assert ("I see little." in shown, str(seats[1].assessor) in shown) == (True, False)


def test_who_has_not_handed_in_sees_nothing(discussion, seats):
    assert signed_in(seats[2].assessor.user).get(page_of(seats[2])).status_code == 404
    with pytest.raises(Refused, match="Only assessors who have handed in"):
        remark(discussion=discussion, seat=seats[2], text="Hello", by=seats[2].assessor.user, at=CLOSED)


def test_what_is_being_written_is_shown_to_nobody(discussion, seats):
    assert [sheet.seat_id for sheet in discussions.sheets_of(discussion.bid, seats[0].assessor.user)] == [
        seats[0].pk, seats[1].pk,
    ]  # fmt: skip


def test_no_page_shows_another_score_before_handing_in(seats):
    client = signed_in(seats[2].assessor.user)
    for name in ("assessment", "assessment_overall", "assessment_check"):
        shown = client.get(reverse(name, args=[seats[2].pk])).content.decode()
        assert ("90%" in shown, str(seats[0].assessor) in shown, "9 of 10" in shown) == (False, False, False)


def test_a_sheet_that_is_open_again_is_not_read_meanwhile(discussion, seats, fund_manager):
    actions.reopen_assessment(seat=seats[1], reason="Look again", by=fund_manager, **STAFF)
    assert "Being changed" in shown_to(seats[0])
    assert "Being changed" in shown_to(seats[1])


def test_a_score_changes_only_after_the_officer_reopens_and_with_a_reason(discussion, seats, fund_manager):
    seat = seats[1]
    with pytest.raises(Refused, match="Ask the fund manager to reopen"):
        write(seat, [7, 7])
    actions.reopen_assessment(seat=seat, reason="After the discussion", by=fund_manager, **STAFF)
    write(seat, [7, 7])
    facts = {"seat": seat, "by": seat.assessor.user, "at": CLOSED}
    with pytest.raises(Refused, match="Say why you have changed"):
        actions.submit_assessment(**facts)
    actions.submit_assessment(**facts, change_reason="The others convinced me.")
    kept = Assessment.objects.get(seat=seat).handed_in.order_by("number")
    assert [sheet.content["scores"]["question-1"][0] for sheet in kept] == [4, 7]


def test_talking_is_on_the_record_without_its_words(discussion, seats):
    signed_in(seats[0].assessor.user).post(
        page_of(seats[0]), urlencode({"text": "I stay."}), content_type="application/x-www-form-urlencoded"
    )
    event = Event.objects.get(verb="discussion.remark")
    assert (Remark.objects.get().text, "I stay." in str(event.changes)) == ("I stay.", False)


def test_a_closed_discussion_is_read_and_not_written(discussion, seats, fund_manager):
    close_discussion(discussion=discussion, outcome="Both stay.", by=fund_manager, **STAFF)
    assert "Both stay." in shown_to(seats[0])
    with pytest.raises(Refused, match="This discussion is closed"):
        remark(discussion=discussion, seat=seats[0], text="More", by=seats[0].assessor.user, at=CLOSED)


def test_a_bid_is_discussed_once_at_a_time_and_again_later(discussion, bid, fund_manager):
    facts = {"bid": bid, "reason": "Again", "by": fund_manager, **STAFF}
    with pytest.raises(Refused, match="being discussed already"):
        open_discussion(**facts)
    close_discussion(discussion=discussion, outcome="Both stay.", by=fund_manager, **STAFF)
    assert open_discussion(**facts).pk != discussion.pk


def test_nobody_to_discuss_it_is_no_discussion(assessment, fund_manager):
    with pytest.raises(Refused, match="Nobody has handed in"):
        open_discussion(bid=submitted_bid(assessment), reason="Why", unflagged_reason="I ask", by=fund_manager, **STAFF)


def test_a_conflict_found_later_shuts_the_discussion(discussion, seats):
    Block.objects.create(bid=discussion.bid, assessor=seats[0].assessor, because="Shares", found_at=CLOSED)
    assert signed_in(seats[0].assessor.user).get(page_of(seats[0])).status_code == 404


def test_officials_open_talk_and_close_on_one_page(seats, bid, fund_manager):
    client, page = signed_in(fund_manager), reverse("bid_discussion", args=[bid.competition.reference, bid.reference])
    for deed in ("open", "say", "close"):
        assert client.post(page, {"deed": deed, f"{deed}-text": f"Words to {deed}"}).status_code == 302
    found = Discussion.objects.get()
    assert (found.reason, found.outcome, found.remarks.get().text) == (
        "Words to open",
        "Words to close",
        "Words to say",
    )


def test_who_only_reads_changes_nothing(discussion, bid, auditor):
    client, page = signed_in(auditor), reverse("bid_discussion", args=[bid.competition.reference, bid.reference])
    assert (client.get(page).status_code, client.post(page, {"deed": "close"}).status_code) == (200, 403)


@pytest.mark.parametrize("text", ["", " \n", "word " * 301, "a\0b", "\u202e\u200b"])
def test_words_that_cannot_be_said_are_refused_beside_the_box(discussion, seats, text):
    answer = signed_in(seats[0].assessor.user).post(page_of(seats[0]), {"text": text})
    assert (answer.status_code, Remark.objects.count()) == (200, 0)


def test_direct_sql_cannot_speak_for_somebody_who_has_not_handed_in(discussion, seats):
    with pytest.raises(IntegrityError, match="who have handed in"), transaction.atomic():
        as_web_role(
            "INSERT INTO assessments_remark (discussion_id, seat_id, by_id, text, at) VALUES (%s, %s, %s, 'x', now())",
            discussion.pk, seats[2].pk, seats[2].assessor.user_id,
        )  # fmt: skip


def test_an_official_reopens_a_sheet_on_a_page_of_its_own(seats, bid, fund_manager):
    page = reverse("assessment_reopen", args=[bid.competition.reference, bid.reference, seats[0].pk])
    client = signed_in(fund_manager)
    assert "Fill in" in client.post(page, {"reason": ""}).content.decode()
    client.post(page, {"reason": "Question 1 misread"})
    assert Assessment.objects.get(seat=seats[0]).reopened_reason == "Question 1 misread"


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_number_of_queries(many, discussion, seats, django_assert_num_queries):
    for number in range(many):
        remark(discussion=discussion, seat=seats[0], text=f"{number}", by=seats[0].assessor.user, at=CLOSED)
    client = signed_in(seats[0].assessor.user)
    with django_assert_num_queries(11):
        client.get(page_of(seats[0]))


def test_a_bid_that_nothing_is_flagged_on_needs_a_reason_for_the_record(bid, assessment, fund_manager):
    assessed(bid, [9, 9], fund_manager)
    facts = {"bid": bid, "reason": "Talk", "by": fund_manager, **STAFF}
    with pytest.raises(Refused, match="although nothing is flagged"):
        open_discussion(**facts)
    opened = open_discussion(**facts, unflagged_reason="The lead wrote to us.")
    assert (opened.flags, opened.unflagged_reason) == ([], "The lead wrote to us.")


def test_a_flagged_bid_keeps_its_flags(seats, bid, fund_manager):
    opened = open_discussion(bid=bid, reason="Far apart", unflagged_reason="Never kept", by=fund_manager, **STAFF)
    assert (opened.flags, opened.unflagged_reason) == (["wide spread"], "")


def test_direct_sql_opens_no_discussion_of_a_bid_without_flag_or_reason(discussion):
    with pytest.raises(IntegrityError, match="discussion_of_flagged_bid"), transaction.atomic():
        as_web_role("UPDATE assessments_discussion SET flags = '{}'")


def test_the_page_asks_why_only_where_nothing_is_flagged(bid, assessment, fund_manager):
    page = reverse("bid_discussion", args=[assessment.reference, bid.reference])
    seat = assessed(bid, [9, 9], fund_manager).seat
    asked = ["Nothing is flagged" in signed_in(fund_manager).get(page).content.decode()]
    assessed(bid, [4, 4], fund_manager)
    asked.append("Nothing is flagged" in signed_in(fund_manager).get(page).content.decode())
    signed_in(fund_manager).post(page, {"deed": "open", "open-text": "Far apart"})
    assert (asked, "Flagged: wide spread" in shown_to(seat)) == ([True, False], True)
