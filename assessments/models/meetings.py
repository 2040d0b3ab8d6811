"""The panel: the scores frozen for it, and its meetings with members, conflicts, outcomes and minutes."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from assessments.panel_in_database import (
    DeclarationStands,
    MinutesWholeWhenAgreed,
    OnlyAtThePanel,
    VotesAtTheTable,
)
from assessments.states import (
    MEETING_EDGES,
    Choice,
    Duty,
    MeetingState,
    Outcome,
    Source,
)
from audit.database import AppendOnly, Frozen, FrozenWith, StateGraph

IS_SHA256 = r"^[0-9a-f]{64}$"
_AT_THE_LINE = Q(is_above_line=True, outcome__in=[Outcome.SUCCESSFUL, Outcome.RESERVE]) | Q(
    is_above_line=False, outcome=Outcome.UNSUCCESSFUL
)


class FrozenSheet(models.Model):
    """The ranked sheet of a competition as it stood when its assessment ended; a panel decides on these figures."""

    competition = models.OneToOneField("funds.Competition", on_delete=models.PROTECT, related_name="frozen_sheet")
    lines = models.JSONField(help_text="Bid reference to its figures; score, spread and calibrated are per cent.")
    sha256 = models.CharField(max_length=64, help_text="Of the lines as canonical JSON.")
    at = models.DateTimeField()

    class Meta:
        triggers = [AppendOnly(), OnlyAtThePanel()]
        constraints = [
            models.CheckConstraint(name="assessments_frozen_sha256", condition=Q(sha256__regex=IS_SHA256)),
        ]

    def __str__(self) -> str:
        return f"sheet of {self.competition_id}"


class PanelMeeting(ConcurrentTransitionMixin, models.Model):
    """A meeting of a competition's panel: planned, then open on the frozen sheet, then with agreed minutes."""

    competition = models.ForeignKey("funds.Competition", on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    place = models.CharField(max_length=200)
    state = FSMField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED, protected=True)
    sheet_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the frozen sheet it was opened on.")
    general = models.TextField(blank=True, help_text="Minutes that are about no bid in particular.")
    minutes = models.JSONField(null=True, blank=True, help_text="What was agreed, whole.")
    minutes_sha256 = models.CharField(max_length=64, blank=True)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [
            StateGraph(edges=MEETING_EDGES, initial=MeetingState.PLANNED),
            Frozen(fields=["competition", "planned_by", "planned_at"], open_in=[]),
            MinutesWholeWhenAgreed(),
        ]
        constraints = [
            models.UniqueConstraint(
                name="assessments_one_meeting_at_a_time",
                fields=["competition"],
                condition=Q(state__in=[MeetingState.PLANNED, MeetingState.OPEN]),
            ),
            models.CheckConstraint(
                name="assessments_meeting_opened_on_a_sheet",
                condition=Q(state__in=[MeetingState.PLANNED, MeetingState.CANCELLED])
                | Q(opened_at__isnull=False, sheet_sha256__regex=IS_SHA256),
            ),
            models.CheckConstraint(
                name="assessments_meeting_agreed_whole",
                condition=(
                    Q(state=MeetingState.AGREED, agreed_by__isnull=False, agreed_at__isnull=False)
                    & Q(minutes__isnull=False, minutes_sha256__regex=IS_SHA256)
                )
                | (~Q(state=MeetingState.AGREED) & Q(agreed_by=None, agreed_at=None, minutes=None, minutes_sha256="")),
            ),
        ]
        indexes = [models.Index(fields=["competition", "-id"], name="assessments_meeting_newest")]

    def __str__(self) -> str:
        return f"panel of {self.competition_id} on {self.held_on}"

    @transition(field=state, source=MeetingState.PLANNED, target=MeetingState.OPEN)
    def open(self, *, sheet_sha256: str, at: dt.datetime) -> None:
        """Lay the frozen sheet on the table."""
        self.sheet_sha256, self.opened_at = sheet_sha256, at

    @transition(field=state, source=MeetingState.PLANNED, target=MeetingState.CANCELLED)
    def cancel(self) -> None:
        """It does not take place."""

    @transition(field=state, source=MeetingState.OPEN, target=MeetingState.AGREED)
    def agree(self, *, minutes: dict[str, Any], sha256: str, by: Any, at: dt.datetime) -> None:
        """The chair agrees the minutes; nothing changes any more."""
        self.minutes, self.minutes_sha256, self.agreed_by, self.agreed_at = minutes, sha256, by, at


