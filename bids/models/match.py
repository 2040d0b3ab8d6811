"""What was decided and said about sources of match funding: written once, only ever superseded."""

from django.db import models
from django.db.models import F, Q

from audit.database import AppendOnly
from bids.rules_in_database import NotTheBidsOfficer
from bids.states import MatchOutcome, SameMoneyOutcome


class MatchVerification(models.Model):
    """A decision on a source of match funding. The one with the highest number counts."""

    source = models.ForeignKey("bids.MatchSource", on_delete=models.PROTECT, related_name="verifications")
    number = models.PositiveIntegerField(help_text="Counts from 1 within the source.")
    outcome = models.CharField(max_length=8, choices=MatchOutcome)
    pounds = models.BigIntegerField(null=True, help_text="What is verified; it may be less than was declared.")
    checks = models.JSONField(default=list, help_text="Codes of what was checked on the evidence.")
    evidence = models.JSONField(default=list, help_text="SHA-256 of each file it was decided on.")
    expires_on = models.DateField(null=True, help_text="Last day on which the evidence is recent enough.")
    reason = models.TextField(blank=True)
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        triggers = [AppendOnly(), NotTheBidsOfficer()]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="bids_verifications_numbered"),
            models.CheckConstraint(
                name="bids_verification_pounds",
                condition=Q(outcome=MatchOutcome.VERIFIED, pounds__gt=0)
                | ~Q(outcome=MatchOutcome.VERIFIED) & Q(pounds=None),
            ),
            models.CheckConstraint(
                name="bids_verification_says_why", condition=Q(outcome=MatchOutcome.VERIFIED) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="bids_verification_by_a_person", condition=Q(outcome=MatchOutcome.EXPIRED) ^ Q(by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.number} of source {self.source_id}"


class MatchMessage(models.Model):
    """Something said about a source, by the department or by the applicant, perhaps with new evidence."""

    source = models.ForeignKey("bids.MatchSource", on_delete=models.PROTECT, related_name="messages")
    is_from_department = models.BooleanField()
    text = models.TextField()
    document = models.ForeignKey("bids.Document", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [AppendOnly()]
        constraints = [models.CheckConstraint(name="bids_match_message_given", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"message {self.pk} about source {self.source_id}"


class SameMoney(models.Model):
    """What was decided about a source that cites the same pledge or the same file as another."""

    source = models.ForeignKey("bids.MatchSource", on_delete=models.PROTECT, related_name="same_money")
    other = models.ForeignKey("bids.MatchSource", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=SameMoneyOutcome)
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "decisions on money cited twice"
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="bids_same_money_says_why", condition=~Q(reason="")),
            models.CheckConstraint(name="bids_same_money_of_two", condition=~Q(source=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.source_id} and {self.other_id}"
