"""Match funding: declared, evidenced, verified once."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions import grant_role
from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from bids import actions, queries
from bids.match_checks import codes
from bids.models import Document, MatchSource
from bids.states import MATCH_EDGES, MatchState
from tests.cast import NOW, organisation, person
from tests.cast_bids import evidence, lead_partner, pdf, pledge, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


@pytest.fixture
def source(submitted_bid, applicant) -> MatchSource:
    """The £18,000 that a submitted bid declares."""
    return MatchSource.objects.get(partner__bid=submitted_bid)


@pytest.fixture
def evidenced(source, applicant) -> MatchSource:
    """The same, with a clean bank statement."""
    evidence(source, applicant)
    return source


@pytest.fixture
def verify(finance_officer):
    """Verify as a finance officer."""

    def deed(source: MatchSource, pounds: int = 18_000, **changed) -> MatchSource:
        facts = {
            "source": source,
            "pounds": pounds,
            "checks": codes(source.kind),
            "by": finance_officer,
            "role": Role.FINANCE_OFFICER,
            "at": NOW,
        }
        return actions.verify_match(**(facts | changed))

    return deed


@pytest.fixture
def second(competition):
    """Another company's bid that cites the very same pledge."""
    lead = organisation()
    by = person(Role.APPLICANT, lead)
    source = MatchSource.objects.get(partner__bid=submitted(competition, lead, by, "Another test"))
    MatchSource.objects.filter(pk=source.pk).update(funder="Breathe Example Ltd")
    source.refresh_from_db()
    return source, by


def test_the_states_of_a_source_are_these():
    S = MatchState
    assert set(MATCH_EDGES) == {
        (S.DECLARED, S.EVIDENCED), (S.EVIDENCED, S.VERIFIED), (S.EVIDENCED, S.QUERIED), (S.EVIDENCED, S.REJECTED),
        (S.QUERIED, S.EVIDENCED), (S.QUERIED, S.REJECTED), (S.EVIDENCED, S.DECLARED), (S.VERIFIED, S.EVIDENCED),
        (S.VERIFIED, S.QUERIED), (S.REJECTED, S.EVIDENCED),
    }  # fmt: skip


def test_verified_match_adds_up(evidenced, verify):
    verify(evidenced, 17_000)
    assert queries.verified_match(evidenced.partner) == 17_000


def test_who_verified_on_what_evidence_is_on_the_record(evidenced, verify, finance_officer):
    verify(evidenced)
    event = Event.objects.get(verb="match.verified")
    assert (event.actor_id, event.role, event.changes["pounds"]) == (finance_officer.pk, "finance_officer", 18_000)
    assert event.changes["evidence"] == [Document.objects.get().sha256]


@pytest.mark.parametrize("pounds", [0, -1, 18_001])
def test_no_more_is_verified_than_declared(evidenced, verify, pounds):
    with pytest.raises(Refused, match="between £1 and £18,000"):
        verify(evidenced, pounds)


def test_money_is_not_verified_without_evidence(source, verify):
    with pytest.raises(Refused, match="with evidence"):
        verify(source)


def test_evidence_counts_only_when_found_clean(source, verify, applicant):
    document = actions.attach_document(
        bid=source.partner.bid, file=pdf(), filename="s.pdf", kind="match_evidence", source=source,
        dated_on=dt.date(2027, 1, 20), by=applicant, at=NOW,
    )  # fmt: skip
    actions.give_evidence(source=source, document=document, by=applicant, at=NOW)
    with pytest.raises(Refused, match="found clean"):
        verify(source)


@pytest.mark.parametrize("role", [Role.FUND_MANAGER, Role.AUDITOR, Role.APPLICANT, ""])
def test_only_finance_officers_verify(evidenced, verify, role):
    with pytest.raises(Refused, match="finance officer"):
        verify(evidenced, role=role)


def test_nobody_of_the_applicant_verifies_its_match(evidenced, verify, sme, finance_officer):
    grant_role(user=finance_officer, organisation=sme, role=Role.APPLICANT, by=None, at=NOW)
    vars(finance_officer).pop("held", None)
    with pytest.raises(Refused, match="somebody else"):
        verify(evidenced)


def test_a_source_is_verified_once(evidenced, verify):
    verify(evidenced)
    with pytest.raises(Refused, match="waits for a decision"):
        verify(evidenced)


