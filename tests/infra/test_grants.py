"""The web role may do what the web does, and nothing to what is written once."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audit.models import Event
from audit.record import record
from tests.cast import NOW

WRITTEN_ONCE = {
    "accounts_eurorate", "accounts_sizedeclaration", "ahsn_allocation", "ahsn_instalment", "ahsn_releasefile",
    "assessments_agreement", "assessments_block", "assessments_conflictdecision", "assessments_decision",
    "assessments_declaration", "assessments_feedbackrelease", "assessments_frozensheet", "assessments_handedin",
    "assessments_panelconflict", "assessments_remark", "audit_event", "audit_seal", "awards_annualreview",
    "awards_bankcheck", "awards_bankdetails", "awards_bankreport", "awards_costreduction", "awards_letter",
    "awards_milestonereached", "awards_querymessage", "awards_reportline", "awards_runfile", "bids_bidversion",
    "bids_laterparty", "bids_matchmessage", "bids_matchverification", "bids_samemoney", "funds_approval",
    "funds_change", "funds_envelope", "funds_ledgerentry", "funds_pastaward", "funds_proposal",
    "funds_publishedanswer", "funds_sentback",
}  # fmt: skip


def may(table: str, privilege: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege(%s, %s)", [table, privilege])
        return cursor.fetchone()[0]


def test_what_is_written_once_can_be_neither_updated_nor_deleted(db):
    tables = {m._meta.db_table for m in apps.get_models()}
    ours = {
        t for t in tables if t.split("_")[0] in ("audit", "accounts", "funds", "bids", "assessments", "awards", "ahsn")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("matchfund_web",)
    assert {t for t in ours if not may(t, "UPDATE")} == WRITTEN_ONCE


@pytest.mark.parametrize("table", sorted(WRITTEN_ONCE))
def test_nobody_but_the_owner_truncates(db, table):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table} CASCADE")


def test_nobody_numbers_an_event(db):
    event = record("test.happened", "test:1", by=None, at=NOW)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Event.objects.create(id=event.pk + 10**9, verb="test.happened", subject="test:2", role="system", at=NOW)


@pytest.mark.parametrize(("at", "changes"), [("infinity", "{}"), ("2027-02-02", "[1]")])
def test_an_event_holds_an_instant_and_an_object(db, at, changes):
    with pytest.raises(IntegrityError, match="audit_event_"), transaction.atomic():
        connection.cursor().execute(
            "INSERT INTO audit_event (verb, subject, role, request_id, at, changes) VALUES ('v', 's', 'r', '', %s, %s)",
            [at, changes],
        )


def test_migrations_are_the_owners(db):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("CREATE TABLE anything (id int)")
