"""Take files: their bytes go to S3 under their own hash before a row says that they are there."""

import datetime as dt
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from bids import tasks, team
from bids.actions.locks import locked, locked_source, must_be_open_to_changes, must_edit, must_edit_part
from bids.match import OPEN_TO_SOURCES
from bids.models import Bid, Document, MatchSource
from bids.states import DocumentKind, MatchState, ScanState
from funds.models import AskedDocument, Question
from infra import stored_files
from infra.files import PDF

MOST_DOCUMENTS = 100  # of one bid, versions and those put aside counted too


class _Place(NamedTuple):
    """What a document is for: evidence of a source, an appendix to a question, or what the competition asked for."""

    kind: str
    source: MatchSource | None = None
    question: Question | None = None
    asked: AskedDocument | None = None

    @property
    def only_one(self) -> dict[str, Any]:
        """The column that holds at most one document of a bid, with its value; nothing where several may be."""
        return {"question": self.question} if self.question else {"asked": self.asked} if self.asked else {}


def attach_document(
    *,
    bid: Bid,
    file: BinaryIO,
    filename: str,
    kind: str,
    by: User,
    at: dt.datetime,
    source: MatchSource | None = None,
    question: Question | None = None,
    asked: AskedDocument | None = None,
    dated_on: dt.date | None = None,
) -> Document:
    """Keep a file with a bid. It waits to be scanned.

    A question has one appendix, and what was asked for is given once: the next file is the next version of it.

    Args:
        source: the source of match funding that it is evidence of.
        question: the question that it is an appendix to.
        asked: what the competition asked for, that it is.
        dated_on: the date that stands on the evidence.

    Raises:
        Refused: the file is not one we take, the bid cannot be changed, or `by` may not change this part.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    place = _Place(kind, source, question, asked)
    _must_attach(bid, place, by, at)
    kept = _kept(file, filename, place)
    with transaction.atomic():
        bid = locked(bid)
        _must_attach(bid, place, by, at)
        before = _current(bid).filter(**place.only_one).first() if place.only_one else None
        return _write(bid, place, kept, before, dated_on=dated_on, by=by, at=at)


def replace_document(*, document: Document, file: BinaryIO, filename: str, by: User, at: dt.datetime) -> Document:
    """Keep a file as the next version of a document; the version before is put aside.

    Raises:
        Refused: as `attach_document`, or the document is evidence, which is given anew instead.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    document = Document.objects.select_related("bid", "question", "asked").get(pk=document.pk)
    if document.match_source_id:
        raise Refused("Evidence of match funding stays on the record. Give better evidence beside it.")
    place = _Place(document.kind, None, document.question, document.asked)
    _must_attach(document.bid, place, by, at)
    kept = _kept(file, filename, place)
    with transaction.atomic():
        bid = locked(document.bid)
        _must_attach(bid, place, by, at)
        return _write(bid, place, kept, Document.objects.get(pk=document.pk), dated_on=None, by=by, at=at)


def _kept(file: BinaryIO, filename: str, place: _Place) -> stored_files.Kept:
    """Send a file to S3; an appendix to a question is a PDF, so that every assessor can read it."""
    only = (PDF, "An appendix to a question must be a PDF.") if place.question else None
    return stored_files.keep(file, filename, only=only)


def _write(
    bid: Bid,
    place: _Place,
    kept: stored_files.Kept,
    before: Document | None,
    *,
    dated_on: dt.date | None,
    by: User,
    at: dt.datetime,
) -> Document:
    """Write the row of a file that lies on S3, in the caller's transaction, and let it be scanned."""
    if bid.documents.count() >= MOST_DOCUMENTS:
        raise Refused(f"The bid has {MOST_DOCUMENTS} documents, and no more fit. Put several into one PDF.")
    further = {}
    if before:
        series = Document.objects.filter(series=before.series)
        further = {"series": before.series, "number": series.aggregate(last=Max("number"))["last"] + 1}
        series.filter(deleted_at=None).update(deleted_at=at)
    document = Document.objects.create(
        bid=bid, match_source=place.source, question=place.question, asked=place.asked, kind=place.kind,
        dated_on=dated_on, uploaded_by=by, uploaded_at=at, **kept._asdict(), **further,
    )  # fmt: skip
    record(
        "document.attached", bid, by=by, role=Role.APPLICANT, at=at,
        changes={
            "document": document, "kind": place.kind, "sha256": kept.sha256, "source": place.source,
            "question": place.question, "asked": place.asked, "number": document.number, "replaces": before,
        },
    )  # fmt: skip
    tasks.scan_document.defer(document_id=document.pk)
    return document


def _current(bid: Bid) -> QuerySet[Document]:
    return Document.objects.filter(bid=bid, deleted_at=None)


