"""Two presses, two colleagues, two officers at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.rules import Refused
from accounts.states import Role
from bids import actions
from bids.match_checks import codes
from bids.models import Answer, BidVersion, MatchSource
from tests.cast import NOW, organisation, person
from tests.cast_bids import evidence, ready, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.usefixtures("store")]


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do all deeds at once, each on a connection of its own; return "done" or why not, in order."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> str:
        try:
            start.wait(timeout=60)
            deed()
            return "done"
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_eight_presses_of_one_submit_make_one_version(ready_bid, applicant):
    facts = {"bid": ready_bid, "by": applicant, "at": NOW, "first_contact": NOW, "key": "one"}
    assert at_once(*[lambda: actions.submit(**facts)] * 8) == ["done"] * 8
    assert BidVersion.objects.count() == 1


def test_of_two_first_texts_of_one_answer_the_second_is_a_conflict(bid, applicant):
    facts = {"bid": bid, "question": bid.competition.questions.first(), "version": 0, "by": applicant, "at": NOW}
    answers = at_once(*(lambda t=text: actions.save_answer(text=t, **facts) for text in ("mine", "yours")))
    assert sorted(answer[:4] for answer in answers) == ["Some", "done"]
    assert Answer.objects.get().version == 1


@pytest.mark.parametrize("call_terms", [{"leads_per_business": 1}])
def test_a_business_leads_one_bid_though_it_submits_two_at_once(competition, sme, applicant):
    facts = {"by": applicant, "at": NOW, "first_contact": NOW, "key": "k"}
    bids = [ready(competition, sme, applicant, f"Test {i}") for i in range(2)]
    answers = at_once(*(lambda b=bid: actions.submit(bid=b, **facts) for bid in bids))
    assert (answers.count("done"), BidVersion.objects.count()) == (1, 1)


def test_one_pledge_is_verified_once_though_two_officers_verify_at_once(competition, finance_officer):
    sources = []
    for title in ("One", "Two"):
        lead = organisation()
        by = person(Role.APPLICANT, lead)
        bid = submitted(competition, lead, by, title)
        MatchSource.objects.filter(partner__bid=bid).update(funder="Fictional Shared Fund")
        sources.append(MatchSource.objects.get(partner__bid=bid))
        evidence(sources[-1], by)
    facts = {"by": finance_officer, "role": Role.FINANCE_OFFICER, "at": NOW, "duplicate_reason": "It is shared."}
    answers = at_once(
        *(
            lambda s=source: actions.verify_match(source=s, pounds=18_000, checks=codes(s.kind), **facts)
            for source in sources
        )
    )
    assert answers.count("done") == 1
    assert sum(s.verified_pounds or 0 for s in MatchSource.objects.all()) == 18_000
