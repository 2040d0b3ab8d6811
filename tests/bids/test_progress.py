"""How far a bid is, and what its applicant does next."""

import datetime as dt
from decimal import Decimal

import pytest

from bids.match import Source
from bids.progress import Status, counted, next_step, of_answer, of_partner, progress
from bids.readiness import AnswerFacts, BidFacts, CallFacts, PartnerFacts, Problem
from bids.rules import CeilingFound, ConsortiumRules, Party
from bids.states import BidState

CONSORTIUM = ConsortiumRules(["sme"], [], "either", 0, 30)
CALL = CallFacts(["feasibility"], 1, 100_000, 1, 12, None, True, 0, CONSORTIUM)
START = dt.date(2027, 6, 1)
POUNDS = Source("own_reserves", 300, START)


def partner(cost=1000, percent=70, match=300, sources=(POUNDS,)) -> PartnerFacts:
    party = Party("Breathe Example Ltd", "sme", True, cost, cost - match)
    return PartnerFacts(party, Decimal(percent), CeilingFound(Decimal(70), ""), match, tuple(sources), False)


def bid(start_on=START, answers=(), partners=()) -> BidFacts:
    return BidFacts("feasibility", start_on, 12, tuple(answers), tuple(partners), False, False, CALL)


@pytest.mark.parametrize(
    ("text", "is_complete", "status"),
    [
        ("", False, Status.NOT_STARTED),
        (" \n\u200b", True, Status.NOT_STARTED),
        ("one two", False, Status.IN_PROGRESS),
        ("one two", True, Status.COMPLETE),
        ("one two three", True, Status.IN_PROGRESS),
    ],
)
def test_an_answer_is_complete_when_it_is_marked_and_fits(text, is_complete, status):
    assert of_answer(AnswerFacts("Need", text, 2, is_complete)) is status


def test_the_money_of_a_partner_is_told_in_three_parts():
    done = of_partner(partner(), bid())
    assert (done.costs, done.funding, done.match) == (Status.COMPLETE, Status.COMPLETE, Status.COMPLETE)


def test_nothing_is_started_for_a_new_partner():
    done = of_partner(partner(cost=0, percent=0, match=0, sources=()), bid())
    assert (done.costs, done.funding, done.match) == (Status.NOT_STARTED, Status.NOT_STARTED, Status.NOT_STARTED)


def test_a_percentage_above_a_ceiling_that_fell_is_in_progress():
    assert of_partner(partner(percent=71), bid()).funding is Status.IN_PROGRESS


def test_match_funding_is_in_progress_again_when_its_bank_statement_has_grown_too_old():
    old = Problem("match", "Breathe Example Ltd: The newest bank statement of Breathe Example Ltd is of 1 June 2026.")
    (money,) = progress(bid(partners=[partner()]), [old], 0).money
    assert money.match is Status.IN_PROGRESS


def test_old_evidence_of_one_partner_leaves_the_others_complete():
    (money,) = progress(bid(partners=[partner()]), [Problem("match", "Another Example Ltd: It is too old.")], 0).money
    assert money.match is Status.COMPLETE


def test_match_funding_that_falls_short_is_in_progress():
    assert of_partner(partner(match=301), bid()).match is Status.IN_PROGRESS


def test_a_partner_that_needs_no_match_funding_has_it_complete():
    assert of_partner(partner(match=0, sources=()), bid()).match is Status.COMPLETE


def test_the_details_wait_for_a_start():
    assert progress(bid(start_on=None), [Problem("details", "…")], 0).details is Status.NOT_STARTED
    assert progress(bid(), [Problem("details", "…")], 0).details is Status.IN_PROGRESS


def test_documents_are_optional_until_workings_are_asked_for():
    assert progress(bid(), [], 0).documents is Status.OPTIONAL
    assert progress(bid(), [Problem("documents", "Upload the workings.")], 0).documents is Status.IN_PROGRESS


def test_optional_parts_do_not_count():
    done = progress(bid(answers=[AnswerFacts("Need", "one", 2, True)], partners=[partner(percent=0)]), [], 0)
    assert counted(done) == (5, 6)


@pytest.mark.parametrize("state", BidState)
@pytest.mark.parametrize("is_open", [True, False])
def test_every_state_has_a_next_step(state, is_open):
    assert next_step(state, is_open, 0 if state == BidState.DRAFT else 1).endswith(".")


def test_a_reopened_bid_says_which_version_stands():
    assert next_step(BidState.REOPENED, True, 2) == "Submit again before the deadline. Until then version 2 stands."
