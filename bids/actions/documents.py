"""Take files: their bytes go to S3 under their own hash before a row says that they are there."""

import datetime as dt
from typing import BinaryIO

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from bids import rules, tasks
from bids.actions.locks import locked, must_edit_part
from bids.match import OPEN_TO_SOURCES
from bids.models import Bid, Document, MatchSource, Partner
from bids.states import DocumentKind
from infra import stored_files


def attach_document(
    *,
    bid: Bid,
    file: BinaryIO,
    filename: str,
    kind: str,
    by: User,
    at: dt.datetime,
    source: MatchSource | None = None,
    dated_on: dt.date | None = None,
) -> Document:
    """Keep a file with a bid. It waits to be scanned.

    Args:
        source: the source of match funding that it is evidence of.
        dated_on: the date that stands on the evidence.

    Raises:
        Refused: the file is not one we take, the bid cannot be changed, or `by` may not change this part.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    _must_attach(bid, kind, source, by)
    kept = stored_files.keep(file, filename)
    with transaction.atomic():
        bid = locked(bid)
        _must_attach(bid, kind, source, by)
        document = Document.objects.create(
            bid=bid, match_source=source, kind=kind, dated_on=dated_on, uploaded_by=by, uploaded_at=at, **kept._asdict()
        )  # fmt: skip
        record(
            "document.attached", bid, by=by, role=Role.APPLICANT, at=at,
            changes={"document": document, "kind": kind, "sha256": kept.sha256, "source": source},
        )  # fmt: skip
        tasks.scan_document.defer(document_id=document.pk)
    return document


def _must_attach(bid: Bid, kind: str, source: MatchSource | None, by: User) -> None:
    """Refuse a file that this person may not give to this part of the bid now."""
    if kind not in DocumentKind.values:
        raise Refused("Choose what the document is for.")
    if (kind == DocumentKind.MATCH_EVIDENCE) != (source is not None):
        raise Refused("Evidence of match funding belongs to a source of match funding.")
    if source is None:
        rules.must_be_editable(bid.state)
        part = Partner.objects.filter(bid=bid, organisation__in=by.organisation_ids(Role.APPLICANT)).first()
        must_edit_part(bid, part or Partner(organisation_id=bid.lead_id), by)
        return
    if source.partner.bid_id != bid.pk:
        raise Refused("This source of match funding belongs to another bid.")
    must_edit_part(bid, source.partner, by)
    if bid.state not in OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so evidence can no longer be given.")


@transaction.atomic
def delete_document(*, document: Document, by: User, at: dt.datetime) -> Document:
    """Put a document aside while the bid can be changed. Its row and its bytes stay on the record.

    Raises:
        Refused: the bid cannot be changed, or the document is evidence that has been given.
    """
    bid = locked(document.bid_id)
    document = Document.objects.select_related("match_source__partner").get(pk=document.pk)
    rules.must_be_editable(bid.state)
    if document.match_source_id:
        raise Refused("Evidence of match funding stays on the record. Give better evidence beside it.")
    part = Partner.objects.filter(bid=bid, organisation__in=by.organisation_ids(Role.APPLICANT)).first()
    must_edit_part(bid, part or Partner(organisation_id=bid.lead_id), by)
    if document.deleted_at is None:
        document.deleted_at = at
        document.save(update_fields=["deleted_at"])
        record("document.deleted", bid, by=by, role=Role.APPLICANT, at=at, changes={"document": document})
    return document
