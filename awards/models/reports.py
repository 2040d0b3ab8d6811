"""Reports that money waits for, and the yearly review of an award."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from accounts.models import User
from audit.database import AppendOnly, Frozen, StateGraph
from awards.states import REPORT_EDGES, Rating, ReportKind, ReportState
from infra.scan import SCAN_EDGES, ScanState
from infra.stored_files import StoredFile

S = ReportState


class Report(StoredFile):
    """An accountant's report or a statement with a claim, or the final report of the project."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="reports")
    claim = models.ForeignKey(
        "awards.Claim", null=True, blank=True, on_delete=models.PROTECT, related_name="reports",
        help_text="The claim that it is about; none for the final report.",
    )  # fmt: skip
    kind = models.CharField(max_length=10, choices=ReportKind)
    state = FSMField(max_length=9, choices=ReportState, default=S.WAITING, protected=True)
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was sent back.")

    class Meta:
        ordering = ["id"]
        triggers = [
            StateGraph(edges=REPORT_EDGES, initial=S.WAITING),
            StateGraph(edges=SCAN_EDGES, initial=ScanState.WAITING, field="scan"),
            Frozen(
                fields=["award", "claim", "kind", "bytes", "sha256", "key", "uploaded_by", "uploaded_at"], open_in=[]
            ),
        ]
        constraints = [
            *StoredFile.Meta.constraints,
            models.CheckConstraint(
                name="awards_report_of_claim",
                condition=Q(kind=ReportKind.FINAL, claim=None) | ~Q(kind=ReportKind.FINAL) & Q(claim__isnull=False),
            ),
            models.CheckConstraint(
                name="awards_report_decided_whole",
                condition=Q(state=S.WAITING, decided_by=None, decided_at=None)
                | ~Q(state=S.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="awards_report_accepted_clean", condition=~Q(state=S.ACCEPTED) | Q(scan=ScanState.CLEAN)
            ),
            models.CheckConstraint(
                name="awards_report_not_by_its_giver",
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("uploaded_by")),
            ),
        ]

    @transition(field=state, source=S.WAITING, target=S.ACCEPTED)
    def accept(self, *, by: User, at: dt.datetime) -> None:
        """An official has read it and is content."""
        self.decided_by, self.decided_at = by, at

    @transition(field=state, source=S.WAITING, target=S.SENT_BACK)
    def send_back(self, *, by: User, at: dt.datetime, reason: str) -> None:
        """It does not do."""
        self.decided_by, self.decided_at, self.reason = by, at, reason


class AnnualReview(models.Model):
    """What the department found when it looked at an award after a year of its project (Grant Standards, 2016)."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="reviews")
    year = models.PositiveIntegerField(help_text="Year of the project: 1, 2, 3 …")
    rating = models.CharField(max_length=6, choices=Rating)
    note = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["year"]
        triggers = [AppendOnly()]
        constraints = [models.UniqueConstraint(fields=["award", "year"], name="awards_one_review_a_year")]

    def __str__(self) -> str:
        return f"review of year {self.year} of award {self.award_id}"
