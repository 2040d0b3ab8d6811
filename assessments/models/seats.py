"""Pairs that may not meet, seats on bids, and what is written on them."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from assessments.models.people import Assessor
from assessments.panel_in_database import CountsAtPanel, FixedAtPanel
from assessments.rules_in_database import (
    CompleteWhenSubmitted,
    CountedUnlessConflicted,
    HoldsTheBid,
    NotBlocked,
    OnlyForAcceptedSeats,
)
from assessments.states import (
    ASSESSMENT_EDGES,
    SEAT_EDGES,
    AssessmentState,
    BlockKind,
    DeclineReason,
    MatchedBy,
    Part,
    SeatState,
)
from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph


class Block(models.Model):
    """A pair that may never meet: the assessor has an interest in a party of the bid."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="blocks")
    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="blocks")
    kind = models.CharField(max_length=12, choices=BlockKind, blank=True)
    part = models.CharField(max_length=13, choices=Part, blank=True)
    matched_by = models.CharField(max_length=14, choices=MatchedBy, blank=True)
    because = models.CharField(max_length=300, help_text="In words, about organisations and never about people.")
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
            CountsAtPanel(),
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
    version = models.PositiveIntegerField(default=0, help_text="Rises with every save; a stale save is a conflict.")
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=ASSESSMENT_EDGES, initial=AssessmentState.IN_PROGRESS),
            OnlyForAcceptedSeats(),
            CompleteWhenSubmitted(),
            FixedAtPanel(),
            CountedUnlessConflicted(),
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


class ConflictDecision(models.Model):
    """What a fund manager made of an assessment that was handed in before a conflict of interest came to light."""

    seat = models.OneToOneField(Seat, on_delete=models.PROTECT, related_name="conflict_decision")
    is_kept = models.BooleanField(help_text="It counts in spite of the conflict.")
    reason = models.TextField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly()]
        constraints = [
            models.CheckConstraint(name="assessments_conflict_decision_has_reason", condition=Q(reason__regex=r"\S"))
        ]

    def __str__(self) -> str:
        return f"seat {self.seat_id} {'counts' if self.is_kept else 'does not count'}"


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
