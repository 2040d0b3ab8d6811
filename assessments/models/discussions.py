"""The talk of assessors and officials about a bid whose scores should be looked at twice."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from accounts.models import User
from assessments.discussions_in_database import OnlyWhoHandedIn
from assessments.states import DISCUSSION_EDGES, DiscussionState
from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph


class Discussion(ConcurrentTransitionMixin, models.Model):
    """A thread about one bid, opened by an official with a reason and closed with an outcome."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="discussions")
    state = FSMField(max_length=6, choices=DiscussionState, default=DiscussionState.OPEN, protected=True)
    reason = models.TextField(help_text="Why the bid is talked about; its assessors read it.")
    flags = ArrayField(models.CharField(max_length=60), default=list, help_text="Of the bid when it was opened.")
    unflagged_reason = models.TextField(blank=True, help_text="Why it was opened although nothing was flagged.")
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    outcome = models.TextField(blank=True, help_text="What came of it; its assessors read it.")
    closed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=DISCUSSION_EDGES, initial=DiscussionState.OPEN),
            Frozen(
                fields=[
                    "bid",
                    "reason",
                    "flags",
                    "unflagged_reason",
                    "opened_by",
                    "opened_at",
                    "outcome",
                    "closed_by",
                    "closed_at",
                ],
                open_in=[DiscussionState.OPEN],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bid"], name="assessments_one_open_discussion", condition=Q(state=DiscussionState.OPEN)
            ),
            models.CheckConstraint(name="assessments_discussion_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="assessments_discussion_of_flagged_bid", condition=~Q(flags=[]) | ~Q(unflagged_reason="")
            ),
            models.CheckConstraint(
                name="assessments_closed_with_outcome",
                condition=Q(state=DiscussionState.OPEN)
                | (~Q(outcome="") & Q(closed_by__isnull=False, closed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"discussion of bid {self.bid_id}"

    @transition(field=state, source=DiscussionState.OPEN, target=DiscussionState.CLOSED)
    def close(self, *, outcome: str, by: User, at: dt.datetime) -> None:
        """End the talk with what came of it."""
        self.outcome, self.closed_by, self.closed_at = outcome, by, at


class Remark(models.Model):
    """What one of them said. An assessor speaks for their seat, so that the others read a letter and no name."""

    discussion = models.ForeignKey(Discussion, on_delete=models.PROTECT, related_name="remarks")
    seat = models.ForeignKey("assessments.Seat", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = [
            AppendOnly(),
            FrozenWith(parent="discussion", open_in=[DiscussionState.OPEN]),
            OnlyWhoHandedIn(),
        ]
        constraints = [models.CheckConstraint(name="assessments_remark_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"remark {self.pk} of discussion {self.discussion_id}"
