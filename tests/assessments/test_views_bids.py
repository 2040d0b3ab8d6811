"""The officials' view of bids as they were submitted."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from bids import actions
from bids.models import Bid
from tests.cast_assessments import CLOSED, assessed, submitted_bid
from tests.cast_bids import draft, submitted
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


def page(bid: Bid, name: str = "competition_bid") -> str:
    return reverse(name, args=[bid.competition.reference, bid.reference])


def listing(competition, **wanted: str) -> str:
    return reverse("competition_bids", args=[competition.reference], query=wanted)


def text(response) -> str:
    return response.content.decode()


def shown_of(client, competition, **wanted: str) -> list[str]:
    """Return the titles of the bids on the list."""
    return titles(text(client.get(listing(competition, **wanted))))


def titles(shown: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', shown)


def link(shown: str, way: str) -> str:
    """Return where the link to the previous or next page goes; "" when there is none."""
    found = re.search(rf'href="([^"]*)" rel="{way}"', shown)
    return unescape(found[1]) if found else ""


def test_officials_read_what_was_submitted_with_its_money(bid, auditor):
    shown = text(signed_in(auditor).get(page(bid)))
    version = bid.versions.get()
    assert [part in shown for part in ("Because it helps patients.", "£60,000", "£42,000", version.sha256)] == [
        True
    ] * 4


def test_a_draft_is_nobodys_business(competition, sme, applicant, auditor):
    assert signed_in(auditor).get(page(draft(competition, sme, applicant))).status_code == 404


def test_changes_after_submission_do_not_show(bid, applicant, auditor, now):
    actions.reopen(bid=bid, by=applicant, at=now)
    question = bid.competition.questions.first()
    actions.save_answer(bid=bid, question=question, text="Changed my mind.", version=1, by=applicant, at=now)
    assert "Changed my mind." not in text(signed_in(auditor).get(page(bid)))


def test_a_bid_of_another_competition_is_not_there(bid, auditor):
    address = reverse("competition_bid", args=["NONE-1", bid.reference])
    assert signed_in(auditor).get(address).status_code == 404


def test_applicants_have_pages_of_their_own(bid, applicant):
    answers = [signed_in(applicant).get(address).status_code for address in (page(bid), listing(bid.competition))]
    assert answers == [403, 403]


def test_officials_read_who_scored_what(assessment, fund_manager, auditor):
    bid = submitted_bid(assessment)
    by = assessed(bid, [9, 6], fund_manager).seat.assessor.user
    shown = text(signed_in(auditor).get(page(bid)))
    assert [part in shown for part in (by.full_name, "75%", "Because.")] == [True, True, True]


def test_ineligibility_needs_a_reason(bid, fund_manager):
    shown = text(signed_in(fund_manager).post(page(bid, "bid_ineligible"), {"reason": " "}))
    assert "Give a reason that the applicant can understand." in shown
    assert Bid.objects.get().state == "submitted"


def test_a_bid_is_found_ineligible_and_reinstated(bid, fund_manager):
    client = signed_in(fund_manager)
    shown = text(client.post(page(bid, "bid_ineligible"), {"reason": "Out of scope."}, follow=True))
    assert ("Found ineligible: Out of scope." in shown, Bid.objects.get().state) == (True, "ineligible")
    client.post(page(bid, "bid_reinstate"))
    assert Bid.objects.get().state == "submitted"


@pytest.mark.parametrize("name", ["bid_ineligible", "bid_reinstate"])
def test_only_a_fund_manager_decides_on_eligibility(bid, name, auditor, finance_officer, applicant):
    people = (auditor, finance_officer, applicant)
    answers = [signed_in(user).post(page(bid, name), {"reason": "No."}).status_code for user in people]
    assert answers == [403, 403, 403]


def test_a_deed_that_does_not_fit_is_refused_in_words(bid, fund_manager):
    assert "only an ineligible bid can be reinstated" in text(
        signed_in(fund_manager).post(page(bid, "bid_reinstate"), follow=True)
    )


@pytest.mark.parametrize("many", [1, 3])
def test_a_bid_asks_the_same_number_of_queries(many, assessment, fund_manager, auditor, django_assert_num_queries):
    bid = submitted_bid(assessment)
    for _ in range(many):
        assessed(bid, [9, 6], fund_manager)
    client = signed_in(auditor)
    with django_assert_num_queries(14):
        client.get(page(bid))


def test_officials_see_what_the_registers_say_of_each_party(bid, sme, auditor):
    shown = text(signed_in(auditor).get(page(bid)))
    assert f'href="/organisations/{sme.pk}/"' in shown
    assert "Not confirmed" in shown
