"""Money is moved by entries only, once each, and never beyond an envelope."""

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.rules import Refused
from audit.models import Event
from funds import approvals, ledger, watchdog
from funds.ledger import DoesNotFit
from funds.models import Envelope, LedgerEntry, Proposal
from funds.money import pounds, share
from funds.states import EntryKind
from tests.cast import NOW


def commit(competition, pence, reference="MFA-1", award=None, year="2026-27"):
    award = award or ledger.open_envelope(stream=competition.stream, kind="award")
    return ledger.post(
        kind=EntryKind.COMMITTED, reference=f"{reference}/{year}", pence=pence, stream=competition.stream, year=year,
        pot=competition.pot, award=award, by=None, at=NOW,
    )  # fmt: skip


def counters(envelope):
    row = Envelope.objects.get(pk=envelope.pk)
    return row.cap_pence, row.committed_pence, row.instructed_pence, row.paid_pence


def test_a_commitment_moves_award_pot_year_and_stream(competition):
    entry = commit(competition, 1_000)
    seen = {
        e.kind: e.committed_pence for e in Envelope.objects.filter(stream=competition.stream).exclude(committed_pence=0)
    }
    assert seen == {"award": 1_000, "pot": 1_000, "year": 1_000, "stream": 1_000}
    assert counters(entry.award)[0] == 1_000


def test_the_last_penny_fits_and_the_next_does_not(competition):
    commit(competition, 49_999_999, "MFA-1")
    commit(competition, 1, "MFA-2")
    with pytest.raises(DoesNotFit, match=r"£0.01 does not fit"):
        commit(competition, 1, "MFA-3")
    assert counters(competition.pot) == (50_000_000, 50_000_000, 0, 0)


def test_a_year_without_money_takes_no_commitment(competition):
    with pytest.raises(DoesNotFit, match="no money in that financial year"):
        commit(competition, 100, year="2031-32")


def test_posting_again_changes_nothing(competition):
    first = commit(competition, 1_000)
    again = commit(competition, 1_000, award=first.award)
    assert again.pk == first.pk
    assert counters(competition.pot)[1] == 1_000


def test_the_same_reference_with_another_amount_is_refused(competition):
    first = commit(competition, 1_000)
    with pytest.raises(Refused, match=r"posted before as £10, not £20"):
        commit(competition, 2_000, award=first.award)


def test_more_than_committed_cannot_be_instructed(competition):
    entry = commit(competition, 1_000)
    with pytest.raises(DoesNotFit, match="more would be paid than is committed"):
        ledger.post(
            kind=EntryKind.INSTRUCTED, reference="C-1", pence=1_001, stream=competition.stream, year="2026-27",
            pot=competition.pot, award=entry.award, by=None, at=NOW,
        )  # fmt: skip


def test_an_appropriation_without_a_second_person_is_refused_by_the_database(stream, fund_manager):
    with pytest.raises(IntegrityError, match=r"cap_needs_proposal|second person"):
        LedgerEntry.objects.create(
            kind=EntryKind.APPROPRIATION, reference="x", pence=1, stream=stream, year="2026-27", by=fund_manager, at=NOW
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE funds_ledgerentry SET pence = 1",
        "DELETE FROM funds_ledgerentry",
        "TRUNCATE funds_ledgerentry CASCADE",
        "UPDATE funds_envelope SET cap_pence = 10",
        "DELETE FROM funds_envelope",
        "UPDATE funds_approval SET step = 'x'",
        "DELETE FROM funds_proposal",
        "ALTER TABLE funds_ledgerentry DISABLE TRIGGER ALL",
    ],
)
def test_the_web_role_cannot_change_what_is_written(competition, sql):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(sql)


def test_naming_triggers_to_ignore_does_not_help(competition):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger%%'")
        names = ",".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + names + "}"])
        with pytest.raises(IntegrityError, match="cannot go from published to decided"):
            cursor.execute("UPDATE funds_competition SET state = 'decided'")


def test_an_envelope_begins_at_zero(stream):
    with pytest.raises(IntegrityError, match="begins at zero"):
        Envelope.objects.create(stream=stream, kind="pot", cap_pence=1)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any))
