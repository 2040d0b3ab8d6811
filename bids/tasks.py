"""Scan what was uploaded, in the background; safe to repeat."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import tell
from audit.record import record
from bids.models import Bid, Document
from bids.states import ScanState
from infra import stored_files


@app.task(name="bids.scan_document", queue="scans", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def scan_document(document_id: int) -> None:
    """Ask ClamAV about a document and keep its verdict; while the scanner or S3 is away, be tried again later."""
    document = Document.objects.get(pk=document_id)
    if document.scan != ScanState.WAITING:
        return
    record_scan(document=document, clean=stored_files.is_clean(document), at=timezone.now())


@transaction.atomic
def record_scan(*, document: Document, clean: bool, at: dt.datetime) -> Document:
    """Keep what the scanner found; the same finding again changes nothing.

    Raises:
        Refused: the scanner found something else before.
    """
    bid = Bid.objects.select_for_update(no_key=True).get(pk=document.bid_id)
    document = Document.objects.get(pk=document.pk)
    if document.found(clean):
        document.save(update_fields=["scan"])
        record("document.scanned", bid, by=None, at=at, changes={"document": document, "scan": document.scan})
        if not clean:
            key, path = f"document.infected/{document.pk}", f"/bids/{bid.reference}/"
            tell("document_infected", to=document.uploaded_by, key=key, at=at, path=path, bid=bid, document=document)
    return document
