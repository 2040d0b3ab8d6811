"""Applicants' complaints after the release of feedback."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from assessments.panel_in_database import WithinTheWindow
from assessments.states import COMPLAINT_EDGES, ComplaintState
from audit.database import Frozen, StateGraph


class Complaint(ConcurrentTransitionMixin, models.Model):
    """An applicant's complaint about how a bid was handled, and the department's answer."""

    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="complaints")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    state = FSMField(max_length=8, choices=ComplaintState, default=ComplaintState.OPEN, protected=True)
    is_upheld = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=COMPLAINT_EDGES, initial=ComplaintState.OPEN),
            Frozen(fields=["bid", "by", "text", "at"], open_in=[]),
            WithinTheWindow(),
        ]
        constraints = [
            models.UniqueConstraint(
                name="assessments_one_open_complaint", fields=["bid"], condition=Q(state=ComplaintState.OPEN)
            ),
            models.CheckConstraint(name="assessments_complaint_given", condition=~Q(text="")),
            models.CheckConstraint(
                name="assessments_complaint_answered_whole",
                condition=Q(state=ComplaintState.OPEN, is_upheld=None, answer="", answered_by=None, answered_at=None)
                | (
                    Q(state=ComplaintState.ANSWERED, is_upheld__isnull=False, answered_by__isnull=False)
                    & Q(answered_at__isnull=False)
                    & ~Q(answer="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="assessments_complaints_open")]

    def __str__(self) -> str:
        return f"complaint on {self.bid_id}"

    @transition(field=state, source=ComplaintState.OPEN, target=ComplaintState.ANSWERED)
    def reply(self, *, answer: str, is_upheld: bool, by: Any, at: dt.datetime) -> None:
        """Answer it; the answer stands."""
        self.answer, self.is_upheld, self.answered_by, self.answered_at = answer, is_upheld, by, at
