"""Hand out what lies on S3, and put on the record who took it."""

import datetime as dt

from django.conf import settings

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from awards.models import Letter
from bids.models import Document
from bids.states import ScanState
from infra import storage


def take_letter(*, letter: Letter, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a letter for at most a minute, to a person who has been found to see its award."""
    facts = {"number": letter.number, "sha256": letter.sha256}
    record("letter.downloaded", letter.award, by=by, role=role, at=at, changes=facts)
    filename = f"{letter.award.reference}-letter-{letter.number}.pdf"
    return storage.link(settings.S3_LETTERS_BUCKET, letter.key, filename)


def take_evidence(*, document: Document, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves evidence of match funding for at most a minute.

    Raises:
        Refused: the document has not been scanned and found clean.
    """
    if document.scan != ScanState.CLEAN:
        raise Refused(f"{document.filename} is {document.get_scan_display().lower()}, so it cannot be opened.")
    facts = {"document": document.pk, "sha256": document.sha256}
    record("document.downloaded", document.bid, by=by, role=role, at=at, changes=facts)
    return storage.link(settings.S3_UPLOADS_BUCKET, document.key, document.filename)
