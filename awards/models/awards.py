"""An award: what was offered to whom, on which conditions, and how the money spreads over months."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from accounts.states import Size
from audit.database import Frozen, StateGraph
from awards.ends_in_database import FixedUnlessJoined, NothingOutstanding
from awards.gates_in_database import AddsUpToTheGrant, PreparedBeforeLetter
from awards.money_in_database import EndsAsVaried, FixedUnlessVaried
from awards.rules_in_database import FrozenOnceAccepted, MatchVerifiedBeforeLetter
from awards.states import AWARD_EDGES, AwardState, ConditionKind, Rating
from bids.states import CostCategory
from funds.rules_in_database import ApprovedBefore

S = AwardState


class Award(ConcurrentTransitionMixin, models.Model):
    """Money offered to a successful bid. Its commitment stands in its envelope."""

    reference = models.CharField(max_length=20, unique=True)
    bid = models.OneToOneField("bids.Bid", on_delete=models.PROTECT, related_name="award")
    envelope = models.OneToOneField("funds.Envelope", on_delete=models.PROTECT, related_name="award")
    state = FSMField(max_length=14, choices=AwardState, default=S.OFFERED, protected=True)
    content_sha256 = models.CharField(max_length=64, help_text="Digest of what the letter says.")
    grant_pence = models.BigIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    responsible_officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    network = models.ForeignKey(
        "accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="monitored_awards"
    )
    offered_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    accept_by = models.DateField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_name = models.CharField(max_length=120, blank=True, help_text="The director's name as typed.")
    accepted_statement = models.TextField(blank=True, help_text="What the director agreed to, word for word.")
    accepted_address = models.GenericIPAddressField(null=True, blank=True, help_text="Where the acceptance came from.")

    class Meta:
        triggers = [
            StateGraph(edges=AWARD_EDGES, initial=S.OFFERED),
            ApprovedBefore(kind="letter", gates={S.LETTER_ISSUED: ["approve"]}),
            MatchVerifiedBeforeLetter(),
            PreparedBeforeLetter(),
            Frozen(
                fields=["reference", "bid", "envelope", "grant_pence", "starts_on", "content_sha256"],
                open_in=[S.OFFERED, S.CONDITIONS_MET],
            ),
            FrozenOnceAccepted(),
            EndsAsVaried(open_in=(S.OFFERED, S.CONDITIONS_MET)),
            NothingOutstanding(),
        ]
        constraints = [
            models.CheckConstraint(name="awards_grant_above_zero", condition=Q(grant_pence__gt=0)),
            models.CheckConstraint(
                name="awards_whole_months", condition=Q(starts_on__day=1, ends_on__gt=F("starts_on"))
            ),
            models.CheckConstraint(
                name="awards_accepted_whole",
                condition=Q(accepted_at=None, accepted_by=None, accepted_name="")
                | Q(accepted_at__isnull=False, accepted_by__isnull=False) & ~Q(accepted_name=""),
            ),
            models.CheckConstraint(
                name="awards_issued_whole",
                condition=Q(issued_at=None, accept_by=None) | Q(issued_at__isnull=False, accept_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=S.OFFERED, target=S.CONDITIONS_MET)
    def meet_conditions(self) -> None:
        """Every condition is settled."""

    @transition(field=state, source=S.CONDITIONS_MET, target=S.OFFERED)
    def go_back(self) -> None:
        """A condition has come undone."""

    @transition(field=state, source=S.CONDITIONS_MET, target=S.LETTER_ISSUED)
    def issue_letter(self, *, at: dt.datetime, accept_by: dt.date) -> None:
        """Two people have agreed to the letter."""
        self.issued_at, self.accept_by = at, accept_by

    @transition(field=state, source=S.LETTER_ISSUED, target=S.ACCEPTED)
    def accept(self, *, by: User, name: str, at: dt.datetime) -> None:
        """A director signs."""
        self.accepted_by, self.accepted_name, self.accepted_at = by, name, at

    @transition(field=state, source=S.ACCEPTED, target=S.LIVE)
    def go_live(self) -> None:
        """The project has started."""

    @transition(field=state, source=S.LIVE, target=S.COMPLETED)
    def complete(self) -> None:
        """Everything is claimed, reported and paid."""

    @transition(field=state, source=[S.OFFERED, S.CONDITIONS_MET, S.LETTER_ISSUED], target=S.DECLINED)
    def decline(self) -> None:
        """The winner does not want it."""

    @transition(field=state, source=S.LETTER_ISSUED, target=S.LAPSED)
    def lapse(self) -> None:
        """Nobody accepted in time."""

    @transition(field=state, source=[S.OFFERED, S.CONDITIONS_MET, S.LETTER_ISSUED], target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """The department takes the offer back."""

    @transition(field=state, source=[S.ACCEPTED, S.LIVE], target=S.TERMINATED)
    def terminate(self) -> None:
        """The department ends it early."""


class AwardPartner(models.Model):
    """What one partner was awarded, in whole pounds, with its costs by category."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="partners")
    partner = models.ForeignKey("bids.Partner", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="award_parts")
    is_lead = models.BooleanField(default=False)
    size = models.CharField(max_length=12, choices=Size)
    costs = models.JSONField(help_text="Cost category to eligible cost in whole pounds.")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    cost_pounds = models.BigIntegerField()
    grant_pounds = models.BigIntegerField()
    other_public_pounds = models.BigIntegerField()
    match_pounds = models.BigIntegerField()

    class Meta:
        ordering = ["-is_lead", "id"]
        triggers = [FixedUnlessVaried(parent="award", open_in=[S.OFFERED, S.CONDITIONS_MET])]
        constraints = [
            models.UniqueConstraint(fields=["award", "organisation"], name="awards_each_partner_once"),
            models.CheckConstraint(
                name="awards_partner_identity",
                condition=Q(cost_pounds=F("grant_pounds") + F("other_public_pounds") + F("match_pounds"))
                & Q(grant_pounds__gte=0, other_public_pounds__gte=0, match_pounds__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"part of {self.organisation_id} in award {self.award_id}"


class Condition(models.Model):
    """Something to be settled before the letter: by whom, when, with what judgement."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=14, choices=ConditionKind)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    rating = models.CharField(max_length=6, choices=Rating, blank=True)
    note = models.TextField(blank=True)
    answers = models.JSONField(default=dict, help_text="Answer to each question of the kind's checklist.")
    settled_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [FixedUnlessJoined(parent="award", open_in=[S.OFFERED, S.CONDITIONS_MET])]
        constraints = [
            models.UniqueConstraint(fields=["award", "kind", "organisation"], name="awards_each_condition_once"),
            models.CheckConstraint(
                name="awards_condition_whole",
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False, settled_by__isnull=False),
            ),
            models.CheckConstraint(
                name="awards_red_settles_nothing",
                condition=Q(settled_at=None) | Q(rating=Rating.GREEN) | Q(rating=Rating.AMBER) & ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.organisation_id}"


class SpendLine(models.Model):
    """Grant that a partner is expected to claim in one month and category, in pence; adds up to the award."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="spend_lines")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    category = models.CharField(max_length=24, choices=CostCategory)
    pence = models.BigIntegerField()

    class Meta:
        ordering = ["month", "id"]
        triggers = [AddsUpToTheGrant()]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "organisation", "month", "category"], name="awards_spend_line_once"
            ),
            models.CheckConstraint(name="awards_spend_not_negative", condition=Q(pence__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.category}"
