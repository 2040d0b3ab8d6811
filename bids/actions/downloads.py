"""Hand out a document that lies on S3, and put on the record who took it."""

import datetime as dt

from django.conf import settings

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from bids.models import Document
from bids.states import ScanState
from infra import storage


def take_document(*, document: Document, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a document for at most a minute, to a person who has been found to see its bid.

    Raises:
        Refused: the document has not been scanned and found clean.
    """
    if document.scan != ScanState.CLEAN:
        raise Refused(f"{document.filename} is {document.get_scan_display().lower()}, so it cannot be opened.")
    facts = {"document": document.pk, "sha256": document.sha256}
    record("document.downloaded", document.bid, by=by, role=role, at=at, changes=facts)
    return storage.link(settings.S3_UPLOADS_BUCKET, document.key, document.filename)
