"""Plan a panel's meeting, ask people to it, let them declare their interests, and lay the frozen sheet on the table."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import panel_queries, panel_rules, queries, rules
from assessments.actions.decisions import must_be_as_frozen
from assessments.actions.locks import hold_bids, hold_competition, hold_meeting
from assessments.models import Block, PanelConflict, PanelItem, PanelMeeting, PanelMember
from assessments.states import Duty, MeetingState, Source
from audit.record import record
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition


@transaction.atomic
def plan_meeting(
    *, competition: Competition, held_on: dt.date, place: str, by: User, role: str, at: dt.datetime
) -> PanelMeeting:
    """Plan a meeting of a competition's panel.

    Raises:
        Refused: another meeting is planned or open, or the day or place cannot be.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    place = panel_rules.must_be_plannable(competition.state, held_on, place, today=at.date())
    if PanelMeeting.objects.filter(
        competition=competition, state__in=[MeetingState.PLANNED, MeetingState.OPEN]
    ).exists():
        raise Refused("A meeting of this panel is planned or open already. Use that one, or cancel it first.")
    meeting = PanelMeeting.objects.create(
        competition=competition, held_on=held_on, place=place, planned_by=by, planned_at=at
    )
    record("panel.planned", meeting, by=by, role=role, at=at, changes={"competition": competition, "held_on": held_on})
    return meeting


@transaction.atomic
def ask_to_panel(*, meeting: PanelMeeting, user: User, duty: str, by: User, role: str, at: dt.datetime) -> PanelMember:
    """Ask an official or an assessor to a meeting; they get an e-mail. Asking them again to the same changes nothing.

    Raises:
        Refused: they may not sit on a panel, have another duty there, or the meeting has a chair or secretary already.
    """
    rules.must_manage(role)
    meeting = hold_meeting(meeting)
    panel_rules.must_not_be_over(meeting.state)
    if duty not in Duty.values:
        raise Refused("Choose chair, member or secretary.")
    if not user.roles & panel_rules.MAY_SIT or not user.is_active:
        raise Refused(f"{user} is neither an official nor an assessor, so they cannot sit on a panel.")
    if there := PanelMember.objects.filter(meeting=meeting, user=user).first():
        if there.duty == duty:
            return there
        raise Refused(f"{user} is {there.get_duty_display().lower()} already. Remove them first.")
    if duty != Duty.MEMBER and PanelMember.objects.filter(meeting=meeting, duty=duty).exists():
        raise Refused(f"This meeting has a {Duty(duty).label.lower()} already. Remove them first.")
    member = PanelMember.objects.create(meeting=meeting, user=user, duty=duty)
    record("panel.member_asked", meeting, by=by, role=role, at=at, changes={"person": user, "duty": duty})
    tell(
        "panel_invited", to=user, key=f"panel.asked/{meeting.pk}/{member.pk}", at=at, path=f"/panels/{meeting.pk}/",
        meeting=meeting, duty=Duty(duty).label.lower(),
    )  # fmt: skip
    return member


@transaction.atomic
def remove_from_panel(*, member: PanelMember, by: User, role: str, at: dt.datetime) -> None:
    """Take somebody off a meeting who has not declared anything there yet.

    Raises:
        Refused: the meeting is open or over, or they have declared their interests: then they are marked as absent.
    """
    rules.must_manage(role)
    meeting = hold_meeting(member.meeting)
    panel_rules.must_be_planned(meeting.state)
    held = PanelMember.objects.get(pk=member.pk)
    if held.declared_at is not None:
        raise Refused("They have declared their interests, which stays on the record. Leave them unmarked as present.")
    facts = {"person": held.user, "duty": held.duty}
    held.delete()
    record("panel.member_removed", meeting, by=by, role=role, at=at, changes=facts)


@transaction.atomic
def declare_at_table(*, member: PanelMember, bids: Iterable[Bid], by: User, at: dt.datetime) -> PanelMember:
    """Say of every bid whether one has an interest in it; what the register knows is added. It cannot be taken back.

    Args:
        bids: those in which the member, or their close family, has an interest.

    Raises:
        Refused: somebody else's declaration, declared before, or the meeting is over.
    """
    meeting = hold_meeting(member.meeting)
    held = _own(member, by)
    panel_rules.must_not_be_over(meeting.state)
    if held.declared_at is not None:
        raise Refused("You have declared already. If you find another interest, leave the table for that bid.")
    declared = {bid.pk for bid in bids}
    if Bid.objects.filter(pk__in=declared, competition=meeting.competition_id).count() != len(declared):
        raise Refused("One of these bids is not before this panel.")
    known = set(
        Block.objects.filter(assessor__user=by, bid__competition=meeting.competition_id).values_list("bid", flat=True)
    )
    PanelConflict.objects.bulk_create(
        [PanelConflict(member=held, bid_id=key, source=Source.DECLARED, at=at) for key in sorted(declared)]
        + [PanelConflict(member=held, bid_id=key, source=Source.REGISTER, at=at) for key in sorted(known - declared)]
    )
    held.declared_at = at
    held.save(update_fields=["declared_at"])
    facts = {"person": by, "declared": sorted(declared), "register": sorted(known - declared)}
    record("panel.declared", meeting, by=by, role="panel", at=at, changes=facts)
    return held


