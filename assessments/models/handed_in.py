"""What assessors handed in."""

from django.db import models
from django.db.models import Q

from audit.database import AppendOnly


class HandedIn(models.Model):
    """A score sheet of a bid or of its interview as it was handed in, for ever: after a change, old and new stand."""

    assessment = models.ForeignKey(
        "assessments.Assessment", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_in"
    )
    interview_sheet = models.ForeignKey(
        "assessments.InterviewSheet", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_in"
    )
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="Points and reason by question, and what is said of the whole bid.")
    sha256 = models.CharField(max_length=64)
    change_reason = models.TextField(blank=True, help_text="Why it differs from the one before.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sheets handed in"
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="assessments_sheets_numbered"),
            models.UniqueConstraint(fields=["interview_sheet", "number"], name="assessments_interview_sheets_numbered"),
            models.CheckConstraint(
                name="assessments_handed_in_of_one_sheet",
                condition=Q(assessment__isnull=True, interview_sheet__isnull=False)
                | Q(assessment__isnull=False, interview_sheet__isnull=True),
            ),
            models.CheckConstraint(
                name="assessments_change_has_reason", condition=Q(number=1) | Q(change_reason__regex=r"\S")
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.number} of {self.assessment or self.interview_sheet}"
