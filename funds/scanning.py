"""Scan supporting files, in the background; safe to repeat."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import tell
from audit.record import record
from funds.changes import show_change
from funds.models import Competition, SupportingFile
from funds.states import ChangeKind
from infra import stored_files
from infra.scan import ScanState


@app.task(name="funds.scan_supporting_file", queue="scans", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def scan_supporting_file(file_id: int) -> None:
    """Ask ClamAV about a file and keep its verdict; while the scanner or S3 is away, be tried again later."""
    file = SupportingFile.objects.get(pk=file_id)
    if file.scan == ScanState.WAITING:
        record_scan(file=file, clean=stored_files.is_clean(file), at=timezone.now())


@transaction.atomic
def record_scan(*, file: SupportingFile, clean: bool, at: dt.datetime) -> SupportingFile:
    """Keep what the scanner found. A clean file is shown to the public, in the place of the one that it replaces.

    Raises:
        Refused: the scanner found something else before.
    """
    competition = Competition.objects.select_for_update(no_key=True).get(pk=file.competition_id)
    file = SupportingFile.objects.select_related("uploaded_by").get(pk=file.pk)
    if not file.found(clean):
        return file
    file.shown_at = at if clean else None
    file.save(update_fields=["scan", "shown_at"])
    record("supporting_file.scanned", competition, by=None, at=at, changes={"file": file, "scan": file.scan})
    if not clean:
        tell(
            "supporting_infected", to=file.uploaded_by, key=f"supporting.infected/{file.pk}", at=at,
            path=reverse("competition_files", args=[competition.reference]), competition=competition, file=file,
        )  # fmt: skip
    elif file.removed_at is None:
        _show(competition, file, at)
    return file


def _show(competition: Competition, file: SupportingFile, at: dt.datetime) -> None:
    """Put a file in the place of the one that it replaces, and say so where the public reads what has changed."""
    earlier = SupportingFile.objects.filter(newer=file, removed_at=None)
    was_shown = earlier.filter(shown_at__isnull=False).exists()
    earlier.update(removed_at=at)
    what = f"The file “{file.title}” was {'replaced by a newer one' if was_shown else 'added'}."
    show_change(competition, ChangeKind.FILE, what, by=file.uploaded_by, at=at)
