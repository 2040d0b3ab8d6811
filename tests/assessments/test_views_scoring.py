"""The assessor's pages."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import Assessment, Score, Seat
from audit.models import Event
from bids.models import Bid
from tests.cast_assessments import CLOSED, STAFF, assessor, write
from tests.cast_bids import submitted
from tests.many import many_bids, many_seats
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
WHOLE = {
    "points-question-1": "7", "reason-question-1": "Good.", "points-question-2": "10", "reason-question-2": "Better.",
    "is_in_scope": "yes", "is_fundable": "no", "feedback": "Well done.", "note": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def invitation(bid, assessment, fund_manager) -> Seat:
    return actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)


def page(seat: Seat, name: str = "assessment") -> str:
    return reverse(name, args=[seat.pk])


def client_of(seat: Seat):
    return signed_in(seat.assessor.user)


def text(response) -> str:
    return response.content.decode()


def test_an_invitation_names_the_parties_and_hides_the_content(invitation):
    shown = text(client_of(invitation).get(page(invitation)))
    assert ("Breathe Example Ltd" in shown, "Because it helps patients." in shown) == (True, False)


def test_the_list_names_the_parties_of_an_invitation(invitation):
    assert "Breathe Example Ltd" in text(client_of(invitation).get(reverse("assessments")))


def test_accepting_needs_the_declaration(invitation):
    shown = text(client_of(invitation).post(page(invitation, "assessment_accept"), {}))
    assert "Tick the box to declare" in shown
    assert Seat.objects.get().state == "invited"


def test_accepting_opens_the_bid(invitation):
    client = client_of(invitation)
    shown = text(client.post(page(invitation, "assessment_accept"), {"no_interest": "on"}, follow=True))
    assert "Because it helps patients." in shown
    assert Seat.objects.get().state == "accepted"


def test_declining_needs_a_reason(invitation):
    shown = text(client_of(invitation).post(page(invitation, "assessment_decline"), {}))
    assert "Choose why you decline." in shown


def test_a_conflict_takes_the_bid_away_for_good(invitation):
    client = client_of(invitation)
    client.post(page(invitation, "assessment_decline"), {"reason": "conflict"})
    assert client.get(page(invitation)).status_code == 404


def test_somebody_elses_seat_is_not_there(seat, fund_manager):
    answers = [signed_in(user).get(page(seat)).status_code for user in (assessor().user, fund_manager)]
    assert answers == [404, 404]


@pytest.mark.parametrize("name", ["assessment", "assessment_accept", "assessment_decline"])
def test_nobody_else_writes_on_a_seat(seat, name):
    assert signed_in(assessor().user).post(page(seat, name), WHOLE).status_code == 404
    assert Seat.objects.get(pk=seat.pk).state == "accepted"


def test_a_seat_that_was_taken_away_is_not_there(seat, fund_manager):
    actions.withdraw_seat(seat=seat, reason="Too slow", by=fund_manager, **STAFF)
    assert client_of(seat).get(page(seat)).status_code == 404


def test_only_assessors_have_a_list(applicant, fund_manager):
    answers = [signed_in(user).get(reverse("assessments")).status_code for user in (applicant, fund_manager)]
    assert answers == [403, 403]


def test_the_sheet_shows_answers_bands_and_money(seat):
    shown = text(client_of(seat).get(page(seat)))
    assert [part in shown for part in ("Because it helps patients.", "Convincing", "£60,000")] == [True] * 3


def test_a_half_written_sheet_is_kept(seat):
    client_of(seat).post(page(seat), {"points-question-1": "7", "save": "yes"})
    assert list(Score.objects.values_list("question__slug", "points", "reason")) == [("question-1", 7, "")]


def test_a_whole_sheet_is_handed_in(seat):
    client_of(seat).post(page(seat), WHOLE | {"hand_in": "yes"})
    found = Assessment.objects.get()
    assert (found.state, found.is_in_scope, found.is_fundable, found.submitted_at) == ("submitted", True, False, CLOSED)


def test_handing_in_names_each_gap_and_keeps_what_is_there(seat):
    shown = text(client_of(seat).post(page(seat), WHOLE | {"reason-question-2": "", "hand_in": "yes"}))
    assert "Give a reason on “Question 2”." in shown
    assert (Assessment.objects.get().state, Score.objects.count()) == ("in_progress", 2)


@pytest.mark.parametrize("points", ["11", "-1", "7.5", "ten", "٧"])
def test_points_that_are_none_are_refused_and_nothing_typed_is_lost(seat, points):
    shown = text(client_of(seat).post(page(seat), WHOLE | {"points-question-1": points}))
    assert f"Question 1: Points are a whole number from 0 to 10, not “{points}”." in shown
    assert [part in shown for part in (f'value="{points}"', "Better.")] == [True, True]
    assert Score.objects.count() == 0


def test_a_reason_of_101_words_is_kept_but_not_handed_in(seat):
    long = WHOLE | {"reason-question-1": "word " * 101, "hand_in": "yes"}
    shown = text(client_of(seat).post(page(seat), long))
    assert "Question 1: 101 words are more than the 100 allowed. Take out 1." in shown
    assert (Assessment.objects.get().state, Score.objects.count()) == ("in_progress", 2)


def test_saving_the_same_again_leaves_no_event(seat):
    client = client_of(seat)
    client.post(page(seat), WHOLE)
    before = Event.objects.count()
    client.post(page(seat), WHOLE)
    assert Event.objects.count() == before


def test_a_sheet_that_is_in_can_only_be_read(seat):
    client = client_of(seat)
    client.post(page(seat), WHOLE | {"hand_in": "yes"})
    shown = text(client.get(page(seat)))
    assert ("7 of 10" in shown, "<textarea" in shown) == (True, False)


def test_a_sheet_that_is_in_refuses_changes(seat):
    client = client_of(seat)
    client.post(page(seat), WHOLE | {"hand_in": "yes"})
    shown = text(client.post(page(seat), WHOLE | {"points-question-1": "9"}))
    assert "This assessment has been handed in." in shown
    assert list(Score.objects.values_list("points", flat=True)) == [7, 10]


def test_what_was_not_handed_in_is_over_at_the_panel(seat, fund_manager):
    write(seat, [5, 5])
    actions.go_to_panel(competition=seat.bid.competition, by=fund_manager, **STAFF)
    assert "Over before you handed in" in text(client_of(seat).get(reverse("assessments")))


@pytest.mark.parametrize("many", [3, pytest.param(300, marks=pytest.mark.slow)])
def test_the_list_asks_the_same_number_of_queries(many, assessment, fund_manager, django_assert_num_queries):
    who, (first, *bids) = assessor(capacity=1_000), many_bids(assessment, many)
    invited = actions.invite(bid=first, assessor=who, by=fund_manager, **STAFF)
    many_seats(bids[many // 3 :], invited, [who], "accepted")
    many_seats(bids[: many // 3], invited, [who], "invited")
    client = signed_in(who.user)
    with django_assert_num_queries(11):
        client.get(reverse("assessments"))
