"""The same invoice of one supplier, claimed by two organisations in two awards, is shown to officials alone."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.models import Organisation
from accounts.states import Role
from awards import actions, claim_checks
from awards.models import ClaimDocument, Evidence
from tests.cast import NOW, organisation, person
from tests.cast_awards import QUARTER_OVER, STARTED, draft_claim, issue, line, settle, won_bid, write_down

pytestmark = pytest.mark.django_db
INVOICE = {"invoice_number": "INV-77", "supplier": "Sensors Example Ltd"}


def next_quarter(claim, people, **facts):
    """Return a draft of the next quarter's claim: £10,000 of labour."""
    later = {"incurred_on": dt.date(2027, 7, 1)}
    return draft_claim(claim.award, people, line(**(INVOICE | later | facts)), number=2)


@pytest.fixture
def invoiced(live_award, people):
    """A submitted claim with the invoice."""
    draft = draft_claim(live_award, people, line(**INVOICE))
    return actions.submit_claim(claim=draft, by=people.applicant, at=QUARTER_OVER)


def test_the_same_number_and_amount_under_another_name_is_for_officials_to_look_at(invoiced, people):
    draft = next_quarter(invoiced, people, supplier="Sensors Example Limited")
    assert flags(draft, own_only=False) == [("number INV-77 over the same amount, of another supplier", False)]
    assert claim_checks.problems(draft) == []
    assert flags(next_quarter(invoiced, people, supplier="Else Ltd", pence=999_999), own_only=False) == []
    assert flags(next_quarter(invoiced, people, supplier="Else Ltd", invoice_number=""), own_only=False) == []


def test_full_width_digits_do_not_hide_an_invoice(invoiced, people):
    draft = next_quarter(invoiced, people, invoice_number="inv \uff17\uff17")
    assert [is_exact for _, is_exact in flags(draft, own_only=True)] == [True]


def test_a_file_that_proved_match_funding_on_another_claim_is_shown_beside_it(live_award, people):
    drafts = [draft_claim(live_award, people, line(), number=1), draft_claim(live_award, people, line(), number=2)]
    for draft in drafts:
        document = ClaimDocument.objects.create(
            claim=draft, filename="statement.pdf", content_type="application/pdf", bytes=9, sha256="5" * 64, key="k",
            uploaded_by=people.applicant, uploaded_at=QUARTER_OVER,
        )  # fmt: skip
        Evidence.objects.create(document=document, match_line=draft.match_lines.get())
    actions.submit_claim(claim=drafts[0], by=people.applicant, at=QUARTER_OVER)
    found = claim_checks.check(drafts[1], own_only=False)
    [flag] = found.flags_by_match[drafts[1].match_lines.get().pk]
    assert (flag.other, flag.why) == (drafts[0], "the same file, statement.pdf")


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
