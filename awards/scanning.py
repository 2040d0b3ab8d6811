"""Scan papers behind judgements, in the background; safe to repeat."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from audit.record import record
from awards.models import ConditionFile
from infra import stored_files
from infra.scan import ScanState


@app.task(name="awards.scan_condition_file", queue="scans", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def scan_condition_file(file_id: int) -> None:
    """Ask ClamAV about a paper and keep its verdict; while the scanner or S3 is away, be tried again later."""
    paper = ConditionFile.objects.get(pk=file_id)
    if paper.scan == ScanState.WAITING:
        record_scan(paper=paper, clean=stored_files.is_clean(paper), at=timezone.now())


@transaction.atomic
def record_scan(*, paper: ConditionFile, clean: bool, at: dt.datetime) -> ConditionFile:
    """Keep what the scanner found; the same finding again changes nothing.

    Raises:
        Refused: the scanner found something else before.
    """
    paper = ConditionFile.objects.select_for_update(of=("self",)).select_related("condition__award").get(pk=paper.pk)
    if paper.found(clean):
        paper.save(update_fields=["scan"])
        facts = {"paper": paper.pk, "scan": paper.scan}
        record("condition.paper_scanned", paper.condition.award, by=None, at=at, changes=facts)
    return paper
