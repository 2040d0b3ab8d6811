"""Interviews: what is asked, when, who asks, and what they give."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from assessments.interviews_in_database import (
    FixedOnceInterviewed,
    OfOneCompetition,
    OverAfterDecision,
    Unbiased,
    WholeInterview,
)
from assessments.states import (
    ASSESSMENT_EDGES,
    INTERVIEW_EDGES,
    AssessmentState,
    InterviewState,
)
from audit.database import Frozen, FrozenWith, StateGraph

S = InterviewState


class InterviewPlan(models.Model):
    """How the best bids of a competition are interviewed."""

    competition = models.OneToOneField("funds.Competition", on_delete=models.PROTECT, related_name="interview_plan")
    weight_percent = models.PositiveIntegerField(
        default=0, help_text="Of the interview in the combined score that stands beside the score; 0: none is shown."
    )

    class Meta:
        triggers = [FixedOnceInterviewed(plan="id")]
        constraints = [
            models.CheckConstraint(name="assessments_interview_weight", condition=Q(weight_percent__lte=100))
        ]

    def __str__(self) -> str:
        return f"interviews of {self.competition_id}"


class InterviewCriterion(models.Model):
    """Something that every interviewer gives 0 to 10 points for."""

    plan = models.ForeignKey(InterviewPlan, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    guidance = models.TextField(blank=True)

    class Meta:
        ordering = ["plan", "position"]
        triggers = [FixedOnceInterviewed(plan="plan_id")]
        constraints = [models.UniqueConstraint(fields=["plan", "title"], name="assessments_one_criterion_per_title")]

    def __str__(self) -> str:
        return self.title


class Interviewer(models.Model):
    """An assessor who sits on the panel that interviews."""

    plan = models.ForeignKey(InterviewPlan, on_delete=models.PROTECT, related_name="interviewers")
    assessor = models.ForeignKey("assessments.Assessor", on_delete=models.PROTECT, related_name="interviewing")
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "assessor"], name="assessments_interviewer_once")]

    def __str__(self) -> str:
        return f"interviewer {self.assessor_id}"


class InterviewSlot(models.Model):
    """A time and a place for one interview."""

    plan = models.ForeignKey(InterviewPlan, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=30)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True, help_text="Where to join from afar.")

    class Meta:
        ordering = ["plan", "starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="assessments_slot_has_a_place", condition=~Q(place="") | ~Q(link="")),
            models.CheckConstraint(name="assessments_slot_minutes", condition=Q(minutes__range=(5, 480))),
        ]

    def __str__(self) -> str:
        return f"slot {self.starts_at:%Y-%m-%d %H:%M}"


class Interview(ConcurrentTransitionMixin, models.Model):
    """A bid that is interviewed, and when."""

    plan = models.ForeignKey(InterviewPlan, on_delete=models.PROTECT, related_name="interviews")
    bid = models.OneToOneField("bids.Bid", on_delete=models.PROTECT, related_name="interview")
    slot = models.OneToOneField(
        InterviewSlot, null=True, blank=True, on_delete=models.PROTECT, related_name="interview"
    )
    state = FSMField(max_length=10, choices=InterviewState, default=S.INVITED, protected=True)
    times_invited = models.PositiveIntegerField(default=1)
    move_reason = models.TextField(blank=True, help_text="Why the applicants cannot come, in their words.")
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=INTERVIEW_EDGES, initial=S.INVITED),
            OfOneCompetition(),
            Frozen(fields=["plan", "bid"], open_in=[]),
        ]
        constraints = [
            models.CheckConstraint(
                name="assessments_interview_has_slot", condition=Q(state=S.CANCELLED) | Q(slot__isnull=False)
            ),
            models.CheckConstraint(
                name="assessments_move_has_reason", condition=~Q(state=S.MOVE_ASKED) | ~Q(move_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"interview of bid {self.bid_id}"

    @transition(field=state, source=[S.INVITED, S.MOVE_ASKED], target=S.CONFIRMED)
    def confirm(self, *, at: dt.datetime) -> None:
        """The applicants come."""
        self.move_reason, self.answered_at = "", at

    @transition(field=state, source=[S.INVITED, S.CONFIRMED], target=S.MOVE_ASKED)
    def ask_to_move(self, *, reason: str, at: dt.datetime) -> None:
        """The applicants cannot come then."""
        self.move_reason, self.answered_at = reason, at

    @transition(field=state, source=[S.INVITED, S.CONFIRMED, S.MOVE_ASKED, S.CANCELLED], target=S.INVITED)
    def invite(self, *, slot: InterviewSlot, at: dt.datetime) -> None:
        """Give it another slot, which the applicants answer anew."""
        self.slot, self.invited_at, self.answered_at, self.move_reason = slot, at, None, ""
        self.times_invited += 1

    @transition(field=state, source=[S.INVITED, S.CONFIRMED, S.MOVE_ASKED], target=S.CANCELLED)
    def cancel(self) -> None:
        """Take it off; its slot is free again."""
        self.slot = None


class InterviewSheet(ConcurrentTransitionMixin, models.Model):
    """What one interviewer gives one bid. Opening it declares no interest in the bid."""

    interview = models.ForeignKey(Interview, on_delete=models.PROTECT, related_name="sheets")
    interviewer = models.ForeignKey(Interviewer, on_delete=models.PROTECT, related_name="sheets")
    state = FSMField(max_length=12, choices=AssessmentState, default=AssessmentState.IN_PROGRESS, protected=True)
    declared_at = models.DateTimeField(help_text="When they declared that they have no interest in the bid.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reopened_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0, help_text="Rises with every save; a stale save is a conflict.")
    saved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=ASSESSMENT_EDGES, initial=AssessmentState.IN_PROGRESS),
            Unbiased(),
            WholeInterview(),
            OverAfterDecision(),
            Frozen(
                fields=["interview", "interviewer", "declared_at", "submitted_at"],
                open_in=[AssessmentState.IN_PROGRESS],
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["interview", "interviewer"], name="assessments_one_interview_sheet"),
            models.CheckConstraint(
                name="assessments_interview_sheet_submitted",
                condition=~Q(state=AssessmentState.SUBMITTED) | Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet of interviewer {self.interviewer_id} on interview {self.interview_id}"

    @transition(field=state, source=AssessmentState.IN_PROGRESS, target=AssessmentState.SUBMITTED)
    def submit(self, *, at: dt.datetime) -> None:
        """Hand it in; points are fixed from now on."""
        self.submitted_at = at

    @transition(field=state, source=AssessmentState.SUBMITTED, target=AssessmentState.IN_PROGRESS)
    def reopen(self, *, reason: str) -> None:
        """Let the interviewer change it."""
        self.reopened_reason = reason


class InterviewScore(models.Model):
    """Points, 0 to 10, and the reason for them, on one criterion."""

    sheet = models.ForeignKey(InterviewSheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(InterviewCriterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        triggers = [FrozenWith(parent="sheet", open_in=[AssessmentState.IN_PROGRESS])]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="assessments_one_score_per_criterion"),
            models.CheckConstraint(
                name="assessments_interview_points", condition=Q(points=None) | Q(points__range=(0, 10))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points} on {self.criterion_id}"
