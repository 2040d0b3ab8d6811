"""Hand out what lies on S3, and put on the record who took it."""

import datetime as dt

from django.conf import settings

from accounts.models import User
from audit.record import record
from awards.models import ClaimDocument, Letter, Report
from infra import storage
from infra.stored_files import address_of


def take_letter(*, letter: Letter, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a letter for at most a minute, to a person who has been found to see its award."""
    facts = {"number": letter.number, "sha256": letter.sha256}
    record("letter.downloaded", letter.award, by=by, role=role, at=at, changes=facts)
    filename = f"{letter.award.reference}-letter-{letter.number}.pdf"
    return storage.link(settings.S3_LETTERS_BUCKET, letter.key, filename, letter.version_id)


def take_claim_document(*, document: ClaimDocument, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a file of a claim for at most a minute, to a person who has been found to see it.

    Raises:
        Refused: the file has not been scanned and found clean.
    """
    address = address_of(document)
    facts = {"document": document.pk, "sha256": document.sha256}
    record("claim.document_downloaded", document.claim, by=by, role=role, at=at, changes=facts)
    return address


def take_report(*, report: Report, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a report for at most a minute, to a person who has been found to see its award.

    Raises:
        Refused: the file has not been scanned and found clean.
    """
    address = address_of(report)
    facts = {"report": report.pk, "sha256": report.sha256}
    record("report.downloaded", report.award, by=by, role=role, at=at, changes=facts)
    return address
