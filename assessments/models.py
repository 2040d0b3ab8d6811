"""Assessors, their interests, seats on bids, scores, and the panel's decisions."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from assessments.rules_in_database import (
    AsProposed,
    CompleteWhenSubmitted,
    HoldsTheBid,
    NotBlocked,
    OnlyAfterDecision,
    OnlyForAcceptedSeats,
)
from assessments.states import (
    ASSESSMENT_EDGES,
    SEAT_EDGES,
    AssessmentState,
    AssessorType,
    DeclineReason,
    InterestKind,
    Outcome,
    SeatState,
)
from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph
from funds.rules_in_database import NeedsApprovedProposal


class Assessor(models.Model):
    """A person who scores bids, for a network or on their own account."""

    user = models.OneToOneField("accounts.User", on_delete=models.PROTECT, related_name="assessor")
    network = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="assessors"
    )
    types = ArrayField(models.CharField(max_length=12, choices=AssessorType))
    capacity = models.PositiveIntegerField(default=8, help_text="Bids per competition.")
    expertise = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    clinical_areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    about = models.TextField(blank=True, help_text="What they know, in their own words.")
    is_available = models.BooleanField(default=True, help_text="Takes invitations at present.")

    class Meta:
        constraints = [models.CheckConstraint(name="assessments_assessor_has_type", condition=Q(types__len__gte=1))]

    def __str__(self) -> str:
        return str(self.user)


class Interest(models.Model):
    """An organisation in which an assessor, or their family, has an interest."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    organisation = models.ForeignKey(
        "accounts.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    organisation_name = models.CharField(max_length=200)
    company_number = models.CharField(max_length=8, blank=True)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.organisation_name}"


class Declaration(models.Model):
    """An assessor's word that the interests declared so far are all that there are; it holds for a year."""

    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="declarations")
    interests_sha256 = models.CharField(max_length=64, help_text="Digest of the interests that stood then.")
    at = models.DateTimeField()
    until = models.DateField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(
                name="assessments_declaration_sha256", condition=Q(interests_sha256__regex=r"^[0-9a-f]{64}$")
            )
        ]
        indexes = [models.Index(fields=["assessor", "-until"], name="assessments_declared_until")]

    def __str__(self) -> str:
        return f"declaration of {self.assessor_id} until {self.until}"


class Block(models.Model):
    """A pair that may never meet: the assessor has an interest in a party of the bid."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="blocks")
    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="blocks")
    because = models.CharField(max_length=300)
    found_at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), HoldsTheBid()]
        constraints = [models.UniqueConstraint(fields=["bid", "assessor"], name="assessments_each_pair_blocked_once")]

    def __str__(self) -> str:
        return f"{self.assessor_id} × {self.bid_id}: {self.because}"


class Seat(ConcurrentTransitionMixin, models.Model):
    """An assessor's place on a bid."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="seats")
    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="seats")
    state = FSMField(max_length=10, choices=SeatState, default=SeatState.INVITED, protected=True)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=SEAT_EDGES, initial=SeatState.INVITED),
            NotBlocked(),
            Frozen(fields=["bid", "assessor", "invited_at"], open_in=[]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["bid", "assessor"], name="assessments_one_seat_per_pair"),
            models.CheckConstraint(
                name="assessments_decline_has_reason",
                condition=~Q(state=SeatState.DECLINED) | ~Q(decline_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["assessor", "state"], name="assessments_seat_by_assessor")]

    def __str__(self) -> str:
        return f"seat of {self.assessor_id} on {self.bid_id}"

    @transition(field=state, source=SeatState.INVITED, target=SeatState.ACCEPTED)
    def accept(self, *, at: dt.datetime) -> None:
        """The assessor takes the bid, declaring no interest in it."""
        self.answered_at = at

    @transition(field=state, source=[SeatState.INVITED, SeatState.ACCEPTED], target=SeatState.DECLINED)
    def decline(self, *, reason: str, at: dt.datetime) -> None:
        """The assessor does not take the bid."""
        self.decline_reason, self.answered_at = reason, at

    @transition(field=state, source=[SeatState.INVITED, SeatState.ACCEPTED], target=SeatState.WITHDRAWN)
    def withdraw(self, *, reason: str) -> None:
        """Staff take the bid away."""
        self.withdrawn_reason = reason


class Assessment(ConcurrentTransitionMixin, models.Model):
    """What an assessor wrote about a bid; it counts only when submitted."""

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="assessment")
    state = FSMField(max_length=12, choices=AssessmentState, default=AssessmentState.IN_PROGRESS, protected=True)
    is_in_scope = models.BooleanField(null=True, blank=True)
    is_fundable = models.BooleanField(null=True, blank=True)
    feedback = models.TextField(blank=True, help_text="For the applicant.")
    note = models.TextField(blank=True, help_text="For officials only.")
    is_counted = models.BooleanField(default=True, help_text="Officials may leave an outlier out, with a reason.")
    left_out_reason = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reopened_reason = models.TextField(blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=ASSESSMENT_EDGES, initial=AssessmentState.IN_PROGRESS),
            OnlyForAcceptedSeats(),
            CompleteWhenSubmitted(),
            Frozen(
                fields=["seat", "is_in_scope", "is_fundable", "feedback", "note", "submitted_at"],
                open_in=[AssessmentState.IN_PROGRESS],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="assessments_submitted_whole",
                condition=~Q(state=AssessmentState.SUBMITTED)
                | Q(submitted_at__isnull=False, is_in_scope__isnull=False, is_fundable__isnull=False),
            ),
            models.CheckConstraint(
                name="assessments_left_out_has_reason", condition=Q(is_counted=True) | ~Q(left_out_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"assessment of seat {self.seat_id}"

    @transition(field=state, source=AssessmentState.IN_PROGRESS, target=AssessmentState.SUBMITTED)
    def submit(self, *, at: dt.datetime) -> None:
        """Hand it in; scores are fixed from now on."""
        self.submitted_at = at

    @transition(field=state, source=AssessmentState.SUBMITTED, target=AssessmentState.IN_PROGRESS)
    def reopen(self, *, reason: str) -> None:
        """Let the assessor change it."""
        self.reopened_reason = reason


class Score(models.Model):
    """Points, 0 to 10, and the reason for them, on one question."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    question = models.ForeignKey("funds.Question", on_delete=models.PROTECT, related_name="+")
    points = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        triggers = [FrozenWith(parent="assessment", open_in=[AssessmentState.IN_PROGRESS])]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="assessments_one_score_per_question"),
            models.CheckConstraint(
                name="assessments_points_0_to_10", condition=Q(points=None) | Q(points__range=(0, 10))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} on {self.question_id}"


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
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), NeedsApprovedProposal(), AsProposed()]
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
