"""All claims as officials see them: what waits, how long, how promptly it is paid; and the reminders of partners."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message
from accounts.states import Role
from awards import actions, claims_board, progress
from awards.claim_reminders import remind_of_claims
from awards.claims_board import Promptness
from awards.models import Claim
from tests.asking import get, queries_of, text
from tests.cast import organisation, person
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line

pytestmark = pytest.mark.django_db
DAYS_LATER = QUARTER_OVER + dt.timedelta(days=12)


def claim_again(claim, people, number) -> None:
    """Submit a claim of a later period, when that is over."""
    day, at = dt.date(2027, 3 * number + 2, 1), QUARTER_OVER + dt.timedelta(days=92 * (number - 1))
    more = draft_claim(claim.award, people, line(invoice_number=f"N{number}", incurred_on=day), number=number)
    actions.submit_claim(claim=more, by=people.applicant, at=at)


def test_the_clock_runs_from_submission_to_payment_and_stands_while_queried(claim, people):
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER}
    actions.query_claim(claim=claim, reason="Why?", at=QUARTER_OVER + dt.timedelta(days=2), **facts)
    found = claims_board.board(people.fund_manager, {}, DAYS_LATER).get()
    assert claims_board.days_of(found, DAYS_LATER) == 2
    actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER + dt.timedelta(days=9))
    found = claims_board.board(people.fund_manager, {}, DAYS_LATER).get()
    assert claims_board.days_of(found, DAYS_LATER) == 5


@pytest.mark.parametrize(
    ("asked", "is_shown"),
    [
        ({}, True),
        ({"state": "open"}, True),
        ({"state": "paid"}, False),
        ({"q": "breathe"}, True),
        ({"q": "nobody"}, False),
        ({"age": "5"}, True),
        ({"age": "30"}, False),
        ({"late": "on"}, False),
        ({"state": "nonsense"}, True),
    ],
)
def test_the_board_is_filtered(asked, is_shown, claim, people, clock):
    clock(DAYS_LATER)
    page = text(get(people.fund_manager, "claims_board", **asked))
    assert (claim.reference in page) == is_shown


def test_the_board_says_who_a_claim_waits_for_and_how_long(claim, people, clock):
    clock(DAYS_LATER)
    page = text(get(people.finance_officer, "claims_board"))
    assert "£7,000 1 June 2027 12 Network Submitted" in page


def test_a_network_sees_its_own_claims_alone(claim, clock):
    stranger = person(Role.MONITORING_OFFICER, organisation("ahsn", "Elsewhere AHSN"))
    assert claim.reference not in text(get(stranger, "claims_board"))


def test_the_board_costs_the_same_with_one_and_three(claim, people, auditor):
    one = queries_of(auditor, "claims_board")
    for number in (2, 3):
        claim_again(claim, people, number)
    assert queries_of(auditor, "claims_board") == one <= 10


def test_the_board_leaves_as_a_table(claim, people, auditor, clock):
    clock(DAYS_LATER)
    answer = get(auditor, "claims_board_csv")
    head, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert dict(zip(head, row, strict=True)) | {"Project": ""} == {
        "Claim": claim.reference, "Claimant": "Breathe Example Ltd", "Project": "", "Award": claim.award.reference,
        "Network": "Fictional AHSN", "State": "Submitted", "Waits for": "Network", "Received": "1 June 2027",
        "Days": "12", "Late": "", "Spend (£)": "10000.00", "Grant (£)": "7000.00", "Paid on": "",
    }  # fmt: skip
    assert b"".join(get(auditor, "claims_board_xlsx").streaming_content)[:2] == b"PK"


def test_prompt_payment_is_counted_by_month(claim, people, auditor):
    agree(claim, people, "review", "approve", "instruct", "pay")
    page = text(get(auditor, "prompt_payment"))
    assert "80% of claims within 5 days 0 not paid after 5 days Kept" in page
    assert "June 2027 1 100% 100% 0.0 0.0 0.0" in page
    rows = b"".join(get(auditor, "prompt_payment_csv").streaming_content).decode().splitlines()
    assert rows[1] == "2027-06,1,100,100,0.0,0.0,0.0"


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=40), st.integers(1, 100))
def test_a_percentile_is_the_least_that_covers_its_share(seconds, percent):
    found = Promptness(None, tuple(sorted(seconds)))
    days = found.percentile(percent)
    covered = [s for s in seconds if s <= days * 86_400 + 0.001]
    assert 100 * len(covered) >= percent * len(seconds)


def test_a_claim_that_waits_too_long_misses_the_target_before_it_is_paid(claim, people, auditor, clock):
    clock(QUARTER_OVER + dt.timedelta(days=6))
    page = text(get(auditor, "prompt_payment"))
    assert "80% of claims within 5 days 1 not paid after 5 days Missed" in page
    assert "100% of claims within 30 days 0 not paid after 30 days Kept" in page


def test_days_with_the_claimant_do_not_make_a_claim_wait(claim, people):
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER}
    actions.query_claim(claim=claim, reason="Why?", at=QUARTER_OVER + dt.timedelta(days=2), **facts)
    asked = {"age": "5"}
    assert not claims_board.board(people.fund_manager, asked, DAYS_LATER)
    actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER + dt.timedelta(days=9))
    assert not claims_board.board(people.fund_manager, asked, DAYS_LATER)
    assert claims_board.board(people.fund_manager, asked, DAYS_LATER + dt.timedelta(days=1))


def test_no_days_are_counted_of_a_claim_that_ended_without_a_payment(claim, people):
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER}
    actions.reject_claim(claim=claim, reason="Not ours", at=QUARTER_OVER, **facts)
    assert claims_board.days_of(Claim.objects.get(), DAYS_LATER) is None


def test_a_target_is_missed_by_one_claim():
    day = 86_400
    assert not Promptness(None, (day, day, day, 6 * day)).meets(5, 80)
    assert Promptness(None, (day, day, day, day, 6 * day)).meets(5, 80)


# Progress


def test_progress_shows_periods_money_and_reports(claim, people, clock):
    clock(DAYS_LATER)
    page = text(get(people.applicant, "award_progress", claim.award.reference))
    assert "1 1 March 2027 to 31 May 2027 Breathe Example Ltd 30 June 2027" in page
    assert f"{claim.reference} £7,000 Submitted" in page
    assert "Labour £40,000 £10,000 £30,000" in page
    assert "Statement of expenditure Breathe Example Ltd, period 4 30 March 2028" in page
    assert "Final report of the project" in page


def test_match_funding_is_held_against_an_even_plan(claim, people):
    found = progress.of_award(claim.award, people.fund_manager, dt.date(2027, 6, 1))
    assert [(m.needed, m.planned, m.spent) for m in found.match] == [(1_725_100, 433_631, 300_000)]
    assert [(m.month.month, m.claimed) for m in found.months][:4] == [(3, 0), (4, 0), (5, 700_000), (6, 700_000)]


def test_match_funding_is_planned_only_for_periods_that_are_over(claim, people):
    for day in (dt.date(2027, 6, 1), dt.date(2027, 8, 31)):
        [match] = progress.of_award(claim.award, people.fund_manager, day).match
        assert match.planned == 433_631
    [match] = progress.of_award(claim.award, people.fund_manager, dt.date(2028, 3, 1)).match
    assert match.planned == match.needed


def test_progress_costs_the_same_with_one_and_three_claims(claim, people, auditor):
    one = queries_of(auditor, "award_progress", claim.award.reference)
    for number in (2, 3):
        claim_again(claim, people, number)
    assert queries_of(auditor, "award_progress", claim.award.reference) == one


# Reminders


def reminded(days: int) -> list[str]:
    """Return what is written so many days after the first period, beyond what was written before."""
    before = set(Message.objects.filter(template="claim_due").values_list("pk", flat=True))
    remind_of_claims(at=dt.datetime(2027, 5, 31, 9, 0, tzinfo=dt.UTC) + dt.timedelta(days=days))
    return [m.subject for m in Message.objects.filter(template="claim_due").exclude(pk__in=before)]


def test_partners_are_reminded_once_when_it_opens_a_week_before_and_when_overdue(live_award):
    due = "Claim for the three months to 31 May 2027 by 30 June 2027"
    found = {days: reminded(days) for days in (0, 1, 2, 22, 23, 24, 30, 31, 32, 61)}
    overdue = "Claim for the three months to 31 May 2027 is overdue"
    assert {days: subjects for days, subjects in found.items() if subjects} == {1: [due], 23: [due], 31: [overdue]}


def test_nobody_is_reminded_of_a_claim_that_was_sent(claim):
    assert reminded(23) == []
