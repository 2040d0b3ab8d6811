"""The same invoice of one supplier, claimed by two organisations in two awards, is shown to officials alone."""

from dataclasses import replace

import pytest

from accounts.models import Organisation
from accounts.states import Role
from awards import actions, claim_checks
from tests.cast import NOW, organisation, person
from tests.cast_awards import QUARTER_OVER, STARTED, draft_claim, issue, line, settle, won_bid, write_down

pytestmark = pytest.mark.django_db
INVOICE = {"invoice_number": "INV-77", "supplier": "Sensors Example Ltd"}


@pytest.fixture
def elsewhere(competition, people):
    """A draft of another organisation's claim in another award: £10,000 of labour, invoice inv 77."""
    lead = organisation(name="Other Example Ltd", region="London")
    Organisation.objects.filter(pk=lead.pk).update(address="2 Fictional Way", postcode="ZZ99 9ZZ")
    others = replace(people, applicant=person(Role.APPLICANT, lead))
    bid = won_bid(competition, lead, others.applicant)
    award = actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    award = issue(settle(award, others), people)
    write_down(award)
    award = actions.accept(award=award, name="Olga Other", by=others.applicant, at=NOW)
    award = actions.go_live(award=award, at=STARTED)
    return lambda **facts: draft_claim(award, others, line(**(INVOICE | facts)))


def flags(claim, *, own_only: bool) -> list[tuple[str, bool]]:
    return [(flag.why, flag.is_exact) for flag in claim_checks.check(claim, own_only=own_only).flags]


def test_officials_see_it_and_the_claimant_does_not(elsewhere, live_award, people):
    first = draft_claim(live_award, people, line(**INVOICE))
    actions.submit_claim(claim=first, by=people.applicant, at=QUARTER_OVER)
    draft = elsewhere(invoice_number="inv 77", supplier="SENSORS EXAMPLE LTD")
    assert flags(draft, own_only=False) == [("invoice inv 77 over the same amount", True)]
    assert flags(draft, own_only=True) == []
    assert claim_checks.problems(draft) == []
    assert flags(elsewhere(supplier="Another Ltd"), own_only=False) == []
    assert flags(elsewhere(supplier=""), own_only=False) == []
    assert flags(elsewhere(pence=999_999), own_only=False) == []
