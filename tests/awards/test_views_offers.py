"""The pages on which a fund manager offers awards to the bids that have won."""

import pytest

from accounts.models import Message
from accounts.states import Role
from awards import actions
from awards.models import Award
from funds.models import Envelope
from tests.asking import get, post, queries_of, text, told
from tests.cast import NOW
from tests.cast_awards import fill, won_bid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_bids_that_won_wait_on_the_list(bid, people):
    page = text(get(people.fund_manager, "award_offers"))
    assert f"{bid.reference} A breath test Breathe Example Ltd DHTC-T-1 £40,250" in page
    assert "1 successful bid without an offer" in text(get(people.fund_manager, "awards"))


def test_a_bid_with_its_offer_waits_no_longer(award, people):
    assert "Every successful bid has its offer." in text(get(people.fund_manager, "award_offers"))
    assert get(people.fund_manager, "award_offer", award.bid.reference).status_code == 404


def test_the_page_says_what_each_year_will_be_charged(bid, people):
    page = text(get(people.fund_manager, "award_offer", bid.reference))
    assert "1 March 2027 to 29 February 2028" in page
    assert "2026-27 £3,354.17" in page
    assert "2027-28 £36,895.83" in page


def test_what_the_page_promises_is_what_the_offer_commits(bid, people):
    plan = actions.plan(bid=bid, at=NOW)
    award = actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    entries = award.envelope.award_entries.values_list("year", "pence")
    assert (plan.pence, dict(entries)) == (award.grant_pence, plan.years)


def test_a_press_offers_the_award_and_tells_the_winner(bid, people):
    answer = post(people.fund_manager, "award_offer", bid.reference)
    award = Award.objects.get(bid=bid)
    assert answer.url == f"/awards/{award.reference}/"
    assert told(answer) == [f"Award {award.reference} is offered to Breathe Example Ltd. Its conditions are below."]
    assert Message.objects.get(template="award_offered").address == people.applicant.email


def test_a_second_press_finds_nothing_to_offer(bid, people):
    post(people.fund_manager, "award_offer", bid.reference)
    assert post(people.fund_manager, "award_offer", bid.reference).status_code == 404
    assert Award.objects.count() == 1


def test_an_offer_that_does_not_fit_is_refused_in_words(bid, people):
    pot = Envelope.objects.get(pk=bid.competition.pot_id)
    fill(pot, pot.left_pence - 100, by=people.fund_manager)
    assert "There is a problem" in text(post(people.fund_manager, "award_offer", bid.reference))
    assert Award.objects.filter(bid=bid).count() == 0


def test_the_list_costs_the_same_with_one_and_three(bid, competition, people):
    one = queries_of(people.fund_manager, "award_offers")
    for _ in range(2):
        won_bid(competition, bid.lead, people.applicant)
    assert queries_of(people.fund_manager, "award_offers") == one
