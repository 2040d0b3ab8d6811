"""Scan what was uploaded, print long bids and tell of submissions, in the background; safe to repeat."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import Letter, tell, tell_all
from audit.record import record
from bids import printed, queries, team
from bids.models import Bid, BidVersion, Document
from bids.states import ScanState
from infra import storage, stored_files


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


@app.task(name="bids.print_bid", queue="papers", retry=RetryStrategy(max_attempts=3, exponential_wait=3))
def print_bid(bid_id: int, number: int) -> None:
    """Keep the PDF of a long bid on S3: of a version, or of the draft as it is now when `number` is 0."""
    bid = Bid.objects.select_related("competition", "strand", "lead").get(pk=bid_id)
    version = BidVersion.objects.select_related("by").filter(bid=bid, number=number).first()
    content = version.content if version else queries.content_of(bid)
    key = printed.key(content, number)
    if storage.exists(settings.S3_UPLOADS_BUCKET, key):
        return
    if version:
        version.bid = bid
        made = printed.version_pdf(version)
    else:
        made = printed.draft_pdf(bid, timezone.now())
    storage.put_once(settings.S3_UPLOADS_BUCKET, key, made, "application/pdf", retain=False)


@app.task(name="bids.submitted", queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def submitted(version_id: int) -> None:
    """Let conflicts be looked for, and write to everybody who works on a bid; the press waits for neither."""
    version = BidVersion.objects.select_related("by", "bid__competition").get(pk=version_id)
    parties_changed(version.bid)
    tell_team("bid_submitted", version.bid, f"{version.number}", timezone.now(), "receipt", version=version)


CHECK_BID, CHECK_ORGANISATION = "assessments.check_bid", "assessments.check_organisation"  # jobs of a room above


def parties_changed(bid: Bid) -> None:
    """Let conflicts of interest be looked for, as the parties of a bid have changed; nobody sees a first draft."""
    if bid.version:
        app.configure_task(CHECK_BID, queue="conflicts").defer(bid_id=bid.pk)


def group_changed(organisation_id: int) -> None:
    """Let conflicts of interest be looked for, as an organisation may belong to another group of companies now."""
    app.configure_task(CHECK_ORGANISATION, queue="conflicts").defer(organisation_id=organisation_id)


def tell_team(template: str, bid: Bid, key: str, at: dt.datetime, page: str = "", **facts: Any) -> None:
    """Write to everybody who works on a bid; `key` tells this time from others, `page` is the one to open."""
    path = f"/bids/{bid.reference}/{page}"
    facts |= {"bid": bid}
    letters = [Letter(template, p.user, f"{template}/{bid.reference}/{key}", path, facts) for p in team.people(bid)]
    tell_all(letters, at=at)