@transaction.atomic
def leave_table(*, member: PanelMember, bid: Bid, by: User, at: dt.datetime) -> PanelConflict:
    """Declare an interest in one more bid at the table: from now on the member does not see it, and their vote is gone.

    Raises:
        Refused: somebody else's declaration, not declared before at all, or the meeting is over.
    """
    meeting = hold_meeting(member.meeting)
    held = _own(member, by)
    panel_rules.must_not_be_over(meeting.state)
    if held.declared_at is None:
        raise Refused("Declare your interests in all bids first.")
    if bid.competition_id != meeting.competition_id:
        raise Refused("This bid is not before this panel.")
    if there := PanelConflict.objects.filter(member=held, bid=bid).first():
        return there
    held.votes.filter(item__bid=bid).delete()
    conflict = PanelConflict.objects.create(member=held, bid=bid, source=Source.DECLARED, at=at)
    record("panel.left_table", meeting, by=by, role="panel", at=at, changes={"person": by, "bid": bid.reference})
    return conflict


@transaction.atomic
def mark_present(*, meeting: PanelMeeting, members: Iterable[int], by: User, at: dt.datetime) -> list[PanelMember]:
    """Write down who is present; everybody else is absent, and their votes are gone.

    Args:
        members: keys of the members who are there.

    Raises:
        Refused: the writer is neither chair nor secretary, somebody has not declared, or the meeting is over.
    """
    meeting = hold_meeting(meeting)
    panel_rules.must_not_be_over(meeting.state)
    panel_rules.must_write_minutes(_duty_of(meeting, by))
    there, seated = set(members), panel_queries.table(meeting)
    if silent := next((m for m in seated if m.pk in there and m.declared_at is None), None):
        raise Refused(f"{silent.user} has not declared their interests yet, so they cannot take part.")
    changed = {m.user_id: [m.is_present, m.pk in there] for m in seated if m.is_present != (m.pk in there)}
    for member in seated:
        if member.is_present != (member.pk in there):
            member.is_present = member.pk in there
            if not member.is_present:
                member.votes.all().delete()
            member.save(update_fields=["is_present"])
    if changed:
        record("panel.attendance", meeting, by=by, role="panel", at=at, changes={"present": changed})
    return seated


@transaction.atomic
def cancel_meeting(*, meeting: PanelMeeting, by: User, role: str, at: dt.datetime) -> PanelMeeting:
    """Cancel a meeting that was planned; everybody who was asked gets an e-mail.

    Raises:
        Refused: it is open or over.
    """
    rules.must_manage(role)
    meeting = hold_meeting(meeting)
    panel_rules.must_be_planned(meeting.state)
    meeting.cancel()
    meeting.save(update_fields=["state"])
    facts = {"state": [MeetingState.PLANNED, MeetingState.CANCELLED]}
    record("panel.cancelled", meeting, by=by, role=role, at=at, changes=facts)
    for member in panel_queries.table(meeting):
        key = f"panel.cancelled/{meeting.pk}/{member.pk}"
        tell("panel_cancelled", to=member.user, key=key, at=at, path="/messages/", meeting=meeting)
    return meeting


@transaction.atomic
def open_meeting(*, meeting: PanelMeeting, by: User, at: dt.datetime) -> PanelMeeting:
    """Lay the frozen ranked sheet on the table as the agenda: every bid that stands, with what the ranking suggests.

    Raises:
        Refused: the scores are not fixed or not as they were fixed, chair or voters are missing, or it is open already.
    """
    bids = {bid.reference: bid for bid in hold_bids(meeting.competition, BidState.SUBMITTED)}
    competition = hold_competition(meeting.competition_id)
    meeting = hold_meeting(meeting)
    panel_rules.must_be_planned(meeting.state)
    panel_rules.must_write_minutes(_duty_of(meeting, by))
    seats = [panel_queries.as_seat(member) for member in panel_queries.table(meeting)]
    problems = panel_rules.why_not_open(competition.state, seats, today=at.date(), held_on=meeting.held_on)
    if problems:
        raise Refused(" ".join(problems))
    sheet = [row for row in queries.ranked(competition) if row.reference in bids]
    frozen = must_be_as_frozen(competition, sheet)
    left = queries.left_pence(competition, sheet)
    suggested = rules.suggest(sheet, left_pence=left, threshold=competition.quality_threshold)
    meeting.open(sheet_sha256=frozen.sha256, at=at)
    meeting.save(update_fields=["state", "sheet_sha256", "opened_at"])
    PanelItem.objects.bulk_create(
        PanelItem(
            meeting=meeting, bid=bids[row.reference], rank=row.rank, score=row.score, grant_pounds=row.grant_pounds,
            is_above_line=rules.is_above_line(row, competition.quality_threshold), suggested=suggested[row.reference],
        )
        for row in sheet
    )  # fmt: skip
    facts = {"state": [MeetingState.PLANNED, MeetingState.OPEN], "sheet_sha256": frozen.sha256, "bids": len(sheet)}
    record("panel.opened", meeting, by=by, role="panel", at=at, changes=facts)
    return meeting


def _own(member: PanelMember, by: User) -> PanelMember:
    """Return a member's row, read anew; refuse anybody else's."""
    if member.user_id != by.pk:
        raise Refused("Only the member themself may declare their interests.")
    return PanelMember.objects.get(pk=member.pk)


def _duty_of(meeting: PanelMeeting, by: User) -> str:
    """Return the duty of a person at a meeting; refuse who does not sit there."""
    member = PanelMember.objects.filter(meeting=meeting, user=by).first()
    if member is None:
        raise Refused("You do not sit at this meeting.")
    return member.duty
