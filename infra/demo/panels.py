"""The panel of the demo's first round: its meeting, declarations, votes, minutes, and the decision of two people."""

import datetime as dt

from accounts.states import Role
from assessments import actions, minutes, queries
from assessments.models import PanelItem, PanelMeeting, PanelMember
from assessments.rules import suggest
from assessments.states import Choice, Outcome
from audit.record import digest
from funds.models import Competition
from infra.demo.people import People

FM = Role.FUND_MANAGER
HOUR = dt.timedelta(hours=1)
SAID = "The panel read the scores and the reasons, and found nothing that speaks against the ranking."


def decide(competition: Competition, people: People, at: dt.datetime) -> None:
    """Hold the meeting from declaration to agreed minutes, and let two people take the decision it came to."""
    meeting = _meeting(competition, people, at)
    sheet = queries.ranked(competition)
    outcomes = suggest(
        sheet, left_pence=queries.left_pence(competition, sheet), threshold=competition.quality_threshold
    )
    chair = people.managers[0]
    for item in PanelItem.objects.filter(meeting=meeting).select_related("meeting", "bid").order_by("rank"):
        outcome = outcomes[item.bid.reference]
        choice = Choice.REJECT if outcome == Outcome.UNSUCCESSFUL else Choice.FUND
        for person in people.managers[:2]:
            actions.vote(item=item, choice=choice, by=person, at=at + HOUR)
        reason = "" if outcome == item.suggested else SAID
        actions.write_item(item=item, outcome=outcome, reason=reason, text=SAID, seen="", by=chair, at=at + HOUR)
    general = "The chair welcomed the panel and recalled that conflicts of interest are declared at any time."
    meeting = actions.write_general(meeting=meeting, text=general, seen="", by=chair, at=at + HOUR)
    sha256 = digest(minutes.of(meeting))
    actions.agree_minutes(meeting=meeting, sha256=sha256, by=chair, at=at + 2 * HOUR)
    actions.propose_decision(competition=competition, by=people.managers[0], role=FM, at=at + 3 * HOUR)
    actions.approve_decision(competition=competition, by=people.managers[1], role=FM, at=at + 4 * HOUR)


def _meeting(competition: Competition, people: People, at: dt.datetime) -> PanelMeeting:
    """Return the meeting with chair and member present, open on the frozen sheet."""
    chair = people.managers[0]
    meeting = actions.plan_meeting(
        competition=competition, held_on=at.date(), place="Richmond House, London", by=chair, role=FM, at=at
    )
    seated: list[PanelMember] = []
    for person, duty in zip(people.managers[:2], ("chair", "member"), strict=True):
        member = actions.ask_to_panel(meeting=meeting, user=person, duty=duty, by=chair, role=FM, at=at)
        seated.append(actions.declare_at_table(member=member, bids=[], by=person, at=at))
    actions.mark_present(meeting=meeting, members=[member.pk for member in seated], by=chair, at=at)
    return actions.open_meeting(meeting=meeting, by=chair, at=at)
