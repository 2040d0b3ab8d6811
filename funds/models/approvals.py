"""Two people: a proposal of exact content, and approvals bound to its hash."""

from django.db import models

from audit.database import AppendOnly
from funds.rules_in_database import NotTheMaker, NotYetApproved


class Proposal(models.Model):
    """What one person puts forward: the newest of a (kind, reference) replaces those before it."""

    kind = models.CharField(max_length=30, help_text="Such as competition, decision, letter, claim.")
    reference = models.CharField(max_length=60, help_text="Reference of the subject.")
    content = models.JSONField(help_text="The exact content, so that it can be read and hashed again.")
    content_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        indexes = [models.Index(fields=["kind", "reference", "-id"], name="funds_proposal_newest")]
        constraints = [
            models.CheckConstraint(
                name="funds_proposal_sha256", condition=models.Q(content_sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.reference}"


class Approval(models.Model):
    """One person's approval of one step of a proposal."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="approvals")
    step = models.CharField(max_length=20, default="approve")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), NotTheMaker()]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "by"], name="funds_approval_each_person_once"),
            models.UniqueConstraint(fields=["proposal", "step"], name="funds_approval_each_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.proposal}"


class SentBack(models.Model):
    """The end of a proposal that is not approved: a second person declines it, or its maker takes it back."""

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="sent_back")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        verbose_name_plural = "proposals sent back"
        triggers = [AppendOnly(), NotYetApproved()]
        constraints = [models.CheckConstraint(name="funds_sentback_says_why", condition=~models.Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.proposal} sent back"
