"""At the table: vote, write down what the panel decides on each bid and why, and agree the minutes."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import minutes, panel_queries, panel_rules, queries
from assessments.actions.locks import hold_bids, hold_competition, hold_meeting
from assessments.models import PanelConflict, PanelItem, PanelMeeting, PanelMember, PanelVote
from assessments.states import MeetingState, Source
from audit.record import digest, record
from bids.queries import kept_from
from bids.states import BidState
from funds.seen import must_be_as_seen

ITEM = ("outcome", "reason", "text")
GENERAL = ("general",)


@transaction.atomic
def vote(*, item: PanelItem, choice: str, by: User, at: dt.datetime) -> PanelVote:
    """Vote on a bid; a vote can be changed until the minutes are agreed.

    Raises:
        Refused: not at the table, secretary, a conflict of interest, or the meeting is not open.
    """
    choice = panel_rules.choice(choice)
    meeting = hold_meeting(item.meeting)
    panel_rules.must_be_open(meeting.state)
    member = _at_table(meeting, item, by)
    if not panel_queries.as_seat(member).votes:
        raise Refused("The secretary does not vote." if member.is_present else "Only who is present votes.")
    given = PanelVote.objects.filter(item=item, member=member).first()
    before = given.choice if given else None
    if given and before == choice:
        return given
    given = given or PanelVote(item=item, member=member)
    given.choice, given.at = choice, at
    given.save()
    facts = {"bid": item.bid.reference, "person": by, "choice": [before, choice]}
    record("panel.voted", meeting, by=by, role="panel", at=at, changes=facts)
    return given


@transaction.atomic
def write_item(
    *, item: PanelItem, outcome: str, reason: str, text: str, seen: str, by: User, at: dt.datetime
) -> PanelItem:
    """Write down what the panel decides on a bid; an empty outcome leaves it open.

    Args:
        reason: why the panel departs from the line or the ranking, at most 200 words.
        text: what was said, at most 600 words.
        seen: what the writer saw when they began (see `funds.seen`).

    Raises:
        Outdated: the other of chair and secretary has saved it meanwhile.
        Refused: not theirs to write, a conflict of interest, or a departure without a reason.
    """
    reason = panel_rules.text(reason, panel_rules.REASON_WORDS, "The reason")
    text = panel_rules.text(text, panel_rules.MINUTE_WORDS, "The minutes")
    meeting = hold_meeting(item.meeting)
    panel_rules.must_be_open(meeting.state)
    panel_rules.must_write_minutes(_at_table(meeting, item, by).duty)
    item = PanelItem.objects.select_related("bid").get(pk=item.pk)
    if outcome:
        panel_rules.must_have_reason(item.is_above_line, panel_rules.outcome(outcome), reason)
    before, new = [getattr(item, name) for name in ITEM], [outcome, reason, text]
    if before == new:
        return item
    must_be_as_seen(item, ITEM, seen)
    for name, value in zip(ITEM, new, strict=True):
        setattr(item, name, value)
    item.save(update_fields=list(ITEM))
    facts = {
        "bid": item.bid.reference, "outcome": [before[0], outcome], "reason_sha256": digest(reason),
        "text_sha256": digest(text),
    }  # fmt: skip
    record("panel.item_written", meeting, by=by, role="panel", at=at, changes=facts)
    return item


@transaction.atomic
def write_general(*, meeting: PanelMeeting, text: str, seen: str, by: User, at: dt.datetime) -> PanelMeeting:
    """Write down what is about no bid in particular, at most 2,000 words.

    Raises:
        Outdated: the other of chair and secretary has saved it meanwhile.
        Refused: not theirs to write, or the meeting is over.
    """
    text = panel_rules.text(text, panel_rules.GENERAL_WORDS, "The minutes")
    meeting = hold_meeting(meeting)
    panel_rules.must_be_open(meeting.state)
    panel_rules.must_write_minutes(_member(meeting, by).duty)
    if meeting.general == text:
        return meeting
    must_be_as_seen(meeting, GENERAL, seen)
    before, meeting.general = meeting.general, text
    meeting.save(update_fields=["general"])
    facts = {"text_sha256": [digest(before), digest(text)]}
    record("panel.minutes_written", meeting, by=by, role="panel", at=at, changes=facts)
    return meeting


@transaction.atomic
def agree_minutes(*, meeting: PanelMeeting, sha256: str, by: User, at: dt.datetime) -> PanelMeeting:
    """Agree the minutes as the chair who was present; from then on nothing about the meeting changes.

    Args:
        sha256: digest of the minutes as the chair has read them.

    Raises:
        Refused: not the chair, something is missing (all of it is named), or the minutes have changed since.
    """
    hold_bids(meeting.competition, BidState.SUBMITTED)
    competition = hold_competition(meeting.competition_id)
    meeting = hold_meeting(meeting)
    panel_rules.must_be_open(meeting.state)
    must_be_chair(meeting, by)
    _write_down_what_the_register_knows(meeting, at)
    if problems := lacking(meeting):
        raise Refused(" ".join(problems))
    content = minutes.of(meeting)
    if digest(content) != sha256:
        raise Refused("The minutes have changed since you opened them. Read them again before you agree them.")
    meeting.agree(minutes=minutes.kept(content), sha256=sha256, by=by, at=at)
    meeting.save(update_fields=["state", "minutes", "minutes_sha256", "agreed_by", "agreed_at"])
    facts = {"state": [MeetingState.OPEN, MeetingState.AGREED], "sha256": sha256, "competition": competition}
    record("panel.minutes_agreed", meeting, by=by, role="panel", at=at, changes=facts)
    return meeting


def lacking(meeting: PanelMeeting) -> list[str]:
    """Return what the minutes still lack before they can be agreed, in words; nothing when they are whole."""
    items = {item.bid.reference: item for item in meeting.items.select_related("bid", "bid__standing")}
    sheet = [row for row in queries.ranked(meeting.competition) if row.reference in items]
    standing = [row for row in sheet if row.state == BidState.SUBMITTED]  # others were withdrawn meanwhile
    return panel_rules.why_not_agree(
        standing,
        {row.reference: items[row.reference].outcome for row in standing},
        {row.reference: items[row.reference].reason for row in standing},
        left_pence=queries.left_pence(meeting.competition, sheet),
        threshold=meeting.competition.quality_threshold,
        undecided_at_the_table=panel_queries.decidable_by_nobody(meeting),
    )


def must_be_chair(meeting: PanelMeeting, by: User) -> None:
    """Refuse everybody but the chair who is present."""
    if _member(meeting, by).duty != "chair" or not _member(meeting, by).is_present:
        raise Refused("The chair who was present agrees the minutes.")


def _member(meeting: PanelMeeting, by: User) -> PanelMember:
    member = PanelMember.objects.filter(meeting=meeting, user=by).first()
    if member is None:
        raise Refused("You do not sit at this meeting.")
    return member


def _at_table(meeting: PanelMeeting, item: PanelItem, by: User) -> PanelMember:
    """Return a member who may deal with a bid; refuse who has not declared or has a conflict of interest."""
    member = _member(meeting, by)
    if member.declared_at is None:
        raise Refused("Declare your interests first.")
    if item.bid_id in kept_from(by, meeting.competition_id):
        raise Refused("A conflict of interest keeps you from this bid.")
    return member


def _write_down_what_the_register_knows(meeting: PanelMeeting, at: dt.datetime) -> None:
    """Keep conflicts that came to light since the declarations, so that the minutes name them."""
    there = set(PanelConflict.objects.filter(member__meeting=meeting).values_list("member", "bid"))
    found = {(member, bid) for member, bids in panel_queries.conflicts_of(meeting).items() for bid in bids}
    PanelConflict.objects.bulk_create(
        PanelConflict(member_id=member, bid_id=bid, source=Source.REGISTER, at=at)
        for member, bid in sorted(found - there)
    )
