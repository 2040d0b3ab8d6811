"""What assessors handed in."""

from django.db import models
from django.db.models import Q

from audit.database import AppendOnly


class HandedIn(models.Model):
    """A score sheet as it was handed in, for ever: when it is reopened and changed, old and new both stand."""

    assessment = models.ForeignKey("assessments.Assessment", on_delete=models.PROTECT, related_name="handed_in")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="Points and reason by question, and the judgement on the whole bid.")
    sha256 = models.CharField(max_length=64)
    change_reason = models.TextField(blank=True, help_text="Why it differs from the one before.")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sheets handed in"
        triggers = [AppendOnly()]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="assessments_sheets_numbered"),
            models.CheckConstraint(
                name="assessments_change_has_reason", condition=Q(number=1) | Q(change_reason__regex=r"\S")
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.number} of assessment {self.assessment_id}"
