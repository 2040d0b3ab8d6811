"""The page of a project's details saves by itself what is right, and says what is not."""

import pytest
from django.test import Client

from bids.models import Bid
from bids.seen import DETAILS
from funds.seen import key_of
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def draft_competition(draft_competition):
    """A competition that takes two kinds of research."""
    draft_competition.strands.update(categories=["feasibility", "industrial"])
    return draft_competition


def save(client: Client, bid: Bid, **typed: object):
    """Send what the page sends while somebody types."""
    form = {"seen": key_of(bid, DETAILS), "title": bid.title, "category": bid.category, "months": bid.months} | typed
    return client.post(f"/bids/{bid.reference}/details/save", form, headers={"HX-Request": "true"})


def test_a_detail_is_saved_with_the_time_and_the_key_of_what_stands_now(bid, applicant):
    answer = save(signed_in(applicant), bid, title="Count breaths", start_on="2027-09-01")
    bid = Bid.objects.get()
    assert "Saved 12:00:00" in answer.content.decode()
    assert (bid.title, answer.headers["Matchfund-Version"]) == ("Count breaths", key_of(bid, DETAILS))


def test_what_is_right_is_saved_beside_what_is_wrong_which_is_said(bid, applicant):
    answer = save(signed_in(applicant), bid, title="Count breaths", months="many").content.decode()
    assert "Choose the month in which the project starts. Enter the months as a whole number, such as 12." in answer
    assert Bid.objects.values_list("title", "months").get() == ("Count breaths", bid.months)


def test_another_kind_of_research_waits_for_the_button_since_it_may_set_percentages_back(bid, applicant):
    answer = save(signed_in(applicant), bid, category="industrial")
    assert "The kind of research is saved when you press Save." in answer.content.decode()
    assert Bid.objects.get().category == bid.category


def test_what_somebody_else_has_saved_meanwhile_is_never_written_over(bid, applicant):
    client = signed_in(applicant)
    save(client, bid, title="Theirs")
    answer = save(client, bid, title="Mine")
    assert (answer.status_code, "Show both texts" in answer.content.decode()) == (409, True)
    assert Bid.objects.get().title == "Theirs"


def test_a_damaged_key_saves_nothing(bid, applicant):
    assert save(signed_in(applicant), bid, title="Mine", seen="x" * 17).status_code == 422
    assert Bid.objects.get().title == bid.title


def test_somebody_elses_bid_does_not_exist(bid, stranger):
    assert save(signed_in(stranger), bid).status_code == 404
