"""What belongs to a claim besides its items: match funding spent, evidence, what is disallowed, and questions."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph
from awards.claims_in_database import WithinItsLine
from awards.models.claims import Claim, ClaimLine
from awards.states import CLAIM_EDITABLE, QUERY_EDGES, ClaimState, QueryState
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile


class MatchSpent(models.Model):
    """Match funding that paid for a part of what a claim lists."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="match_lines")
    source = models.ForeignKey(
        "bids.MatchSource", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The verified source that the money came from.",
    )  # fmt: skip
    description = models.CharField(max_length=200)
    spent_on = models.DateField()
    pence = models.BigIntegerField()
    no_evidence_reason = models.CharField(max_length=400, blank=True, help_text="Why no file proves it.")

    class Meta:
        ordering = ["id"]
        triggers = [FrozenWith(parent="claim", open_in=CLAIM_EDITABLE)]
        constraints = [models.CheckConstraint(name="awards_match_spent_above_zero", condition=Q(pence__gt=0))]

    def __str__(self) -> str:
        return self.description


class ClaimDocument(StoredFile):
    """A file of a claim: one version of it. A version that is replaced or removed is put aside and stays on record."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="documents")
    series = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), editable=False)
    number = models.PositiveIntegerField(default=1, help_text="Number of this version of the document.")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(fields=["claim", "series", "number", "bytes", "sha256", "key"], open_in=[], field="scan"),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.UniqueConstraint(fields=["series", "number"], name="awards_claim_document_versions"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(deleted_at=None), name="awards_claim_document_one_version"
            ),
        ]


class Evidence(models.Model):
    """Says that a file of a claim proves one of its items, or match funding that was spent."""

    document = models.ForeignKey(ClaimDocument, on_delete=models.PROTECT, related_name="proves")
    line = models.ForeignKey(ClaimLine, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence")
    match_line = models.ForeignKey(MatchSpent, null=True, blank=True, on_delete=models.CASCADE, related_name="evidence")

    class Meta:
        ordering = ["id"]
        triggers = [FrozenWith(parent="document__claim", open_in=CLAIM_EDITABLE)]
        constraints = [
            models.CheckConstraint(
                name="awards_evidence_of_one",
                condition=Q(line__isnull=False, match_line=None) | Q(line=None, match_line__isnull=False),
            ),
            models.UniqueConstraint(fields=["line", "document"], name="awards_evidence_of_line_once"),
            models.UniqueConstraint(fields=["match_line", "document"], name="awards_evidence_of_match_once"),
        ]

    def __str__(self) -> str:
        return f"document {self.document_id} proves an item"


class Adjustment(models.Model):
    """What the monitoring officer disallows of an item of spend, and why. An item that changes loses it."""

    line = models.OneToOneField(ClaimLine, on_delete=models.CASCADE, related_name="adjustment")
    pence = models.BigIntegerField(help_text="Disallowed.")
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            FrozenWith(parent="line__claim", open_in=[*CLAIM_EDITABLE, ClaimState.SUBMITTED]),
            WithinItsLine(),
        ]
        constraints = [
            models.CheckConstraint(name="awards_adjustment_above_zero", condition=Q(pence__gt=0)),
            models.CheckConstraint(name="awards_adjustment_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.pence} pence of item {self.line_id} are disallowed"


class LineQuery(models.Model):
    """A question about one item of a claim; what both sides write stands in its messages."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="queries")
    line = models.ForeignKey(ClaimLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="queries")
    about = models.CharField(max_length=200, help_text="The item's description when it was asked about.")
    state = FSMField(max_length=8, choices=QueryState, default=QueryState.OPEN, protected=True)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            StateGraph(edges=QUERY_EDGES, initial=QueryState.OPEN),
            Frozen(fields=["claim", "about", "opened_by", "opened_at"], open_in=[]),
        ]
        indexes = [models.Index(fields=["claim", "state"], name="awards_queries_of_claim")]

    def __str__(self) -> str:
        return f"question about “{self.about}”"

    @transition(field=state, source=QueryState.OPEN, target=QueryState.ANSWERED)
    def answer(self) -> None:
        """The claimant has written."""

    @transition(field=state, source=QueryState.ANSWERED, target=QueryState.OPEN)
    def ask_again(self) -> None:
        """The answer does not do."""

    @transition(field=state, source=[QueryState.OPEN, QueryState.ANSWERED], target=QueryState.SETTLED)
    def settle(self) -> None:
        """The official is content."""


class QueryMessage(models.Model):
    """What somebody wrote about an item that was asked about."""

    query = models.ForeignKey(LineQuery, on_delete=models.PROTECT, related_name="messages")
    text = models.TextField()
    is_from_claimant = models.BooleanField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"message of {self.by_id} about query {self.query_id}"
