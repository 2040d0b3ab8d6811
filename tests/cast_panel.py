"""Panels that meet: with a chair and a member who are present, outcomes for every bid, and agreed minutes."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from accounts.states import OrganisationKind, Role
from assessments import actions, minutes
from assessments.models import PanelItem, PanelMeeting, PanelMember
from audit.record import digest
from bids.models import Bid
from funds.models import Competition
from tests.cast import organisation, person
from tests.cast_assessments import STAFF

AT = STAFF["at"]


def manager(name: str = "") -> User:
    """Return a fund manager."""
    return person(Role.FUND_MANAGER, organisation(OrganisationKind.DEPARTMENT), name)


def planned(competition: Competition, by: User | None = None) -> PanelMeeting:
    """Return a meeting that is planned for the day of the tests."""
    by = by or manager()
    return actions.plan_meeting(competition=competition, held_on=AT.date(), place="Room 1, London", by=by, **STAFF)


def asked(meeting: PanelMeeting, duty: str, user: User | None = None, name: str = "") -> PanelMember:
    """Return somebody who was asked to a meeting."""
    return actions.ask_to_panel(meeting=meeting, user=user or manager(name), duty=duty, by=meeting.planned_by, **STAFF)


def declared(member: PanelMember, *bids: Bid) -> PanelMember:
    """Return a member who has declared an interest in some bids, or in none."""
    return actions.declare_at_table(member=member, bids=bids, by=member.user, at=AT)


def seated(competition: Competition, chair: User | None = None, member: User | None = None) -> PanelMeeting:
    """Return a meeting whose chair and member have declared no interest and are present."""
    meeting = planned(competition)
    people = [declared(asked(meeting, "chair", chair)), declared(asked(meeting, "member", member))]
    actions.mark_present(meeting=meeting, members=[p.pk for p in people], by=people[0].user, at=AT)
    return meeting


def opened(competition: Competition, chair: User | None = None, member: User | None = None) -> PanelMeeting:
    """Return a meeting with the sheet on the table; the one that is open already, if there is one."""
    if there := PanelMeeting.objects.filter(competition=competition, state="open").first():
        return there
    meeting = seated(competition, chair, member)
    return actions.open_meeting(meeting=meeting, by=chair_of(meeting), at=AT)


def chair_of(meeting: PanelMeeting) -> User:
    """Return who chairs a meeting."""
    return meeting.members.get(duty="chair").user


def item_of(meeting: PanelMeeting, reference: str) -> PanelItem:
    """Return a bid on the agenda."""
    return PanelItem.objects.select_related("meeting", "bid").get(meeting=meeting, bid__reference=reference)


def write(
    meeting: PanelMeeting, reference: str, outcome: str, reason: str = "", text: str = "", **more: Any
) -> PanelItem:
    """Write down what the panel decides on a bid."""
    facts = {"by": chair_of(meeting), "at": AT, "seen": ""} | more
    return actions.write_item(item=item_of(meeting, reference), outcome=outcome, reason=reason, text=text, **facts)


def agreed(meeting: PanelMeeting, by: User | None = None) -> PanelMeeting:
    """Agree the minutes as they stand."""
    sha256 = digest(minutes.of(PanelMeeting.objects.select_related("competition").get(pk=meeting.pk)))
    return actions.agree_minutes(meeting=meeting, sha256=sha256, by=by or chair_of(meeting), at=AT)


def minuted(
    competition: Competition, outcomes: Mapping[str, str], reasons: Mapping[str, str] | None = None
) -> PanelMeeting:
    """Return a meeting with agreed minutes that give each bid its outcome."""
    meeting = opened(competition)
    for reference, outcome in outcomes.items():
        write(meeting, reference, outcome, (reasons or {}).get(reference, ""))
    return agreed(meeting)


def decided(competition: Competition, outcomes: Mapping[str, str], by: User, second: User) -> list[Any]:
    """Hold the panel, and let two people take its decision."""
    minuted(competition, outcomes)
    actions.propose_decision(competition=competition, by=by, **STAFF)
    return actions.approve_decision(competition=competition, by=second, **STAFF)