def test_a_query_is_answered_with_more_evidence(evidenced, verify, applicant, finance_officer):
    facts = {"source": evidenced, "by": finance_officer, "role": Role.FINANCE_OFFICER, "at": NOW}
    assert actions.query_match(reason="The account holder is missing.", **facts).state == "queried"
    evidence(evidenced, applicant, "with the name")
    assert verify(evidenced).state == "verified"


def test_a_rejection_needs_a_reason(evidenced, finance_officer):
    facts = {"source": evidenced, "by": finance_officer, "role": Role.FINANCE_OFFICER, "at": NOW}
    with pytest.raises(Refused, match="Give a reason"):
        actions.reject_match(reason="  ", **facts)
    assert actions.reject_match(reason="A loan to somebody else.", **facts).state == "rejected"


def test_the_same_pledge_in_two_bids_is_flagged(evidenced, second, verify):
    assert [s.partner.bid for s in queries.same_money(evidenced)] == [second[0].partner.bid]
    with pytest.raises(Refused, match=f"cited in {second[0].partner.bid.reference}"):
        verify(evidenced)


def test_the_same_file_in_two_bids_is_flagged(competition, evidenced, verify):
    lead = organisation()
    by = person(Role.APPLICANT, lead)
    other = MatchSource.objects.get(partner__bid=submitted(competition, lead, by, "Another"))
    evidence(other, by, f"statement {evidenced.pk}")
    with pytest.raises(Refused, match="cited in"):
        verify(evidenced)


def test_a_pledge_cited_twice_is_verified_only_as_far_as_it_goes(evidenced, second, verify):
    source, by = second
    evidence(source, by)
    verify(evidenced, duplicate_reason="The companies share one account.")
    with pytest.raises(Refused, match="at most £0 can be verified here"):
        verify(source, duplicate_reason="They share it.")
    with pytest.raises(Refused, match="at most £12,000 can be verified here"):
        verify(source, 12_001, duplicate_reason="They share it.", covers_pounds=30_000)
    verify(source, 12_000, duplicate_reason="They share it.", covers_pounds=30_000)


def test_money_of_a_bid_that_ended_is_free_again(evidenced, second, verify, applicant):
    verify(evidenced, duplicate_reason="They share one account.")
    actions.withdraw(bid=evidenced.partner.bid, by=applicant, at=NOW)
    source, by = second
    evidence(source, by)
    assert verify(source, duplicate_reason="The other bid was withdrawn.").verified_pounds == 18_000


def test_public_money_is_refused(bid, applicant):
    with pytest.raises(Refused, match="NHS England is public money"):
        pledge(lead_partner(bid), applicant, 1_000, kind="charity", funder="NHS  England")


def test_a_partner_declares_its_own_money_only(bid, applicant, trust, trust_person):
    own = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert pledge(own, trust_person, 10, kind="charity", funder="Fictional Friends").state == "declared"
    with pytest.raises(Refused, match="Only people of"):
        pledge(lead_partner(bid), trust_person, 10)


def test_a_source_is_dropped_until_evidence_is_given(bid, applicant):
    actions.drop_match(source=pledge(lead_partner(bid), applicant, 10), by=applicant, at=NOW)
    source = pledge(lead_partner(bid), applicant, 10)
    evidence(source, applicant)
    with pytest.raises(Refused, match="stays on the record"):
        actions.drop_match(source=source, by=applicant, at=NOW)


def test_an_old_bank_statement_is_refused(source, applicant):
    document = actions.attach_document(
        bid=source.partner.bid, file=pdf(), filename="s.pdf", kind="match_evidence", source=source,
        dated_on=dt.date(2026, 11, 3), by=applicant, at=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match="90 days"):
        actions.give_evidence(source=source, document=document, by=applicant, at=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bids_matchsource SET state = 'verified', verified_pounds = 18000 WHERE id = %s",
        "UPDATE bids_matchsource SET verified_pounds = 18001 WHERE id = %s",
        "UPDATE bids_matchsource SET state = 'queried' WHERE id = %s",
    ],
)
def test_the_database_refuses_a_short_cut(source, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [source.pk])


def test_the_database_fixes_what_was_verified(evidenced, verify):
    verify(evidenced)
    with pytest.raises(IntegrityError, match="cannot be changed"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bids_matchsource SET amount_pounds = 1, verified_pounds = 1 WHERE id = %s", [evidenced.pk]
        )
