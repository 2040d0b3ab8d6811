"""The score sheet saves itself, keeps two windows apart, goes one question a step, and keeps what was handed in."""

from html import unescape
from urllib.parse import urlencode

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from accounts.rules import Refused
from assessments import actions
from assessments.models import Assessment, HandedIn, Score
from audit.models import Event
from tests.assessments.test_views_scoring import WHOLE
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessed, write
from tests.cast_bids import submitted
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
# Session, person, roles, questions of the seat, locked seat, sheet, scores, sheet, score.
QUERIES = 9


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant):
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def client(seat) -> Client:
    return signed_in(seat.assessor.user)


def save(client: Client, seat, **typed):
    """Send what the page sends while somebody types: what has changed, and the version that they saw."""
    named = {name.replace("_q", "-question-"): value for name, value in typed.items()}
    return client.post(reverse("assessment_save", args=[seat.pk]), named, headers={"HX-Request": "true"})


def said(answer) -> str:
    return " ".join(unescape(answer.content.decode()).replace("<", " <").split())


def kept() -> list[tuple]:
    return list(Score.objects.order_by("question").values_list("question__slug", "points", "reason"))


def test_what_is_typed_is_saved_and_the_time_is_told(client, seat):
    answer = save(client, seat, points_q1="7", version=0)
    assert (answer.status_code, answer.headers["Matchfund-Version"]) == (200, "1")
    assert ("Saved 12:00:00" in said(answer), kept()) == (True, [("question-1", 7, "")])


def test_only_what_was_sent_is_changed(client, seat):
    write(seat, [5, 6])
    save(client, seat, reason_q2="Strong team.", is_fundable="no")
    assert kept() == [("question-1", 5, "Because."), ("question-2", 6, "Strong team.")]
    assert (Assessment.objects.get().is_in_scope, Assessment.objects.get().is_fundable) == (True, False)


def test_points_that_are_none_are_told_and_the_rest_is_saved(client, seat):
    answer = save(client, seat, points_q1="11", reason_q1="Good.")
    assert "Points are a whole number from 0 to 10, not “11”." in said(answer)
    assert kept() == [("question-1", None, "Good.")]


def test_too_many_words_are_saved_and_told(client, seat):
    answer = save(client, seat, reason_q1="word " * 101)
    assert "Question 1: 101 words are more than the 100 allowed. Take out 1." in said(answer)


def test_another_window_is_not_written_over(client, seat):
    save(client, seat, reason_q1="Theirs.", version=0)
    answer = save(client, seat, reason_q1="Mine.", version=0)
    assert (answer.status_code, "Show both texts" in said(answer), kept()[0][2]) == (409, True, "Theirs.")


def test_both_texts_are_shown_and_then_saved(client, seat):
    save(client, seat, reason_q1="Theirs.", version=0)
    page = reverse("assessment", args=[seat.pk])
    shown = said(client.post(page, WHOLE | {"reason-question-1": "Mine.", "version": "0"}))
    assert [text in shown for text in ("Theirs.", "Mine.", 'name="version" value="1"')] == [True] * 3
    client.post(page, WHOLE | {"reason-question-1": "Mine.", "version": "1"})
    assert kept()[0][2] == "Mine."


def test_the_same_text_in_two_windows_is_no_conflict(client, seat):
    save(client, seat, reason_q1="Same.", version=0)
    assert save(client, seat, reason_q1="Same.", version=0).headers["Matchfund-Version"] == "1"


@pytest.mark.parametrize("version", ["x", "-1", "9" * 30, "٣x", "NaN"])
def test_a_version_that_is_none_is_told(client, seat, version):
    assert "points" not in said(save(client, seat, points_q1="7", version=version))


def test_the_record_holds_a_sitting_once(client, seat):
    for number in range(5):
        save(client, seat, reason_q1=f"Text {number}", version=number)
    assert (Event.objects.filter(verb="score.saved").count(), kept()[0][2]) == (1, "Text 4")


def test_a_save_takes_as_many_queries_as_an_answer(client, seat):
    save(client, seat, points_q1="7", version=0)
    with CaptureQueriesContext(connection) as caught:
        save(client, seat, reason_q1="Because.", version=1)
    assert len([q for q in caught if "SAVEPOINT" not in q["sql"]]) == QUERIES


def test_a_sheet_that_is_in_refuses_in_words(client, seat):
    client.post(reverse("assessment", args=[seat.pk]), WHOLE | {"hand_in": "yes"})
    answer = save(client, seat, points_q1="9")
    assert (answer.status_code, "has been handed in" in said(answer)) == (422, True)


def test_who_is_signed_out_is_told_so(seat):
    assert save(Client(), seat, points_q1="9").status_code == 401


def test_words_sent_without_a_session_come_back(seat):
    page = reverse("assessment", args=[seat.pk])
    client = signed_in(seat.assessor.user)
    mark = said(client.get(page)).split('name="writer" value="')[1].split('"')[0]
    lost = Client()
    typed = urlencode(WHOLE | {"writer": mark, "reason-question-1": "Nearly lost."})
    lost.post(page, typed, content_type="application/x-www-form-urlencoded")
    lost.force_login(seat.assessor.user)
    assert "Nearly lost." in said(lost.get(page))


