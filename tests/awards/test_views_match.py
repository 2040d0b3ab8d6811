"""The desk of match funding: who sees which evidence, and who decides."""

import pytest

from accounts.states import Role
from audit.models import Event
from awards import actions
from awards.models import Award
from bids import actions as bid_actions
from bids.match_checks import codes
from bids.models import Document, MatchSource
from bids.states import MatchState
from tests.asking import get, post, queries_of, text, told
from tests.cast import NOW, person
from tests.cast_awards import won_bid
from tests.cast_bids import evidence, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CHECKED = sorted(codes("own_reserves"))
DEEDS = {
    "match_verify": {"pounds": "1", "checks": CHECKED},
    "match_query": {"reason": "Why?"},
    "match_reject": {"reason": "No."},
}


@pytest.fixture
def source(award, people) -> MatchSource:
    """£17,251 in the bank, with a clean statement."""
    found = MatchSource.objects.get(partner__bid=award.bid_id)
    evidence(found, people.applicant)
    return found


@pytest.fixture
def cited_twice(source, competition, sme, people) -> MatchSource:
    """The same pledge in another bid."""
    return MatchSource.objects.get(partner__bid=won_bid(competition, sme, people.applicant))


def now(source: MatchSource) -> MatchSource:
    return MatchSource.objects.get(pk=source.pk)


def test_the_desk_says_what_is_missing(award, source, auditor):
    page = text(get(auditor, "award_match", award.reference))
    assert "£0 of £17,251 is verified: another £17,251 is needed." in page
    assert "statement.pdf Clean dated 20 January 2027" in page


def test_a_finance_officer_verifies_less_than_was_declared(award, source, people):
    answer = post(people.finance_officer, "match_verify", source.pk, pounds="17,000", checks=CHECKED)
    assert told(answer) == ["Own reserves from Breathe Example Ltd is verified."]
    assert (now(source).state, now(source).verified_pounds) == (MatchState.VERIFIED, 17_000)


def test_more_than_was_declared_is_refused(award, source, people):
    page = text(post(people.finance_officer, "match_verify", source.pk, pounds="17252", checks=CHECKED))
    assert "Verify between £1 and £17,251, the amount declared." in page


@pytest.mark.parametrize(("deed", "state"), [("query", MatchState.QUERIED), ("reject", MatchState.REJECTED)])
def test_a_source_is_given_back_with_a_reason(deed, state, award, source, people):
    assert "Fill in “Reason”." in text(post(people.finance_officer, f"match_{deed}", source.pk))
    post(people.finance_officer, f"match_{deed}", source.pk, reason="The statement is unsigned.")
    assert (now(source).state, now(source).reason) == (state, "The statement is unsigned.")


def test_money_cited_twice_is_pointed_out_and_needs_a_reason(award, source, cited_twice, people):
    page = text(get(people.finance_officer, "award_match", award.reference))
    assert f"{cited_twice.partner.bid.reference}, Breathe Example Ltd: £17,251 declared, nothing verified" in page
    page = text(post(people.finance_officer, "match_verify", source.pk, pounds="17251", checks=CHECKED))
    assert f"cited in {cited_twice.partner.bid.reference}. Give a reason why it counts here too." in page


def test_money_cited_twice_counts_with_a_reason(award, source, cited_twice, people):
    reason = {"duplicate_reason": "The other bid is withdrawn.", "covers_pounds": ""}
    post(people.finance_officer, "match_verify", source.pk, pounds="17251", checks=CHECKED, **reason)
    assert now(source).state == MatchState.VERIFIED


def test_applicants_are_not_told_of_other_bids(award, source, cited_twice, people):
    page = text(get(people.applicant, "award_match", award.reference))
    assert "Own reserves: Breathe Example Ltd" in page
    assert cited_twice.partner.bid.reference not in page


def test_evidence_is_opened_by_a_link_and_put_on_the_record(award, source, auditor):
    document = source.documents.get()
    answer = get(auditor, "match_evidence", award.reference, document.pk)
    assert "filename%2A%3DUTF-8%27%27statement.pdf" in answer.headers["Location"]
    event = Event.objects.get(verb="document.downloaded")
    assert (event.actor_id, event.role) == (auditor.pk, "auditor")
    assert event.changes == {"document": document.pk, "sha256": document.sha256}


def test_evidence_that_is_not_scanned_stays_shut(award, people):
    source = MatchSource.objects.get(partner__bid=award.bid_id)
    document = bid_actions.attach_document(
        bid=source.partner.bid, file=pdf(), filename="statement.pdf", kind="match_evidence", source=source,
        dated_on=NOW.date(), by=people.applicant, at=NOW,
    )  # fmt: skip
    answer = get(people.finance_officer, "match_evidence", award.reference, document.pk)
    assert told(answer) == ["statement.pdf is waiting to be scanned, so it cannot be opened."]


def test_a_partner_does_not_open_the_bank_statement_of_the_lead(consortium, people):
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    lead, partner = award.partners.all()
    evidence(MatchSource.objects.get(partner=lead.partner_id), people.applicant)
    document = Document.objects.get(match_source__partner=lead.partner_id)
    other = person(Role.APPLICANT, partner.organisation)
    assert get(other, "award_match", award.reference).status_code == 200
    assert get(other, "match_evidence", award.reference, document.pk).status_code == 403


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("role", ["auditor", "fund_manager", "applicant"])
def test_only_a_finance_officer_decides(name, role, award, source, request):
    answer = post(request.getfixturevalue(role), name, source.pk, **DEEDS[name])
    assert (answer.status_code, now(source).state) == (403, MatchState.EVIDENCED)


def test_the_desk_costs_the_same_with_one_and_two_sources(award, source, consortium, people, auditor):
    other = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    for one in MatchSource.objects.filter(partner__bid=consortium):
        evidence(one, people.applicant)
    pages = [queries_of(auditor, "award_match", reference) for reference in (award.reference, other.reference)]
    assert pages[0] == pages[1]
    assert Award.objects.count() == 2
