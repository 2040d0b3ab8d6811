"""An award is completed when its project is over, its final report accepted, and nothing is outstanding."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.rules import Refused
from accounts.states import Role
from awards import actions, outstanding
from awards.actions import recovering, releasing, variations
from awards.models import Award
from funds.models import Envelope
from tests.asking import get, post, text
from tests.cast_awards import QUARTER_OVER, agree, report_finally, sent

pytestmark = pytest.mark.django_db
FM = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER}
OVER = dt.datetime(2028, 3, 1, tzinfo=dt.UTC)


def complete(award, people, at=OVER):
    return actions.complete(award=award, by=people.fund_manager, role=Role.FUND_MANAGER, at=at)


def refused_by_the_database(award) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE awards_award SET state = 'completed' WHERE id = %s", [award.pk])
    return str(refused.value)


def missing(award) -> list[str]:
    return [one.sentence for one in outstanding.of(award)]


def test_its_money_returns(live_award, people):
    report_finally(live_award, people)
    assert complete(live_award, people).state == "completed"
    assert not Envelope.objects.filter(committed_pence__gt=0).exists()


def test_not_while_the_project_runs(live_award, people):
    with pytest.raises(Refused, match="runs until 29 February 2028"):
        complete(live_award, people, QUARTER_OVER)


def test_not_without_a_final_report_that_is_accepted(live_award, people):
    with pytest.raises(Refused, match="The final report of the project is due"):
        complete(live_award, people)
    assert "the final report is not accepted" in refused_by_the_database(live_award)
    report = sent(live_award, people)
    assert missing(live_award) == ["Final report of the project waits to be read."]
    actions.send_report_back(report=report, reason="Thin", by=people.fund_manager, **FM)
    assert missing(live_award) == ["The final report was sent back, and another is due."]


def test_not_with_a_claim_under_way(claim, people):
    report_finally(claim.award, people)
    assert missing(claim.award) == [f"Claim {claim.reference} is submitted."]
    assert "a claim is not settled" in refused_by_the_database(claim.award)


def test_not_with_a_report_that_nobody_has_read(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    report_finally(claim.award, people)
    sent(claim.award, people, claim, "statement")
    assert missing(claim.award) == ["Statement of expenditure waits to be read."]
    assert "a report waits to be read" in refused_by_the_database(claim.award)


def test_not_while_money_is_asked_back(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    report_finally(claim.award, people)
    facts = {"kind": "clawback", "pence": 100, "reason": "Counted twice", "by": people.fund_manager}
    due = recovering.propose_recovery(claim=claim, **facts, **FM)
    assert missing(claim.award) == [f"Money is asked back and has not come: {due.reference}."]
    assert "money that is asked back has not come" in refused_by_the_database(claim.award)


def test_not_while_a_change_waits_for_a_second_person(live_award, people):
    report_finally(live_award, people)
    facts = {"reason": "Recruitment", "by": people.fund_manager}
    variations.propose_time(award=live_award, ends_on=dt.date(2028, 5, 31), **facts, **FM)
    releasing.propose_underspend(part=live_award.partners.get(), year="2027-28", pence=1, **facts, **FM)
    waits = "waits for a second person: agree to it or drop it."
    assert missing(live_award) == [f"{live_award}-{n} {waits}" for n in ("V1", "U1")]
    assert "a change waits for a second person" in refused_by_the_database(live_award)


def test_the_page_lists_what_is_outstanding_and_completes_nothing(claim, people, clock):
    clock(OVER)
    page = text(get(people.fund_manager, "award_complete", claim.award.reference))
    assert f"What is outstanding The final report of the project is due. Claim {claim.reference} is submitted." in page
    post(people.fund_manager, "award_complete", claim.award.reference)
    assert Award.objects.get(pk=claim.award_id).state == "live"
