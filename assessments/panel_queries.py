"""Reads of panels: who may see which meeting, who is kept from which bid, and what lies on the table."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from assessments import moderation, panel_rules, rules
from assessments.models import Block, FrozenSheet, PanelConflict, PanelItem, PanelMeeting, PanelMember, PanelVote
from assessments.moderation import Advice
from assessments.states import Choice, Duty, MeetingState
from funds.models import Competition


def visible_to(user: User) -> QuerySet[PanelMeeting]:
    """Return the meetings that a person may see: officials all, anybody else those of a panel that they sit on."""
    meetings = PanelMeeting.objects.select_related("competition")
    return meetings if user.roles & rules.READS_ALL else meetings.filter(members__user=user)


def meetings_of(user: User) -> QuerySet[PanelMeeting]:
    """Return the meetings that a person sits at, the newest first."""
    return visible_to(user).filter(members__user=user).exclude(state=MeetingState.CANCELLED).order_by("-held_on", "-pk")


def newest_agreed(competition: Competition) -> PanelMeeting | None:
    """Return the meeting whose minutes count for a competition: the last that were agreed."""
    return PanelMeeting.objects.filter(competition=competition, state=MeetingState.AGREED).order_by("-pk").first()


def current(competition: Competition) -> PanelMeeting | None:
    """Return the newest meeting of a competition that was not cancelled."""
    meetings = PanelMeeting.objects.filter(competition=competition).exclude(state=MeetingState.CANCELLED)
    return meetings.order_by("-pk").first()


def table(meeting: PanelMeeting) -> list[PanelMember]:
    """Return who sits at a meeting: chair, members in the order in which they were asked, secretary."""
    order = list(Duty.values)
    return sorted(meeting.members.select_related("user"), key=lambda m: (order.index(m.duty), m.pk))


def as_seat(member: PanelMember) -> panel_rules.Seat:
    """Return a member as the rules see them."""
    return panel_rules.Seat(member.pk, member.duty, member.declared_at is not None, member.is_present)


def conflicts_of(meeting: PanelMeeting) -> dict[int, dict[int, str]]:
    """Return member key → bid key → how the conflict is known, with those of the register. Two queries."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for member, bid, source in PanelConflict.objects.filter(member__meeting=meeting).values_list(
        "member", "bid", "source"
    ):
        found[member][bid] = source
    blocked = Block.objects.filter(bid__competition=meeting.competition_id, assessor__user__panels__meeting=meeting)
    members = dict(meeting.members.values_list("user", "pk"))
    for user, bid in blocked.values_list("assessor__user", "bid"):
        found[members[user]].setdefault(bid, "register")
    return found


@dataclass(frozen=True)
class Agendum:
    """A bid on the agenda as one person may see it, with its votes and how many people left the table for it."""

    item: PanelItem
    votes: Counter[str]
    away: int
    frozen: Mapping[str, Any]  # its line of the frozen sheet

    @property
    def spread(self) -> Decimal | None:
        """Return the spread of its scores, per cent, as it was frozen."""
        return Decimal(self.frozen["spread"]) if self.frozen.get("spread") else None

    @property
    def advice(self) -> Advice | None:
        """Return what stands beside its score, as it was frozen; nothing on a sheet frozen without it."""
        return moderation.thawed(self.item.bid_id, self.frozen) if "marks" in self.frozen else None

    @property
    def tally(self) -> str:
        """Return the votes in words, such as “2 fund, 1 do not fund”."""
        return ", ".join(f"{self.votes[c]} {c.label.lower()}" for c in Choice if self.votes[c])


def agenda(meeting: PanelMeeting, without: Iterable[int] = ()) -> list[Agendum]:
    """Return the agenda by rank with the frozen sheet, without the bids whose keys are given. Six queries."""
    items = meeting.items.exclude(bid__in=list(without)).select_related("bid__lead", "bid__standing").order_by("rank")
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for item, choice in PanelVote.objects.filter(item__meeting=meeting).values_list("item", "choice"):
        votes[item][choice] += 1
    away = Counter(bid for bids in conflicts_of(meeting).values() for bid in bids)
    frozen = frozen_lines(meeting)
    return [Agendum(item, votes[item.pk], away[item.bid_id], frozen.get(item.bid.reference, {})) for item in items]


def agendum(item: PanelItem) -> Agendum:
    """Return one bid on the agenda with its line of the frozen sheet, without votes. One query."""
    return Agendum(item, Counter(), 0, frozen_lines(item.meeting).get(item.bid.reference, {}))


def frozen_lines(meeting: PanelMeeting) -> dict[str, Any]:
    """Return bid reference → its line of the sheet that was frozen for the panel. One query."""
    sheets = FrozenSheet.objects.filter(competition=meeting.competition_id)
    return sheets.values_list("lines", flat=True).first() or {}


def decidable_by_nobody(meeting: PanelMeeting) -> list[str]:
    """Return the references of the bids on the agenda that everybody who votes has a conflict with."""
    voters = {member.pk for member in meeting.members.all() if as_seat(member).votes}
    conflicts = conflicts_of(meeting)
    items = meeting.items.select_related("bid").order_by("rank")
    return [
        item.bid.reference for item in items if voters and all(item.bid_id in conflicts.get(key, {}) for key in voters)
    ]


def waiting_for_declaration(user: User) -> QuerySet[PanelMember]:
    """Return the seats at meetings at which a person has not yet declared their interests."""
    open_ones = Q(meeting__state__in=[MeetingState.PLANNED, MeetingState.OPEN], declared_at=None)
    return PanelMember.objects.filter(open_ones, user=user).select_related("meeting__competition").order_by("pk")
