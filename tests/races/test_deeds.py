"""The same deed from two sessions at once is done once."""

from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from accounts.states import Role
from awards import actions, tasks
from awards.models import Award, Claim, Letter, LetterRequest
from funds.models import Approval, LedgerEntry
from tests.cast import NOW
from tests.cast_awards import LINES, QUARTER_OVER, STARTED, agree, draft_claim, issue, line, other, settle, won_bid
from tests.races.racing import at_once, refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_one_person_reviewing_twice_gives_one_approval(claim, people):
    review = partial(
        actions.review_claim, claim=claim, by=people.monitoring_officer, role=Role.MONITORING_OFFICER, at=QUARTER_OVER
    )
    assert len(refused(at_once([review] * 4))) == 3
    assert list(Approval.objects.filter(proposal__kind="claim").values_list("step", flat=True)) == ["review"]


def test_one_person_cannot_race_through_two_steps(claim, people):
    both = people.monitoring_officer
    both.memberships.create(organisation=people.fund_manager.held[0].organisation, role=Role.FUND_MANAGER)
    both = User.objects.get(pk=both.pk)
    facts = {"claim": claim, "by": both, "at": QUARTER_OVER}
    steps = [
        partial(actions.review_claim, role=Role.MONITORING_OFFICER, **facts),
        partial(actions.approve_claim, role=Role.FUND_MANAGER, **facts),
    ]
    at_once(steps * 2)
    assert Approval.objects.filter(proposal__kind="claim", by=both).count() == 1
    assert Claim.objects.get(pk=claim.pk).state == "reviewed"


def test_the_bank_s_news_twice_at_once_pays_once(claim, people):
    claim = agree(claim, people, "review", "approve", "instruct")
    news = partial(
        actions.record_payment, claim=claim, bank_reference="BACS 1", by=people.finance_officer, at=QUARTER_OVER
    )
    assert refused(at_once([news] * 4)) == []
    assert list(LedgerEntry.objects.filter(kind="paid").values_list("pence", flat=True)) == [700_000]


def test_two_claims_racing_for_the_last_penny_of_a_category(live_award, people):
    """£40,000 of labour is left: both claims ask for £20,000.01 of it."""
    lines = [line(2_000_001, invoice_number="1"), line(2_000_001, invoice_number="2")]
    drafts = [
        draft_claim(live_award, people, one, number=number, match_pence=600_001)
        for number, one in enumerate(moved(lines), start=1)
    ]
    results = at_once(
        [partial(actions.submit_claim, claim=draft, by=people.applicant, at=QUARTER_OVER) for draft in drafts]
    )
    assert refused(results) == ["Labour: £20,000.01 is claimed, but only £19,999.99 of the eligible cost is left."]
    assert Claim.objects.filter(state="submitted").count() == 1


def moved(lines):
    """Return the second line in the second quarter."""
    first, second = lines
    return [first, line(second.pence, invoice_number="2", incurred_on=QUARTER_OVER.date())]


def test_two_offers_of_one_bid_make_one_award(bid, people):
    make = partial(actions.offer, bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert len(refused(at_once([make] * 4))) == 3
    assert (Award.objects.count(), LedgerEntry.objects.filter(kind="committed").count()) == (1, 2)


def test_a_letter_is_issued_once(settled_award, people):
    actions.propose_letter(award=settled_award, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    sign = partial(actions.issue_letter, award=settled_award, by=people.second_manager, role=Role.FUND_MANAGER, at=NOW)
    assert len(refused(at_once([sign] * 4))) == 3
    assert LetterRequest.objects.count() == 1


def test_acceptance_and_lapse_on_the_last_night_do_not_both_happen(issued_award, people):
    tasks.make_letters(at=NOW)
    late = QUARTER_OVER
    accept = partial(actions.accept, award=issued_award, name="Ada Applicant", by=people.applicant, at=NOW)
    at_once([accept, partial(actions.lapse, award=issued_award, at=late)] * 2)
    released = LedgerEntry.objects.filter(kind="released").count()
    assert (Award.objects.get().state, released) in [("accepted", 0), ("lapsed", 2)]


def test_four_workers_store_a_letter_once(issued_award, store):
    before = len(store.letters())
    at_once([partial(tasks.make_letters, at=NOW)] * 4)
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 1)


def test_no_session_keeps_an_advisory_lock(issued_award):
    at_once([partial(tasks.make_letters, at=NOW)] * 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [tasks.LOCK],
        )
        assert cursor.fetchone() == (0,)


def test_one_invoice_cannot_be_claimed_on_two_awards_at_once(live_award, competition, people):
    second = another_live_award(competition, live_award.bid.lead, people)
    drafts = [draft_claim(award, people) for award in (live_award, second)]
    results = at_once(
        [partial(actions.submit_claim, claim=draft, by=people.applicant, at=QUARTER_OVER) for draft in drafts]
    )
    assert [words.startswith("Invoice PAY-04 over the same amount is on claim") for words in refused(results)] == [True]


def another_live_award(competition, lead, people) -> Award:
    """Return a second award of a company that has one already."""
    bid = won_bid(competition, lead, people.applicant, lines=[*LINES[:2], other(5_000)])
    award = settle(actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW), people)
    issue(award, people)
    tasks.make_letters(at=NOW)
    actions.accept(award=award, name="Ada Applicant", by=people.applicant, at=NOW)
    return actions.go_live(award=award, at=STARTED)
