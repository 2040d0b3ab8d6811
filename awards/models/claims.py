"""Claims in arrears and their payments."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from audit.database import Frozen, FrozenWith, StateGraph
from awards.claims_in_database import FixedButForAdjustments, ReportsBeforeMoney, WithinTheGrant
from awards.ends_in_database import PreparedBeforeClaim
from awards.money_in_database import PaidByRun
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
    is_nil = models.BooleanField(default=False, help_text="Nothing was spent in the period.")
    declaration = models.TextField(blank=True, help_text="What the submitter declared, word for word.")
    received_at = models.DateTimeField(null=True, blank=True, help_text="First submission: the clock starts.")
    queried_at = models.DateTimeField(null=True, blank=True, help_text="Since when the claimant has been asked.")
    held_seconds = models.BigIntegerField(default=0, help_text="Time with the claimant, which the clock leaves out.")

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
            FixedButForAdjustments(
                fields=[
                    "award",
                    "organisation",
                    "number",
                    "eligible_pence",
                    "grant_pence",
                    "match_pence",
                    "content_sha256",
                    "is_nil",
                    "declaration",
                ],
                open_in=CLAIM_EDITABLE,
            ),
            WithinTheGrant(),
            ReportsBeforeMoney(),
            PreparedBeforeClaim(),
        ]
        constraints = [
            models.UniqueConstraint(fields=["award", "organisation", "number"], name="awards_one_claim_per_period"),
            models.CheckConstraint(
                name="awards_claim_nil", condition=Q(is_nil=False) | Q(eligible_pence=0, grant_pence=0, match_pence=0)
            ),
            models.CheckConstraint(name="awards_claim_held", condition=Q(held_seconds__gte=0)),
            models.CheckConstraint(name="awards_claim_period", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="awards_claim_amounts",
                condition=Q(eligible_pence__gte=0, grant_pence__gte=0, match_pence__gte=0)
                & Q(grant_pence__lte=F("eligible_pence")),
            ),
            models.CheckConstraint(
                name="awards_claim_submitted_whole",
                condition=Q(state=S.DRAFT)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, received_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "received_at", "id"], name="awards_claims_by_age"),
            models.Index(fields=["received_at", "id"], name="awards_claims_received"),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=[S.DRAFT, S.QUERIED], target=S.SUBMITTED)
    def submit(self, *, by: User, at: dt.datetime) -> None:
        """Hand it in; the time that it was with the claimant is kept apart."""
        self.submitted_by, self.submitted_at = by, at
        self.received_at = self.received_at or at
        if self.queried_at:
            self.held_seconds += max(0, int((at - self.queried_at).total_seconds()))
            self.queried_at = None

    @transition(field=state, source=S.SUBMITTED, target=S.REVIEWED)
    def review(self) -> None:
        """The monitoring officer has looked at it."""

    @transition(field=state, source=S.REVIEWED, target=S.APPROVED)
    def approve(self) -> None:
        """The fund manager approves it."""

    @transition(field=state, source=[S.APPROVED, S.RETURNED], target=S.INSTRUCTED)
    def instruct(self) -> None:
        """Finance instructs the payment."""

    @transition(field=state, source=S.INSTRUCTED, target=S.PAID)
    def pay(self) -> None:
        """The bank has paid it."""

    @transition(field=state, source=[S.INSTRUCTED, S.PAID], target=S.RETURNED)
    def send_back(self) -> None:
        """The bank has returned the money."""

    @transition(field=state, source=[S.SUBMITTED, S.REVIEWED, S.APPROVED], target=S.QUERIED)
    def query(self, *, reason: str, at: dt.datetime) -> None:
        """Ask the claimant."""
        self.reason, self.queried_at = reason, at

    @transition(field=state, source=S.SUBMITTED, target=S.NIL)
    def note(self) -> None:
        """The monitoring officer has seen that nothing is claimed."""

    @transition(field=state, source=[S.SUBMITTED, S.REVIEWED, S.RETURNED], target=S.REJECTED)
    def reject(self, *, reason: str) -> None:
        """Refuse it."""
        self.reason = reason


class ClaimLine(models.Model):
    """One item of spend with its invoice."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField(max_length=24, choices=CostCategory)
    description = models.CharField(max_length=200)
    supplier = models.CharField(max_length=120, blank=True)
    invoice_number = models.CharField(max_length=60, blank=True)
    incurred_on = models.DateField()
    pence = models.BigIntegerField()
    no_evidence_reason = models.CharField(max_length=400, blank=True, help_text="Why no file proves it.")
    duplicate_reason = models.CharField(max_length=400, blank=True, help_text="Why it is not the same cost twice.")

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
            PaidByRun(),
            Frozen(fields=["end_to_end_id", "pence", "instructed_by", "instructed_at"], open_in=[]),
        ]
        constraints = [models.CheckConstraint(name="awards_payment_above_zero", condition=Q(pence__gt=0))]

    def __str__(self) -> str:
        return self.end_to_end_id

    @transition(field=state, source=PaymentState.INSTRUCTED, target=PaymentState.PAID)
    def settle(self, *, at: dt.datetime, bank_reference: str) -> None:
        """The bank says that it is paid."""
        self.settled_at, self.bank_reference = at, bank_reference

    @transition(field=state, source=[PaymentState.INSTRUCTED, PaymentState.PAID], target=PaymentState.RETURNED)
    def send_back(self, *, at: dt.datetime) -> None:
        """The bank has returned it."""
        self.settled_at = at

    @transition(field=state, source=PaymentState.RETURNED, target=PaymentState.INSTRUCTED)
    def instruct_again(self) -> None:
        """Send it once more under the same id."""
