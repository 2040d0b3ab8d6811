"""The panel's decisions, and the release of feedback."""

from django.db import models
from django.db.models import Q

from assessments.panel_in_database import AsMinuted
from assessments.rules_in_database import AsProposed, OnlyAfterDecision
from assessments.states import Outcome
from audit.database import AppendOnly
from funds.rules_in_database import NeedsApprovedProposal


class Decision(models.Model):
    """The panel's decision on one bid, with the frozen score it was taken on. A later change is a new decision."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey("funds.Proposal", on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=12, choices=Outcome)
    rank = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    spread = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    counted = models.PositiveIntegerField(help_text="Submitted assessments that counted.")
    override_reason = models.TextField(blank=True)
    meeting = models.ForeignKey(
        "assessments.PanelMeeting", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions",
        help_text="Whose agreed minutes it rests on.",
    )  # fmt: skip
    change_reason = models.TextField(blank=True, help_text="Why a later decision takes the place of an earlier one.")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), NeedsApprovedProposal(), AsProposed(), AsMinuted()]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "bid"], name="assessments_one_decision_per_bid"),
            models.CheckConstraint(name="assessments_outcome_known", condition=Q(outcome__in=Outcome.values)),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: bid {self.bid_id}"


class FeedbackRelease(models.Model):
    """The moment from which every applicant of a competition may read scores and written reasons."""

    competition = models.OneToOneField("funds.Competition", on_delete=models.PROTECT, related_name="feedback_release")
    outliers = models.TextField(help_text="How the panel treated scores far from the others, for applicants.")
    complaints_until = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), OnlyAfterDecision()]

    def __str__(self) -> str:
        return f"feedback of {self.competition_id}"