def test_a_sheet_sent_while_the_bid_is_taken_back_gets_a_clear_answer(client, seat, fund_manager):
    actions.withdraw_seat(seat=seat, reason="Late conflict", by=fund_manager, **STAFF)
    shown = said(client.post(reverse("assessment", args=[seat.pk]), WHOLE | {"hand_in": "yes"}, follow=True))
    assert "The fund manager has taken this bid back meanwhile, so nothing was handed in." in shown


def test_steps_go_from_question_to_question_to_the_whole_bid_to_the_check(client, seat):
    address, way = reverse("assessment_question", args=[seat.pk, "question-1"]), []
    typed = {"then": "next", "is_in_scope": "yes", "is_fundable": "yes"}
    for number in (1, 2, 3):
        sent = typed | {f"points-question-{number}": "8", f"reason-question-{number}": "Good."}
        address = client.post(address, sent).headers["Location"]
        way.append(address.rpartition("/")[2])
    assert way == ["question-2", "overall", "check"]
    client.post(address)
    assert (Assessment.objects.get().state, [row[1] for row in kept()]) == ("submitted", [8, 8])


def test_the_check_names_what_is_missing_with_the_way_to_it(client, seat):
    shown = said(client.get(reverse("assessment_check", args=[seat.pk])))
    place = reverse("assessment_question", args=[seat.pk, "question-2"])
    assert f'href="{place}#id_points-question-2"> Give points on “Question 2”.' in shown.replace(">Give", "> Give")
    assert client.post(reverse("assessment_check", args=[seat.pk])).status_code == 200
    assert Assessment.objects.filter(state="submitted").count() == 0


@pytest.mark.parametrize("slug", ["no-such", "summary"])
def test_a_step_that_is_none_is_not_there(client, seat, slug):
    assert client.get(reverse("assessment_question", args=[seat.pk, slug])).status_code == 404


def test_the_sheet_says_how_far_it_is(client, seat):
    write(seat, [7, 7])
    save(client, seat, reason_q2=" ")
    assert "<strong>1 of 2 </strong>" in said(client.get(reverse("assessment", args=[seat.pk])))


def test_a_bid_can_be_taken_home_as_a_pdf(client, seat):
    answer = client.get(reverse("assessment_paper", args=[seat.pk]))
    assert (answer.headers["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_what_is_handed_in_is_kept_for_ever(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Misread", by=fund_manager, **STAFF)
    write(seat, [5, 8])
    actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED, change_reason="I had misread it.")
    versions = HandedIn.objects.order_by("number")
    assert [v.content["scores"]["question-2"][0] for v in versions] == [5, 8]
    assert [v.change_reason for v in versions] == ["", "I had misread it."]


def test_scores_change_only_with_a_reason(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Misread", by=fund_manager, **STAFF)
    write(seat, [5, 8])
    with pytest.raises(Refused, match="Say why you have changed what you had handed in before"):
        actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED, change_reason=" ")


def test_what_is_handed_in_again_unchanged_needs_no_reason(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Misread", by=fund_manager, **STAFF)
    actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED)
    assert HandedIn.objects.get(number=2).change_reason == "Nothing was changed."


def test_the_assessor_is_told_why_a_sheet_is_open_again(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Question 1 misread", by=fund_manager, **STAFF)
    told = Message.objects.get(template="assessment_reopened")
    assert (told.to, "Question 1 misread" in told.body) == (seat.assessor.user, True)


def test_the_page_of_a_reopened_sheet_asks_for_the_reason(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    actions.reopen_assessment(seat=seat, reason="Misread", by=fund_manager, **STAFF)
    client, page = signed_in(seat.assessor.user), reverse("assessment", args=[seat.pk])
    assert "Say why you have changed" in said(client.post(page, WHOLE | {"hand_in": "yes"}))
    client.post(page, WHOLE | {"hand_in": "yes", "change_reason": "I had misread it."})
    assert HandedIn.objects.get(number=2).change_reason == "I had misread it."


@pytest.mark.parametrize("sql", ["UPDATE assessments_handedin SET content = '{}'", "DELETE FROM assessments_handedin"])
def test_direct_sql_changes_nothing_that_was_handed_in(bid, assessment, fund_manager, sql):
    assessed(bid, [5, 5], fund_manager)
    with pytest.raises(Exception, match=r"permission denied|never changed or deleted"):
        as_web_role(sql)


def test_what_a_press_saved_is_not_in_the_way_of_the_next(client, seat):
    page = reverse("assessment", args=[seat.pk])
    first = client.post(
        page, {"points-question-1": "7", "reason-question-1": "Good.", "version": "0", "hand_in": "yes"}
    )
    shown = lxml.html.fromstring(first.content).xpath("string(//input[@name='version']/@value)")
    again = client.post(page, {"points-question-2": "6", "version": shown, "save": "yes"})
    assert (shown, again.status_code, Assessment.objects.get().version) == ("1", 302, 2)
