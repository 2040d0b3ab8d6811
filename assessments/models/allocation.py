"""Runs of the allocation, the teams that they found, and until when reserves step in."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from assessments.states import RUN_EDGES, RunState
from audit.database import Frozen, FrozenWith, StateGraph


class AllocationRun(ConcurrentTransitionMixin, models.Model):
    """One question to the solver about a competition, and its answer: a what-if until it is accepted.

    Affinities and totals are points, 1 to 1000 a seat.
    """

    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="allocation_runs")
    number = models.PositiveIntegerField(help_text="Counted within the competition.")
    is_for_reserves = models.BooleanField(default=False, help_text="Asked by the system when seats had come free.")
    seats_per_bid = models.PositiveSmallIntegerField()
    needs_types = models.BooleanField(default=True)
    one_per_network = models.BooleanField(default=True)
    not_own_region = models.BooleanField(default=False)
    capacity_percent = models.PositiveSmallIntegerField(default=100, help_text="Of the bids that each assessor takes.")
    seconds_allowed = models.PositiveSmallIntegerField(default=60)

    state = FSMField(max_length=10, choices=RunState, default=RunState.QUEUED, protected=True)
    stage = models.CharField(max_length=80, blank=True, help_text="What is being done, in words.")
    percent = models.PositiveSmallIntegerField(default=0, help_text="Of the time allowed.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Workers that have taken it up.")
    problem = models.TextField(blank=True, help_text="Why it failed, in words.")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    question_sha256 = models.CharField(max_length=64, blank=True, help_text="Of what the solver was asked.")
    assessors = models.JSONField(default=list, blank=True, help_text="Keys, in the order of each team's affinities.")
    unfilled = models.PositiveIntegerField(null=True, blank=True)
    rule_violations = models.PositiveIntegerField(null=True, blank=True)
    min_bid_total = models.PositiveIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True, help_text="Proved most of the total.")
    is_optimal = models.BooleanField(null=True, blank=True)
    seconds_used = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    shortfalls = models.JSONField(default=list, blank=True)
    edits = models.PositiveIntegerField(default=0, help_text="Changes made by hand.")

    class Meta:
        triggers = [
            StateGraph(edges=RUN_EDGES, initial=RunState.QUEUED),
            Frozen(
                fields=[
                    "competition", "number", "seats_per_bid", "needs_types", "one_per_network", "not_own_region",
                    "capacity_percent", "question_sha256", "assessors", "unfilled", "rule_violations",
                    "min_bid_total", "total", "bound", "is_optimal", "shortfalls", "edits",
                ],
                open_in=[RunState.QUEUED, RunState.RUNNING, RunState.DONE],
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["competition", "number"], name="assessments_run_numbered_once"),
            models.CheckConstraint(
                name="assessments_run_settings",
                condition=Q(
                    seats_per_bid__range=(1, 9), capacity_percent__range=(10, 300), seconds_allowed__range=(1, 600)
                ),
            ),
            models.CheckConstraint(name="assessments_run_percent", condition=Q(percent__lte=100)),
            models.CheckConstraint(
                name="assessments_run_answered",
                condition=~Q(state__in=[RunState.DONE, RunState.ACCEPTED])
                | Q(unfilled__isnull=False, rule_violations__isnull=False, total__isnull=False, bound__isnull=False),
            ),
            models.CheckConstraint(
                name="assessments_run_accepted_when",
                condition=Q(accepted_at__isnull=False, state=RunState.ACCEPTED)
                | Q(accepted_at=None) & ~Q(state=RunState.ACCEPTED),
            ),
            models.CheckConstraint(
                name="assessments_run_failed_why", condition=~Q(state=RunState.FAILED) | ~Q(problem="")
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.number}"

    @transition(field=state, source=RunState.QUEUED, target=RunState.RUNNING)
    def begin(self, *, at: dt.datetime) -> None:
        """A worker takes it up."""
        self.began_at = at

    @transition(field=state, source=RunState.RUNNING, target=RunState.DONE)
    def finish(self, *, at: dt.datetime) -> None:
        """The answer is whole."""
        self.ended_at, self.percent, self.stage = at, 100, "Done"

    @transition(field=state, source=[RunState.QUEUED, RunState.RUNNING], target=RunState.CANCELLED)
    def cancel(self, *, at: dt.datetime) -> None:
        """Keep no answer, as somebody asked."""
        self.ended_at, self.stage = at, "Cancelled"

    @transition(field=state, source=[RunState.QUEUED, RunState.RUNNING], target=RunState.FAILED)
    def fail(self, *, at: dt.datetime, problem: str) -> None:
        """Keep no answer, and say why."""
        self.ended_at, self.stage, self.problem = at, "Failed", problem

    @transition(field=state, source=RunState.DONE, target=RunState.ACCEPTED)
    def accept(self, *, by: User | None, at: dt.datetime) -> None:
        """Its teams become seats."""
        self.accepted_by, self.accepted_at = by, at


class AllocationTeam(models.Model):
    """The assessors whom a run gives to a bid, and why each.

    `seats` are objects of `assessments.teams.Place`, one for each of the `members`. `affinities` are points in the
    order of the run's `assessors`, 0 for those who are not eligible.
    """

    run = models.ForeignKey(AllocationRun, on_delete=models.CASCADE, related_name="teams")
    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="+")
    wanted = models.PositiveSmallIntegerField(help_text="Seats that the bid should have.")
    members = ArrayField(models.PositiveBigIntegerField(), default=list, blank=True, help_text="Keys of assessors.")
    points = models.PositiveIntegerField(default=0, help_text="Affinity of all members.")
    misses = models.PositiveSmallIntegerField(default=0, help_text="Broken rules of composition.")
    seats = models.JSONField(default=list, blank=True)
    affinities = models.JSONField(default=list, blank=True)

    class Meta:
        triggers = [FrozenWith(parent="run", open_in=[RunState.RUNNING, RunState.DONE])]
        constraints = [models.UniqueConstraint(fields=["run", "bid"], name="assessments_one_team_per_bid")]

    def __str__(self) -> str:
        return f"team for bid {self.bid_id} in run {self.run_id}"


class ReservePolicy(models.Model):
    """Until which day reserves are asked by themselves when an assessor gives up a seat of a competition."""

    competition = models.OneToOneField("funds.Competition", on_delete=models.PROTECT, related_name="reserve_policy")
    until = models.DateField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reserves of {self.competition_id} until {self.until}"
