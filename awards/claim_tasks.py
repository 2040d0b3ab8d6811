"""Scan the files of claims and reports in the background; safe to repeat."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import tell
from audit.record import record
from awards.models import ClaimDocument, Report
from infra import stored_files
from infra.scan import ScanState

TRIES = RetryStrategy(max_attempts=12, exponential_wait=3)


@app.task(name="awards.scan_claim_document", queue="scans", retry=TRIES)
def scan_claim_document(document_id: int) -> None:
    """Ask ClamAV about a file of a claim; while the scanner or S3 is away, be tried again later."""
    _scan(ClaimDocument, document_id)


@app.task(name="awards.scan_report", queue="scans", retry=TRIES)
def scan_report(report_id: int) -> None:
    """Ask ClamAV about a report; while the scanner or S3 is away, be tried again later."""
    _scan(Report, report_id)


def _scan(model: Any, key: int) -> None:
    stored = model.objects.get(pk=key)
    if stored.scan == ScanState.WAITING:
        record_claim_scan(stored=stored, clean=stored_files.is_clean(stored), at=timezone.now())


@transaction.atomic
def record_claim_scan(*, stored: ClaimDocument | Report, clean: bool, at: dt.datetime) -> None:
    """Keep what the scanner found about a file of a claim or a report; the same finding again changes nothing.

    Raises:
        Refused: the scanner found something else before.
    """
    held: Any = type(stored).objects.select_for_update(no_key=True).get(pk=stored.pk)
    if not held.found(clean):
        return
    held.save(update_fields=["scan"])
    is_report = isinstance(held, Report)
    subject, path = (held.award, "progress") if is_report else (held.claim, "")
    name = "report" if is_report else "document"
    record(f"{name}.scanned", subject, by=None, at=at, changes={name: held, "scan": held.scan})
    if not clean:
        where = f"/awards/{held.award.reference}/{path}" if is_report else f"/claims/{held.claim.reference}/"
        facts = {"filename": held.filename, "subject_of": subject.reference}
        key = f"claim.infected/{name}/{held.pk}"
        tell("claim_file_infected", to=held.uploaded_by, key=key, at=at, path=where, **facts)
