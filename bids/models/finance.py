"""Partners of a bid, what their part costs, and where the match funding comes from."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Floor, Greatest
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from accounts.states import Size
from audit.database import Frozen, FrozenWith, StateGraph
from bids.rules_in_database import AsRecorded
from bids.states import EDITABLE, MATCH_EDGES, CostCategory, MatchKind, MatchState

S = MatchState
_GRANT = Cast(Floor(F("cost_pounds") * F("percent") / 100), models.BigIntegerField()) - F("other_public_pounds")


class Partner(models.Model):
    """An organisation in a bid (the lead too) and its money, in whole pounds.

    The database keeps the match-funding identity: grant = max(0, ⌊cost × percent ÷ 100⌋ − other public funding), and
    grant + other public funding + match = cost.
    """

    bid = models.ForeignKey("bids.Bid", on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="partnerships")
    is_lead = models.BooleanField(default=False)
    size = models.CharField(max_length=12, choices=Size)
    working_days = models.PositiveIntegerField(default=225, help_text="Working days in a year, 1 to 365.")
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=0, help_text="Grant asked, % of cost.")
    cost_pounds = models.BigIntegerField(default=0)
    other_public_pounds = models.BigIntegerField(default=0)
    grant_pounds = models.BigIntegerField(default=0)
    match_pounds = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-is_lead", "id"]
        triggers = [FrozenWith(parent="bid", open_in=EDITABLE)]
        constraints = [
            models.UniqueConstraint(fields=["bid", "organisation"], name="bids_each_partner_once"),
            models.UniqueConstraint(fields=["bid"], condition=Q(is_lead=True), name="bids_one_lead"),
            models.CheckConstraint(name="bids_partner_percent", condition=Q(percent__gte=0, percent__lte=100)),
            models.CheckConstraint(name="bids_partner_working_days", condition=Q(working_days__range=(1, 365))),
            models.CheckConstraint(
                name="bids_partner_nothing_below_zero",
                condition=Q(cost_pounds__gte=0, other_public_pounds__gte=0, grant_pounds__gte=0, match_pounds__gte=0),
            ),
            models.CheckConstraint(name="bids_partner_grant_formula", condition=Q(grant_pounds=Greatest(_GRANT, 0))),
            models.CheckConstraint(
                name="bids_partner_identity",
                condition=Q(cost_pounds=F("grant_pounds") + F("other_public_pounds") + F("match_pounds")),
            ),
        ]

    def __str__(self) -> str:
        return f"partner {self.organisation_id} of bid {self.bid_id}"


class CostLine(models.Model):
    """One line of a partner's costs. `amount` is pounds to 5 decimals; a category rounds its sum to whole pounds."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="cost_lines")
    category = models.CharField(max_length=24, choices=CostCategory)
    description = models.CharField(max_length=200)
    inputs = models.JSONField(default=dict, help_text="What the formula of the category takes, as typed.")
    amount = models.DecimalField(max_digits=20, decimal_places=5)

    class Meta:
        ordering = ["category", "id"]
        triggers = [FrozenWith(parent="partner__bid", open_in=EDITABLE)]
        constraints = [
            models.CheckConstraint(name="bids_cost_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="bids_cost_category_known", condition=Q(category__in=CostCategory.values)),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.description}"


class MatchSource(ConcurrentTransitionMixin, models.Model):
    """A source of match funding of one partner, with states of its own."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="match_sources")
    kind = models.CharField(max_length=14, choices=MatchKind)
    funder = models.CharField(max_length=160, help_text="As it was called when it was declared.")
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="pledges",
        help_text="The funder; empty for a person, and for what was declared by name alone.",
    )  # fmt: skip
    amount_pounds = models.BigIntegerField()
    secured_on = models.DateField()
    available_on = models.DateField()
    state = FSMField(max_length=10, choices=MatchState, default=MatchState.DECLARED, protected=True)
    verified_pounds = models.BigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True, help_text="When evidence was last given.")
    taken_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [
            StateGraph(edges=MATCH_EDGES, initial=S.DECLARED),
            AsRecorded(),
            Frozen(
                fields=[
                    "kind",
                    "funder",
                    "organisation",
                    "amount_pounds",
                    "secured_on",
                    "available_on",
                    "verified_pounds",
                    "decided_by",
                ],
                open_in=[S.DECLARED, S.EVIDENCED, S.QUERIED],
            ),
        ]
        constraints = [
            models.CheckConstraint(name="bids_match_above_zero", condition=Q(amount_pounds__gt=0)),
            models.CheckConstraint(name="bids_match_kind_known", condition=Q(kind__in=MatchKind.values)),
            models.CheckConstraint(
                name="bids_match_verified_whole",
                condition=~Q(state=S.VERIFIED)
                | Q(verified_pounds__gt=0, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="bids_match_verified_within_amount",
                condition=Q(verified_pounds=None) | Q(verified_pounds__lte=F("amount_pounds")),
            ),
            models.CheckConstraint(
                name="bids_match_refusal_has_reason", condition=~Q(state__in=[S.REJECTED, S.QUERIED]) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="bids_match_taken_whole",
                condition=Q(taken_by=None, taken_at=None) | Q(taken_by__isnull=False, taken_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["secured_on", "amount_pounds"], name="bids_match_same_money"),
            models.Index(fields=["state", "waiting_since", "id"], name="bids_match_waiting"),
            models.Index(fields=["state", "amount_pounds", "id"], name="bids_match_by_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.funder}"

    @property
    def counts_pounds(self) -> int:
        """What counts of it: all that was declared until it is verified, then what was verified."""
        return self.verified_pounds or 0 if self.state == S.VERIFIED else self.amount_pounds

    @transition(field=state, source=[S.DECLARED, S.QUERIED], target=S.EVIDENCED)
    def give_evidence(self) -> None:
        """Evidence is attached."""

    @transition(field=state, source=S.EVIDENCED, target=S.DECLARED)
    def lose_evidence(self) -> None:
        """The only evidence holds a virus and is taken back."""

    @transition(field=state, source=S.EVIDENCED, target=S.VERIFIED)
    def verify(self, *, pounds: int, by: User, at: dt.datetime) -> None:
        """Somebody has seen the money, whole or in part."""
        self.verified_pounds, self.decided_by, self.decided_at = pounds, by, at

    @transition(field=state, source=S.EVIDENCED, target=S.QUERIED)
    def query(self, *, reason: str, by: User, at: dt.datetime) -> None:
        """Ask the applicant for more."""
        self.reason, self.decided_by, self.decided_at = reason, by, at

    @transition(field=state, source=[S.EVIDENCED, S.QUERIED], target=S.REJECTED)
    def reject(self, *, reason: str, by: User, at: dt.datetime) -> None:
        """It is no match funding."""
        self.reason, self.decided_by, self.decided_at = reason, by, at

    @transition(field=state, source=[S.VERIFIED, S.REJECTED], target=S.EVIDENCED)
    def look_again(self) -> None:
        """What was decided no longer stands: it waits for a decision once more."""

    @transition(field=state, source=S.VERIFIED, target=S.QUERIED)
    def expire(self, *, reason: str) -> None:
        """What it was verified on has grown too old."""
        self.reason = reason
