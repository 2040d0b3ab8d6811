"""What the database wants before a letter, each taken away by direct SQL after two people have agreed to the letter."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from audit.record import digest
from awards import letter_content, readiness
from awards.gates_in_database import GATES
from awards.models import Award
from bids.models import MatchSource, MatchVerification
from funds import approvals
from tests.cast import NOW
from tests.cast_awards import prove

pytestmark = pytest.mark.django_db
ISSUE = "UPDATE awards_award SET state = 'letter_issued' WHERE id = {award}"
# What is taken away, and the gate that then stays shut.
TAKEN = {
    "DELETE FROM awards_condition WHERE kind = 'fraud'": "a partner lacks a rating",
    "DELETE FROM awards_spendline WHERE month = '2027-03-01'": "spend profile is not equal to its grant",
    "UPDATE awards_spendline SET month = '2027-01-01' WHERE month = '2027-03-01'": "short in a month",
    "UPDATE awards_award SET responsible_officer_id = {finance}": "verified by its responsible officer",
    "UPDATE awards_award SET grant_pence = 10000001": "two people have not approved an award of this size",
}


def agreed(award, people) -> None:
    """Let two people agree to the letter."""
    facts = {"role": "fund_manager", "at": NOW}
    content = letter_content.content(award)
    proposal = approvals.propose(
        kind="letter", reference=award.reference, content=content, by=people.fund_manager, **facts
    )
    approvals.approve(proposal=proposal, by=people.second_manager, **facts)


def run(*statements: str, **keys: object) -> None:
    """Run statements in one transaction as the web's role."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**keys))


@pytest.mark.parametrize("taken", TAKEN)
def test_no_letter_without(taken, settled_award, people):
    agreed(settled_award, people)
    with pytest.raises(IntegrityError, match=f"award .* waits: .*{TAKEN[taken]}"):
        run(taken, ISSUE, award=settled_award.pk, finance=people.finance_officer.pk)


def settled_by_force(award, people) -> None:
    """Verify the match funding, and call everything else settled by direct SQL."""
    prove(MatchSource.objects.get(), people)
    run(
        "UPDATE awards_condition SET rating = 'green', settled_at = now(), settled_by_id = {by}",
        by=people.finance_officer.pk,
    )
    run("UPDATE awards_award SET state = 'conditions_met'")
    Award.objects.update(content_sha256=digest(letter_content.content(award)))
    agreed(award, people)


def test_no_letter_with_more_in_kind_than_the_competition_takes(award, people):
    MatchSource.objects.update(kind="in_kind")
    settled_by_force(award, people)
    assert [one.problem for one in readiness.cover(award.partners.all())] == [
        "At most £0 of it may be in kind: £17,251 is needed in cash, and £0 in cash is verified."
    ]
    with pytest.raises(IntegrityError, match="more of a partner's match funding is in kind"):
        run(ISSUE, award=award.pk)


def test_no_letter_without_bank_details_that_somebody_checked(award, people):
    settled_by_force(award, people)
    with pytest.raises(IntegrityError, match="a partner has no verified bank details"):
        run(ISSUE, award=award.pk)


def test_no_letter_on_a_day_when_its_evidence_is_out_of_date(settled_award, people):
    agreed(settled_award, people)
    last = MatchVerification.objects.get().expires_on
    issue = (
        "UPDATE awards_award SET issued_at = '{day} 00:00 Europe/London', accept_by = '{day}', state = 'letter_issued'"
    )
    with pytest.raises(IntegrityError, match="verified on evidence that is out of date"):
        run(issue, day=last + dt.timedelta(days=1))
    run(issue, day=last)


def test_every_gate_is_tried():
    tried = [*TAKEN.values(), "no verified bank details", "evidence that is out of date", "funding is in kind"]
    assert all(any(sign in gate for sign in tried) for gate in GATES)


def test_with_all_of_it_the_letter_is_issued(settled_award, people):
    agreed(settled_award, people)
    run("UPDATE awards_award SET issued_at = now(), accept_by = '2027-03-04', state = 'letter_issued'")
    assert Award.objects.get().state == "letter_issued"
