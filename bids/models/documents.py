"""Files that belong to a bid; their bytes lie on S3 under their hash."""

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from audit.database import Frozen, StateGraph
from bids.states import SCAN_EDGES, DocumentKind, ScanState


class Document(models.Model):
    """A file: what it is for, its hash, where it lies and whether it has been found clean."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="documents")
    match_source = models.ForeignKey(
        "bids.MatchSource", null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(max_length=18, choices=DocumentKind)
    filename = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    key = models.CharField(max_length=200)
    scan = FSMField(max_length=10, choices=ScanState, default=ScanState.WAITING, protected=True)
    dated_on = models.DateField(null=True, blank=True, help_text="Date on the evidence itself.")
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(fields=["bid", "match_source", "kind", "bytes", "sha256", "key"], open_in=[], field="scan"),
        ]
        constraints = [
            models.CheckConstraint(name="bids_document_not_empty", condition=Q(bytes__gt=0)),
            models.CheckConstraint(name="bids_document_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="bids_document_match_evidence",
                condition=Q(match_source=None) | Q(kind=DocumentKind.MATCH_EVIDENCE),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @transition(field=scan, source=ScanState.WAITING, target=ScanState.CLEAN)
    def find_clean(self) -> None:
        """The scanner found nothing."""

    @transition(field=scan, source=ScanState.WAITING, target=ScanState.INFECTED)
    def find_infected(self) -> None:
        """The scanner found something."""
