"""Files that belong to a bid; their bytes lie on S3 under their hash."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from audit.database import Frozen, StateGraph
from bids.states import DocumentKind
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


class Document(StoredFile):
    """A file of a bid and what it is for: one version of a document, which `series` and `number` name.

    A version that is replaced or removed is put aside and stays on the record; at most one of a series is in the bid.
    """

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="documents")
    match_source = models.ForeignKey(
        "bids.MatchSource", null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=18, choices=DocumentKind)
    question = models.ForeignKey(
        "funds.Question", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The question that it is an appendix to.",
    )  # fmt: skip
    asked = models.ForeignKey(
        "funds.AskedDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="What the competition asked for, that this is.",
    )  # fmt: skip
    series = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    number = models.PositiveIntegerField(default=1, help_text="Number of this version of the document.")
    dated_on = models.DateField(null=True, blank=True, help_text="Date on the evidence itself.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(
                fields=[
                    "bid",
                    "match_source",
                    "kind",
                    "question",
                    "asked",
                    "series",
                    "number",
                    "bytes",
                    "sha256",
                    "key",
                ],
                open_in=[],
                field="scan",
            ),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(
                name="bids_document_match_evidence",
                condition=Q(match_source=None) | Q(kind=DocumentKind.MATCH_EVIDENCE),
            ),
            models.CheckConstraint(
                name="bids_document_appendix", condition=Q(question=None) | Q(kind=DocumentKind.APPENDIX)
            ),
            models.CheckConstraint(name="bids_document_asked", condition=Q(asked=None) | Q(kind=DocumentKind.OTHER)),
            models.UniqueConstraint(fields=["series", "number"], name="bids_document_versions_numbered"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(deleted_at=None), name="bids_document_one_version_in_the_bid"
            ),
        ]
