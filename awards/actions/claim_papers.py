"""Files of a claim: taken, replaced, removed, and said to prove items. Their bytes are on S3 before a row says so."""

import datetime as dt
from collections.abc import Collection
from typing import Any, BinaryIO, cast

from django.core.files import File
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from awards import claim_tasks, rules
from awards.actions.claim_items import put_item, put_match
from awards.actions.locks import hold_open
from awards.models import Claim, ClaimDocument, ClaimLine, Evidence, MatchSpent
from infra import stored_files

MOST_DOCUMENTS = 200  # of one claim, versions and those put aside counted too


def save_item(
    *,
    claim: Claim,
    line: rules.Line,
    by: User,
    at: dt.datetime,
    key: int | None = None,
    was: str = "",
    file: File | None = None,
    documents: Collection[int] = (),
) -> ClaimLine:
    """Write an item of spend together with what proves it: files that the claim has, and perhaps a new one.

    Raises:
        Refused: the item or the file cannot be kept; then nothing is.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    kept = _kept(claim, file, by)
    with transaction.atomic():
        item = put_item(claim=claim, line=line, by=by, at=at, key=key, was=was)
        _prove(hold_open(claim, by), {"line": item}, kept, documents, by, at)
    return item


def save_match(
    *,
    claim: Claim,
    line: rules.MatchLine,
    by: User,
    at: dt.datetime,
    key: int | None = None,
    was: str = "",
    file: File | None = None,
    documents: Collection[int] = (),
) -> MatchSpent:
    """Write match funding that was spent together with what proves it, as `save_item` does an item."""
    kept = _kept(claim, file, by)
    with transaction.atomic():
        item = put_match(claim=claim, line=line, by=by, at=at, key=key, was=was)
        _prove(hold_open(claim, by), {"match_line": item}, kept, documents, by, at)
    return item


def _kept(claim: Claim, file: File | None, by: User) -> stored_files.Kept | None:
    """Send a file to S3 for somebody who may change the claim."""
    if file is None:
        return None
    with transaction.atomic():
        hold_open(claim, by)
    return stored_files.keep(cast(BinaryIO, file), file.name or "")


def replace_evidence(
    *, document: ClaimDocument, file: BinaryIO, filename: str, by: User, at: dt.datetime
) -> ClaimDocument:
    """Keep a file as the next version of one that is there; it proves what that one proved."""
    with transaction.atomic():
        hold_open(document.claim, by)
    kept = stored_files.keep(file, filename)
    with transaction.atomic():
        claim = hold_open(document.claim, by)
        before = _current(claim, document.pk)
        made = _write(claim, kept, by=by, at=at, before=before)
        before.proves.update(document=made)
    return made


@transaction.atomic
def remove_evidence(*, document: ClaimDocument, by: User, at: dt.datetime) -> ClaimDocument:
    """Put a file aside; it proves nothing any more, and its row and bytes stay on the record."""
    claim = hold_open(document.claim, by)
    document = _current(claim, document.pk)
    document.proves.all().delete()
    document.deleted_at = at
    document.save(update_fields=["deleted_at"])
    record("claim.document_removed", claim, by=by, role=Role.APPLICANT, at=at, changes={"document": document})
    return document


def _current(claim: Claim, key: int) -> ClaimDocument:
    document = claim.documents.filter(pk=key, deleted_at=None).first()
    if document is None:
        raise Refused("This file has been replaced or removed meanwhile.")
    return document


def _prove(
    claim: Claim,
    of: dict[str, Any],
    kept: stored_files.Kept | None,
    documents: Collection[int],
    by: User,
    at: dt.datetime,
) -> None:
    """Let exactly these files of the claim prove an item, and a new one that lies on S3."""
    chosen = set(claim.documents.filter(pk__in=documents, deleted_at=None).values_list("pk", flat=True))
    if kept:
        chosen.add(_write(claim, kept, by=by, at=at).pk)
    there = set(Evidence.objects.filter(**of).values_list("document", flat=True))
    Evidence.objects.filter(**of, document__in=there - chosen).delete()
    Evidence.objects.bulk_create(Evidence(document_id=key, **of) for key in sorted(chosen - there))
    if chosen != there:
        changes = {**of, "documents": [sorted(there), sorted(chosen)]}
        record("claim.evidence_chosen", claim, by=by, role=Role.APPLICANT, at=at, changes=changes)


def _write(
    claim: Claim, kept: stored_files.Kept, *, by: User, at: dt.datetime, before: ClaimDocument | None = None
) -> ClaimDocument:
    """Write the row of a file that lies on S3, in the caller's transaction, and let it be scanned."""
    if claim.documents.count() >= MOST_DOCUMENTS:
        raise Refused(f"The claim has {MOST_DOCUMENTS} files, and no more fit. Put several into one PDF.")
    further = {}
    if before:
        series = claim.documents.filter(series=before.series)
        further = {"series": before.series, "number": series.aggregate(last=Max("number"))["last"] + 1}
        series.filter(deleted_at=None).update(deleted_at=at)
    document = ClaimDocument.objects.create(claim=claim, uploaded_by=by, uploaded_at=at, **kept._asdict(), **further)
    changes = {"document": document, "sha256": kept.sha256, "number": document.number, "replaces": before}
    record("claim.document_attached", claim, by=by, role=Role.APPLICANT, at=at, changes=changes)
    claim_tasks.scan_claim_document.defer(document_id=document.pk)
    return document
