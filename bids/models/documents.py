"""Files that belong to a bid; their bytes lie on S3 under their hash."""

from django.db import models
from django.db.models import Q

from audit.database import Frozen, StateGraph
from bids.states import DocumentKind
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


class Document(StoredFile):
    """A file of a bid and what it is for."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="documents")
    match_source = models.ForeignKey(
        "bids.MatchSource", null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=18, choices=DocumentKind)
    dated_on = models.DateField(null=True, blank=True, help_text="Date on the evidence itself.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(fields=["bid", "match_source", "kind", "bytes", "sha256", "key"], open_in=[], field="scan"),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(
                name="bids_document_match_evidence",
                condition=Q(match_source=None) | Q(kind=DocumentKind.MATCH_EVIDENCE),
            ),
        ]
