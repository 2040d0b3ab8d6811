"""Claims in arrears and their payments."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from audit.database import Frozen, FrozenWith, StateGraph
from awards.states import CLAIM_EDGES, CLAIM_EDITABLE, PAYMENT_EDGES, ClaimState, PaymentState
from bids.states import CostCategory
from funds.rules_in_database import ApprovedBefore

S = ClaimState


class Claim(ConcurrentTransitionMixin, models.Model):
    """What one partner claims for one period of an award, in pence."""

    reference = models.CharField(max_length=30, unique=True)
    award = models.ForeignKey("awards.Award", on_delete=models.PROTECT, related_name="claims")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="claims")
    number = models.PositiveIntegerField(help_text="Period of the project: 1, 2, 3 …")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = FSMField(max_length=10, choices=ClaimState, default=S.DRAFT, protected=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    eligible_pence = models.BigIntegerField(default=0, help_text="Eligible spend of the period.")
    grant_pence = models.BigIntegerField(default=0, help_text="Eligible spend × rate.")
    match_pence = models.BigIntegerField(default=0, help_text="Match funding spent.")
    submitted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Of the last query or rejection.")

    class Meta:
        triggers = [
            StateGraph(edges=CLAIM_EDGES, initial=S.DRAFT),
            ApprovedBefore(
                kind="claim",
                gates={
                    S.REVIEWED: ["review"],
                    S.APPROVED: ["review", "approve"],
                    S.INSTRUCTED: ["review", "approve", "instruct"],
                },
            ),
            Frozen(
                fields=[
                    "award",
                    "organisation",
                    "number",
                    "eligible_pence",
                    "grant_pence",
                    "match_pence",
                    "content_sha256",
                ],
                open_in=CLAIM_EDITABLE,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["award", "organisation", "number"], name="awards_one_claim_per_period"),
            models.CheckConstraint(name="awards_claim_period", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="awards_claim_amounts",
                condition=Q(eligible_pence__gte=0, grant_pence__gte=0, match_pence__gte=0)
                & Q(grant_pence__lte=F("eligible_pence")),
            ),
            models.CheckConstraint(
                name="awards_claim_submitted_whole",
                condition=Q(state=S.DRAFT) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="awards_claims_by_age")]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=[S.DRAFT, S.QUERIED], target=S.SUBMITTED)
    def submit(self, *, by: User, at: dt.datetime) -> None:
        """Hand it in."""
        self.submitted_by, self.submitted_at = by, at

    @transition(field=state, source=S.SUBMITTED, target=S.REVIEWED)
    def review(self) -> None:
        """The monitoring officer has looked at it."""

    @transition(field=state, source=S.REVIEWED, target=S.APPROVED)
    def approve(self) -> None:
        """The fund manager approves it."""

    @transition(field=state, source=S.APPROVED, target=S.INSTRUCTED)
    def instruct(self) -> None:
        """Finance instructs the payment."""

    @transition(field=state, source=S.INSTRUCTED, target=S.PAID)
    def pay(self) -> None:
        """The bank has paid it."""

    @transition(field=state, source=[S.SUBMITTED, S.REVIEWED, S.APPROVED], target=S.QUERIED)
    def query(self, *, reason: str) -> None:
        """Ask the claimant."""
        self.reason = reason

    @transition(field=state, source=[S.SUBMITTED, S.REVIEWED], target=S.REJECTED)
    def reject(self, *, reason: str) -> None:
        """Refuse it."""
        self.reason = reason


class ClaimLine(models.Model):
    """One item of spend with its invoice."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField(max_length=24, choices=CostCategory)
    description = models.CharField(max_length=200)
    invoice_number = models.CharField(max_length=60, blank=True)
    incurred_on = models.DateField()
    pence = models.BigIntegerField()

    class Meta:
        ordering = ["category", "id"]
        triggers = [FrozenWith(parent="claim", open_in=CLAIM_EDITABLE)]
        constraints = [models.CheckConstraint(name="awards_claim_line_above_zero", condition=Q(pence__gt=0))]

    def __str__(self) -> str:
        return self.description


class Payment(ConcurrentTransitionMixin, models.Model):
    """The one payment of a claim, with its end-to-end id for ever."""

    claim = models.OneToOneField(Claim, primary_key=True, on_delete=models.PROTECT, related_name="payment")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    pence = models.BigIntegerField()
    state = FSMField(max_length=10, choices=PaymentState, default=PaymentState.INSTRUCTED, protected=True)
    instructed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    instructed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=PAYMENT_EDGES, initial=PaymentState.INSTRUCTED),
            Frozen(fields=["end_to_end_id", "pence", "instructed_by", "instructed_at"], open_in=[]),
        ]
        constraints = [models.CheckConstraint(name="awards_payment_above_zero", condition=Q(pence__gt=0))]

    def __str__(self) -> str:
        return self.end_to_end_id

    @transition(field=state, source=PaymentState.INSTRUCTED, target=PaymentState.PAID)
    def settle(self, *, at: dt.datetime, bank_reference: str) -> None:
        """The bank says that it is paid."""
        self.settled_at, self.bank_reference = at, bank_reference

    @transition(field=state, source=PaymentState.INSTRUCTED, target=PaymentState.RETURNED)
    def send_back(self, *, at: dt.datetime) -> None:
        """The bank has returned it."""
        self.settled_at = at

    @transition(field=state, source=PaymentState.RETURNED, target=PaymentState.INSTRUCTED)
    def instruct_again(self) -> None:
        """Send it once more under the same id."""