def _must_attach(bid: Bid, place: _Place, by: User, at: dt.datetime) -> None:
    """Refuse a file that this person may not give to this part of the bid now."""
    kind, source, question, asked = place
    if kind not in DocumentKind.values:
        raise Refused("Choose what the document is for.")
    if (kind == DocumentKind.MATCH_EVIDENCE) != (source is not None):
        raise Refused("Evidence of match funding belongs to a source of match funding.")
    if question and (kind != DocumentKind.APPENDIX or question.competition_id != bid.competition_id):
        raise Refused("Choose what the document is for.")
    if asked and (kind != DocumentKind.OTHER or asked.competition_id != bid.competition_id):
        raise Refused("Choose what the document is for.")
    if question and not question.takes_appendix:
        raise Refused(f"“{question.heading}” takes no appendix.")
    if kind == DocumentKind.OVERHEAD_WORKINGS:
        _must_spend(bid, by, at)
        return
    if source is None:
        _must_change_papers(bid, by, at)
        return
    if source.partner.bid_id != bid.pk:
        raise Refused("This source of match funding belongs to another bid.")
    must_edit_part(bid, source.partner, by)
    if bid.state not in OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so evidence can no longer be given.")


def _must_spend(bid: Bid, by: User, at: dt.datetime) -> None:
    """Refuse workings from somebody who may change the costs of no partner: whoever states overheads explains them."""
    if not team.own_parts(by, bid, bid.partners.all()):
        must_edit(bid, by)
    must_be_open_to_changes(bid, at)


def _must_change_papers(bid: Bid, by: User, at: dt.datetime) -> None:
    """Refuse changes of documents that are no evidence."""
    must_edit(bid, by)
    must_be_open_to_changes(bid, at)


@transaction.atomic
def delete_document(*, document: Document, by: User, at: dt.datetime) -> Document:
    """Put a document aside while the bid can be changed. Its row and its bytes stay on the record.

    Evidence of match funding is put aside only when a virus was found in it, as long as the source can be evidenced.

    Raises:
        Refused: the bid cannot be changed, or the document is evidence that has been given.
    """
    if document.match_source_id:
        return _delete_evidence(document, by, at)
    bid = locked(document.bid_id)
    document = Document.objects.get(pk=document.pk)
    _must_change_papers(bid, by, at)
    return _put_aside(document, bid, by, at)


def _delete_evidence(document: Document, by: User, at: dt.datetime) -> Document:
    """Take back evidence that holds a virus; a source that has no other is declared again."""
    bid, source = locked_source(MatchSource(pk=document.match_source_id))
    document = Document.objects.get(pk=document.pk)
    must_edit_part(bid, source.partner, by)
    if document.scan != ScanState.INFECTED:
        raise Refused("Evidence of match funding stays on the record. Give better evidence beside it.")
    if bid.state not in OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so its evidence can no longer be changed.")
    document = _put_aside(document, bid, by, at)
    sound = source.documents.filter(deleted_at=None).exclude(scan=ScanState.INFECTED)
    if source.state == MatchState.EVIDENCED and not sound.exists():
        source.lose_evidence()
        source.save(update_fields=["state"])
        changes = {"source": source, "state": [MatchState.EVIDENCED, source.state]}
        record("match.evidence_lost", bid, by=by, role=Role.APPLICANT, at=at, changes=changes)
    return document


def _put_aside(document: Document, bid: Bid, by: User, at: dt.datetime) -> Document:
    if document.deleted_at is None:
        document.deleted_at = at
        document.save(update_fields=["deleted_at"])
        record("document.deleted", bid, by=by, role=Role.APPLICANT, at=at, changes={"document": document})
    return document


@transaction.atomic
def restore_document(*, document: Document, by: User, at: dt.datetime) -> Document:
    """Bring back a version that was replaced or removed, while the bid can be changed; it takes its place again.

    Raises:
        Refused: the bid cannot be changed, or the document is evidence or holds a virus.
    """
    bid = locked(document.bid_id)
    document = Document.objects.select_related("question", "asked").get(pk=document.pk)
    _must_change_papers(bid, by, at)
    if document.match_source_id:
        raise Refused("Evidence that was taken back is not brought back. Give other evidence.")
    if document.scan == ScanState.INFECTED:
        raise Refused(f"{document.filename} holds a virus, so it is not brought back.")
    if document.deleted_at is None:
        return document
    same = Q(series=document.series)
    if only_one := _Place(document.kind, None, document.question, document.asked).only_one:
        same |= Q(**only_one)
    _current(bid).filter(same).update(deleted_at=at)
    document.deleted_at = None
    document.save(update_fields=["deleted_at"])
    changes = {"document": document, "number": document.number}
    record("document.restored", bid, by=by, role=Role.APPLICANT, at=at, changes=changes)
    return document
