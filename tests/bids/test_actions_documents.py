"""Files: sniffed, hashed, on S3 under their hash before a row says so."""

import io

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from accounts.rules import Refused
from accounts.states import Role
from bids import actions
from bids.actions.team import set_role
from bids.models import Document
from infra import storage
from tests.cast import NOW, person
from tests.cast_bids import lead_partner, pdf, pledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def attach(bid, by, body: io.BytesIO | None = None, **changed) -> Document:
    facts = {"bid": bid, "file": body or pdf(), "filename": "Workings.PDF", "kind": "overhead_workings"}
    return actions.attach_document(by=by, at=NOW, **(facts | changed))


def test_the_bytes_lie_on_s3_under_their_hash(bid, applicant):
    document = attach(bid, applicant, pdf("figures"))
    assert storage.get(settings.S3_UPLOADS_BUCKET, document.key) == pdf("figures").getvalue()
    assert document.key == f"documents/{document.sha256}"


def test_a_file_waits_to_be_scanned(bid, applicant):
    document = attach(bid, applicant)
    assert (document.scan, document.filename, document.content_type) == ("waiting", "Workings.pdf", "application/pdf")


def test_a_file_of_another_type_leaves_nothing_behind(bid, applicant):
    with pytest.raises(Refused, match="not taken"):
        attach(bid, applicant, io.BytesIO(b"MZ program"))
    assert Document.objects.count() == 0


def test_evidence_belongs_to_a_source_of_the_same_bid(bid, ready_bid, applicant):
    source = pledge(lead_partner(ready_bid), applicant, 10)
    for facts in ({"kind": "match_evidence"}, {"source": source}, {"kind": "match_evidence", "source": source}):
        with pytest.raises(Refused):
            attach(bid, applicant, **facts)


def test_strangers_attach_nothing(bid, stranger):
    with pytest.raises(Refused, match="Only people of the lead"):
        attach(bid, stranger)


def test_who_looks_after_money_gives_workings_and_no_other_document(bid, sme, applicant):
    colleague = person(Role.APPLICANT, sme)
    set_role(bid=bid, person=colleague, role="finance", by=applicant, at=NOW)
    assert attach(bid, colleague).kind == "overhead_workings"
    with pytest.raises(Refused, match="look after the money"):
        attach(bid, colleague, kind="other")


def test_a_viewer_gives_no_workings(bid, sme, applicant):
    colleague = person(Role.APPLICANT, sme)
    set_role(bid=bid, person=colleague, role="viewer", by=applicant, at=NOW)
    with pytest.raises(Refused, match="you are a viewer"):
        attach(bid, colleague)


def test_a_finding_of_the_scanner_is_kept_once(bid, applicant):
    document = attach(bid, applicant)
    assert actions.record_scan(document=document, clean=True, at=NOW).scan == "clean"
    assert actions.record_scan(document=document, clean=True, at=NOW).scan == "clean"
    with pytest.raises(Refused, match="another finding"):
        actions.record_scan(document=document, clean=False, at=NOW)


def test_a_file_is_put_aside_not_erased(bid, applicant):
    document = actions.delete_document(document=attach(bid, applicant), by=applicant, at=NOW)
    assert document.deleted_at == NOW
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM bids_document WHERE id = %s", [document.pk])
