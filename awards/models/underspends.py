"""Grant that a partner will not spend, released before the award is completed."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from audit.database import Frozen, StateGraph
from awards.claims_in_database import NoMoreThanIsLeft
from awards.states import UNDERSPEND_EDGES, UnderspendState
from funds.rules_in_database import ApprovedBefore

U = UnderspendState


class Underspend(ConcurrentTransitionMixin, models.Model):
    """What two people release of one partner's grant in one financial year; the ledger's entry bears its reference."""

    reference = models.CharField(max_length=20, unique=True)
    part = models.ForeignKey("awards.AwardPartner", on_delete=models.PROTECT, related_name="underspends")
    year = models.CharField(max_length=7, help_text="Financial year whose commitment falls, such as 2027-28.")
    pence = models.BigIntegerField()
    reason = models.TextField()
    state = FSMField(max_length=10, choices=UnderspendState, default=U.PROPOSED, protected=True)
    content_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            StateGraph(edges=UNDERSPEND_EDGES, initial=U.PROPOSED),
            ApprovedBefore(kind="underspend", gates={U.RELEASED: ["approve"]}),
            NoMoreThanIsLeft(),
            Frozen(
                fields=["reference", "part", "year", "pence", "reason", "content_sha256", "by", "at"],
                open_in=[],
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=Q(state=U.PROPOSED), name="awards_one_underspend_at_a_time"
            ),
            models.CheckConstraint(name="awards_underspend_above_zero", condition=Q(pence__gt=0) & ~Q(reason="")),
            models.CheckConstraint(name="awards_underspend_year", condition=Q(year__regex=r"^\d{4}-\d{2}$")),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=U.PROPOSED, target=U.RELEASED)
    def release(self) -> None:
        """Two people agree; it is free for others."""

    @transition(field=state, source=U.PROPOSED, target=U.DROPPED)
    def drop(self) -> None:
        """It may be spent after all."""