class PanelMember(models.Model):
    """Somebody who takes part in a meeting: the chair, a member, or the secretary, who does not vote."""

    meeting = models.ForeignKey(PanelMeeting, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="panels")
    duty = models.CharField(max_length=9, choices=Duty)
    is_present = models.BooleanField(default=False)
    declared_at = models.DateTimeField(
        null=True, blank=True, help_text="When they said of every bid whether they have an interest."
    )

    class Meta:
        triggers = [
            FrozenWith(parent="meeting", open_in=[MeetingState.PLANNED, MeetingState.OPEN]),
            DeclarationStands(),
        ]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="assessments_member_once"),
            models.UniqueConstraint(
                fields=["meeting", "duty"], condition=~Q(duty=Duty.MEMBER), name="assessments_one_chair_and_secretary"
            ),
            models.CheckConstraint(name="assessments_duty_known", condition=Q(duty__in=Duty.values)),
            models.CheckConstraint(
                name="assessments_present_has_declared", condition=Q(is_present=False) | Q(declared_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_duty_display()} {self.user_id} of {self.meeting_id}"


class PanelConflict(models.Model):
    """A bid that a member may neither see nor vote on, by their own word or by what the register of interests knows."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="conflicts")
    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=Source)
    at = models.DateTimeField()

    class Meta:
        triggers = [
            AppendOnly(),
            FrozenWith(parent="member__meeting", open_in=[MeetingState.PLANNED, MeetingState.OPEN]),
        ]
        constraints = [models.UniqueConstraint(fields=["member", "bid"], name="assessments_conflict_once")]

    def __str__(self) -> str:
        return f"{self.member_id} × {self.bid_id}"


class PanelItem(models.Model):
    """One bid on the agenda with its frozen figures, what the panel decided on it, why, and what was said."""

    meeting = models.ForeignKey(PanelMeeting, on_delete=models.PROTECT, related_name="items")
    bid = models.ForeignKey("bids.Bid", on_delete=models.PROTECT, related_name="panel_items")
    rank = models.PositiveIntegerField()
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    grant_pounds = models.BigIntegerField()
    is_above_line = models.BooleanField(help_text="At or above the threshold, with its assessors' support.")
    suggested = models.CharField(max_length=12, choices=Outcome, help_text="From the top, as far as the money goes.")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    reason = models.TextField(blank=True, help_text="Why the panel departs from the line or the ranking.")
    text = models.TextField(blank=True, help_text="What was said about the bid.")

    class Meta:
        triggers = [FrozenWith(parent="meeting", open_in=[MeetingState.OPEN])]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "bid"], name="assessments_bid_once_on_agenda"),
            models.CheckConstraint(
                name="assessments_item_outcome_known", condition=Q(outcome__in=["", *Outcome.values])
            ),
            models.CheckConstraint(
                name="assessments_departure_has_reason", condition=Q(outcome="") | ~Q(reason="") | _AT_THE_LINE
            ),
        ]
        indexes = [models.Index(fields=["meeting", "rank"], name="assessments_agenda")]

    def __str__(self) -> str:
        return f"{self.rank} {self.bid_id}"


class PanelVote(models.Model):
    """What one member at the table wants for one bid."""

    item = models.ForeignKey(PanelItem, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=7, choices=Choice)
    at = models.DateTimeField()

    class Meta:
        triggers = [FrozenWith(parent="item__meeting", open_in=[MeetingState.OPEN]), VotesAtTheTable()]
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="assessments_one_vote"),
            models.CheckConstraint(name="assessments_choice_known", condition=Q(choice__in=Choice.values)),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.choice} {self.item_id}"