def test_shares_add_up_and_differ_by_less_than_a_penny_from_their_weight(total, weights):
    parts = share(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize(("pence", "words"), [(0, "£0"), (123_450, "£1,234.50"), (100, "£1"), (-5, "−£0.05")])
def test_pence_as_people_read_them(pence, words):
    assert pounds(pence) == words


def approved(content: dict, by: User, approver: User) -> Proposal:
    """Return a proposal that a second person has approved."""
    facts = {"role": "fund_manager", "at": NOW}
    proposal = approvals.propose(kind="appropriation", reference="sme/2026-27", content=content, by=by, **facts)
    approvals.approve(proposal=proposal, by=approver, **facts)
    return proposal


@pytest.mark.parametrize(
    "changed", [{"pence": 101}, {"pence": 99}, {"year": "2027-28"}, {"stream": "testbed"}, {"pence": None}]
)
def test_a_cap_changes_by_what_was_approved_and_nothing_else(stream, fund_manager, second_manager, changed):
    content = {"stream": stream.code, "year": "2026-27", "pence": 100} | changed
    proposal = approved(content, fund_manager, second_manager)
    with pytest.raises(DatabaseError, match="is not what was approved"):
        ledger.post(
            kind=EntryKind.APPROPRIATION, reference="other", pence=100, stream=stream, year="2026-27",
            proposal=proposal, by=fund_manager, at=NOW,
        )  # fmt: skip


def test_one_approval_changes_a_cap_once(stream, fund_manager, second_manager):
    proposal = approved({"stream": stream.code, "year": "2026-27", "pence": 100}, fund_manager, second_manager)
    facts = {"kind": EntryKind.APPROPRIATION, "pence": 100, "stream": stream, "year": "2026-27", "proposal": proposal}
    ledger.post(reference="first", by=fund_manager, at=NOW, **facts)
    with pytest.raises(IntegrityError, match="funds_entry_once_per_proposal"):
        ledger.post(reference="second", by=fund_manager, at=NOW, **facts)


def several(competition, *pence: int) -> list[LedgerEntry]:
    """Return commitments of one award each, not posted yet."""
    return [
        LedgerEntry(
            kind=EntryKind.COMMITTED, reference=f"MFA-{i}/2026-27", pence=each, stream=competition.stream,
            year="2026-27", pot=competition.pot,
            award=ledger.open_envelope(stream=competition.stream, kind="award"),
        )
        for i, each in enumerate(pence)
    ]  # fmt: skip


def test_many_entries_move_each_counter_by_their_sum(competition):
    made = ledger.post_all(several(competition, 1_000, 2_000, 3_000), by=None, at=NOW)
    assert counters(competition.pot) == (50_000_000, 6_000, 0, 0)
    assert [counters(entry.award)[1] for entry in made] == [1_000, 2_000, 3_000]
    assert watchdog.differences() == []


def test_many_entries_that_are_a_penny_too_much_are_none(competition):
    with pytest.raises(DoesNotFit, match="not enough left to commit"):
        ledger.post_all(several(competition, 30_000_000, 20_000_001), by=None, at=NOW)
    assert (counters(competition.pot)[1], LedgerEntry.objects.filter(kind="committed").count()) == (0, 0)


def test_one_of_many_that_was_posted_before_refuses_them_all(competition):
    commit(competition, 1_000, "MFA-1")
    with pytest.raises(ledger.PostedBefore):
        ledger.post_all(several(competition, 1_000, 1_000), by=None, at=NOW)
    assert counters(competition.pot)[1] == 1_000


def test_one_of_many_without_an_envelope_is_named(competition):
    entries = several(competition, 1_000, 1_000)
    entries[1].year = "2031-32"
    with pytest.raises(DoesNotFit, match="no money in that financial year"):
        ledger.post_all(entries, by=None, at=NOW)
    assert counters(competition.pot)[1] == 0


def test_many_entries_leave_an_event_each(competition):
    ledger.post_all(several(competition, 1_000, 2_000), by=None, at=NOW, role="system")
    assert list(Event.objects.filter(verb="ledger.committed").values_list("subject", "changes__pence")) == [
        ("ledger:MFA-0/2026-27", 1_000), ("ledger:MFA-1/2026-27", 2_000)
    ]  # fmt: skip
