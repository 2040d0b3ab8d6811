"""What happens to an award under way: payments held, terms varied, money asked back."""

from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from audit.database import Frozen, StateGraph
from awards.money_in_database import AgreedByTwo, NoMoreThanPaid
from awards.states import (
    RECOVERY_EDGES,
    VARIATION_EDGES,
    RecoveryKind,
    RecoveryState,
    VariationKind,
    VariationState,
)
from funds.rules_in_database import ApprovedBefore

R, V = RecoveryState, VariationState


class Suspension(models.Model):
    """A time in which nothing is paid from an award. One person begins it, another ends it."""

    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="suspensions")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [Frozen(fields=["award", "reason", "by", "at"], open_in=[], field="reason")]
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=Q(lifted_at=None), name="awards_one_suspension_at_a_time"
            ),
            models.CheckConstraint(name="awards_suspension_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="awards_suspension_lifted_by_another",
                condition=Q(lifted_at=None, lifted_by=None)
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_by=F("by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"suspension of award {self.award_id}"


class Recovery(ConcurrentTransitionMixin, models.Model):
    """Money of one paid claim that the organisation pays back: demanded by two people, received by finance."""

    reference = models.CharField(max_length=20, unique=True)
    claim = models.ForeignKey("awards.Claim", on_delete=models.PROTECT, related_name="recoveries")
    kind = models.CharField(max_length=10, choices=RecoveryKind)
    pence = models.BigIntegerField()
    reason = models.TextField()
    state = FSMField(max_length=10, choices=RecoveryState, default=R.PROPOSED, protected=True)
    content_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=RECOVERY_EDGES, initial=R.PROPOSED),
            ApprovedBefore(kind="recovery", gates={R.DEMANDED: ["approve"]}),
            NoMoreThanPaid(),
            Frozen(fields=["reference", "claim", "kind", "pence", "reason", "content_sha256", "by", "at"], open_in=[]),
        ]
        constraints = [
            models.CheckConstraint(name="awards_recovery_above_zero", condition=Q(pence__gt=0) & ~Q(reason="")),
            models.CheckConstraint(
                name="awards_recovery_received_whole",
                condition=(Q(state=R.RECEIVED, received_at__isnull=False) & ~Q(bank_reference=""))
                | (~Q(state=R.RECEIVED) & Q(received_at=None, bank_reference="")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=R.PROPOSED, target=R.DEMANDED)
    def demand(self) -> None:
        """Two people ask for it."""

    @transition(field=state, source=R.DEMANDED, target=R.RECEIVED)
    def receive(self) -> None:
        """It has come."""

    @transition(field=state, source=[R.PROPOSED, R.DEMANDED], target=R.DROPPED)
    def drop(self) -> None:
        """It is asked for no more."""


class Variation(ConcurrentTransitionMixin, models.Model):
    """A change of an award after its letter: what was, what shall be, and why."""

    reference = models.CharField(max_length=20, unique=True)
    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="variations")
    kind = models.CharField(max_length=8, choices=VariationKind)
    before = models.JSONField()
    after = models.JSONField()
    moved_pounds = models.BigIntegerField(default=0, help_text="Between cost categories.")
    reason = models.TextField()
    needs_two = models.BooleanField()
    state = FSMField(max_length=10, choices=VariationState, default=V.PROPOSED, protected=True)
    content_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            StateGraph(edges=VARIATION_EDGES, initial=V.PROPOSED),
            AgreedByTwo(),
            Frozen(
                fields=[
                    "reference", "award", "kind", "before", "after", "moved_pounds", "reason", "needs_two",
                    "content_sha256", "by", "at",
                ],
                open_in=[],
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["award"], condition=Q(state=V.PROPOSED), name="awards_one_variation_at_a_time"
            ),
            models.CheckConstraint(
                name="awards_variation_by_two",
                condition=Q(needs_two=True) | Q(kind=VariationKind.COSTS),
            ),
            models.CheckConstraint(name="awards_variation_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=V.PROPOSED, target=V.AGREED)
    def agree(self) -> None:
        """It holds from now on."""

    @transition(field=state, source=V.PROPOSED, target=V.DROPPED)
    def drop(self) -> None:
        """Everything stays as it was."""
