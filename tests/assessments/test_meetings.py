"""The panel's meeting: who sits there, what they declare, who is kept from what, votes, and minutes that stand."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions, panel_queries
from assessments.models import PanelConflict, PanelItem, PanelMeeting, PanelVote
from audit.models import Event
from funds.seen import Outdated
from tests.cast import organisation, person
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessed, assessor, submitted_bid
from tests.cast_panel import agreed, asked, chair_of, declared, item_of, manager, opened, planned, seated, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(assessment, fund_manager):
    """Two bids at the panel: 90 % asks £200,000, 40 % asks £50,000; the line is at 70 %."""
    for points, grant in ((9, 200_000), (4, 50_000)):
        assessed(submitted_bid(assessment, grant=grant), [points, points], fund_manager)
    return actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)


@pytest.fixture
def first(panel):
    return panel.bids.order_by("pk").first()


@pytest.fixture
def last(panel):
    return panel.bids.order_by("pk").last()


@pytest.fixture
def meeting(panel) -> PanelMeeting:
    """The panel's meeting, open."""
    return opened(panel)


@pytest.fixture
def member(meeting):
    """The member beside the chair."""
    return meeting.members.get(duty="member")


def vote(meeting, bid, by, choice="fund"):
    return actions.vote(item=item_of(meeting, bid.reference), choice=choice, by=by, at=CLOSED)


def test_one_meeting_at_a_time_is_planned(panel):
    planned(panel)
    with pytest.raises(Refused, match="planned or open already"):
        planned(panel)


@pytest.mark.parametrize(("days", "place"), [(-1, "Room 1"), (400, "Room 1"), (0, "  "), (0, "x" * 201), (0, "a\0b")])
def test_day_and_place_of_a_meeting_can_be(panel, fund_manager, days, place):
    held_on = CLOSED.date() + dt.timedelta(days=days)
    with pytest.raises(Refused):
        actions.plan_meeting(competition=panel, held_on=held_on, place=place, by=fund_manager, **STAFF)


def test_who_is_asked_gets_an_email(panel):
    asked(planned(panel), "chair", name="Carla Chair")
    assert Message.objects.get(template="panel_invited").to.full_name == "Carla Chair"


def test_an_applicant_does_not_sit_on_a_panel(panel, applicant):
    with pytest.raises(Refused, match="neither an official nor an assessor"):
        asked(planned(panel), "member", applicant)


def test_there_is_one_chair(panel):
    meeting = planned(panel)
    asked(meeting, "chair")
    with pytest.raises(Refused, match="has a chair already"):
        asked(meeting, "chair")


def test_who_has_not_declared_cannot_be_present(panel):
    meeting = planned(panel)
    chair = declared(asked(meeting, "chair"))
    silent = asked(meeting, "member")
    with pytest.raises(Refused, match="has not declared"):
        actions.mark_present(meeting=meeting, members=[chair.pk, silent.pk], by=chair.user, at=CLOSED)


def test_a_declaration_stands(meeting, member, first):
    with pytest.raises(Refused, match="declared already"):
        declared(member, first)


def test_nobody_declares_for_somebody_else(panel, fund_manager):
    member = asked(planned(panel), "chair")
    with pytest.raises(Refused, match="Only the member themself"):
        actions.declare_at_table(member=member, bids=[], by=fund_manager, at=CLOSED)


def test_what_the_register_knows_is_added_to_a_declaration(panel, first):
    who = assessor()
    actions.declare_interest(assessor=who, kind="employer", organisation=first.lead, by=who.user, at=CLOSED)
    declared(asked(planned(panel), "member", who.user))
    assert list(PanelConflict.objects.values_list("bid", "source")) == [(first.pk, "register")]


def test_the_sheet_is_opened_with_a_chair_and_two_who_vote(panel):
    meeting = planned(panel)
    chair = declared(asked(meeting, "chair"))
    actions.mark_present(meeting=meeting, members=[chair.pk], by=chair.user, at=CLOSED)
    with pytest.raises(Refused, match="At least 2 people who vote"):
        actions.open_meeting(meeting=meeting, by=chair.user, at=CLOSED)


def test_the_sheet_is_not_opened_before_the_scores_are_fixed(assessment):
    meeting = seated(assessment)
    with pytest.raises(Refused, match="End the assessment first"):
        actions.open_meeting(meeting=meeting, by=chair_of(meeting), at=CLOSED)


def test_the_agenda_is_the_frozen_sheet(meeting):
    items = PanelItem.objects.order_by("rank").values_list("rank", "is_above_line", "suggested", "grant_pounds")
    assert list(items) == [(1, True, "successful", 200_000), (2, False, "unsuccessful", 50_000)]
    assert meeting.sheet_sha256 == meeting.competition.frozen_sheet.sha256


def test_the_agenda_shows_the_frozen_spread_and_calibrated_score(meeting):
    for found in panel_queries.agenda(meeting):
        line = meeting.competition.frozen_sheet.lines[found.item.bid.reference]
        assert (str(found.spread), str(found.advice.calibrated)) == (line["spread"], line["calibrated"])


def test_votes_are_counted(meeting, member, first):
    vote(meeting, first, member.user)
    vote(meeting, first, chair_of(meeting), "abstain")
    vote(meeting, first, member.user, "reject")
    assert panel_queries.agenda(meeting)[0].tally == "1 do not fund, 1 abstain"


def test_a_vote_of_no_meaning_is_refused(meeting, member, first):
    with pytest.raises(Refused, match="Choose fund"):
        vote(meeting, first, member.user, "perhaps")


def test_the_secretary_does_not_vote(meeting, first):
    secretary = declared(asked(meeting, "secretary"))
    there = [m.pk for m in meeting.members.all()]
    actions.mark_present(meeting=meeting, members=there, by=secretary.user, at=CLOSED)
    with pytest.raises(Refused, match="secretary does not vote"):
        vote(meeting, first, secretary.user)


def test_who_leaves_the_table_has_no_vote_and_is_in_the_minutes(meeting, member, first, last):
    vote(meeting, first, member.user)
    actions.leave_table(member=member, bid=first, by=member.user, at=CLOSED)
    assert PanelVote.objects.count() == 0
    with pytest.raises(Refused, match="conflict of interest"):
        vote(meeting, first, member.user)
    write(meeting, first.reference, "successful")
    write(meeting, last.reference, "unsuccessful")
    left = [one["left_the_table"] for one in agreed(meeting).minutes["bids"]]
    assert left == [[{"name": str(member.user), "known_by": "declared"}], []]


def test_no_vote_against_a_conflict_by_sql(meeting, member, first):
    actions.leave_table(member=member, bid=first, by=member.user, at=CLOSED)
    item = item_of(meeting, first.reference)
    with pytest.raises(DatabaseError, match="conflict of interest"), transaction.atomic():
        as_web_role(
            "INSERT INTO assessments_panelvote (item_id, member_id, choice, at) VALUES (%s, %s, 'fund', now())",
            item.pk, member.pk,
        )  # fmt: skip


@pytest.mark.parametrize(("which", "outcome"), [("first", "unsuccessful"), ("last", "successful"), ("last", "reserve")])
def test_a_departure_from_the_line_needs_a_reason(meeting, which, outcome, request):
    reference = request.getfixturevalue(which).reference
    with pytest.raises(Refused, match="Give the panel's reason"):
        write(meeting, reference, outcome)
    with pytest.raises(DatabaseError, match="departure_has_reason"), transaction.atomic():
        as_web_role("UPDATE assessments_panelitem SET outcome = %s WHERE bid_id = %s", outcome,
                    request.getfixturevalue(which).pk)  # fmt: skip
    assert write(meeting, reference, outcome, "The need is great.").outcome == outcome


def test_a_member_does_not_write_the_minutes(meeting, member, first):
    with pytest.raises(Refused, match="chair or the secretary"):
        write(meeting, first.reference, "successful", by=member.user)


def test_two_who_write_do_not_write_over_each_other(meeting, first):
    write(meeting, first.reference, "successful", text="Ours.")
    with pytest.raises(Outdated):
        write(meeting, first.reference, "reserve", text="Theirs.", seen="0" * 16)


@pytest.mark.parametrize("text", ["word " * 601, "a\0b"])
def test_minutes_that_cannot_be_kept_are_refused(meeting, first, text):
    with pytest.raises(Refused, match="The minutes"):
        write(meeting, first.reference, "successful", text=text)


def test_minutes_need_an_outcome_for_every_bid(meeting, first, last):
    write(meeting, first.reference, "successful")
    with pytest.raises(Refused, match=f"{last.reference} has no outcome"):
        agreed(meeting)


def test_only_the_chair_agrees(meeting, member, first, last):
    write(meeting, first.reference, "successful")
    write(meeting, last.reference, "unsuccessful")
    with pytest.raises(Refused, match="The chair who was present"):
        agreed(meeting, by=member.user)


def test_what_the_chair_has_not_read_is_not_agreed(meeting, first, last):
    write(meeting, first.reference, "successful")
    write(meeting, last.reference, "unsuccessful")
    with pytest.raises(Refused, match="have changed since"):
        actions.agree_minutes(meeting=meeting, sha256="0" * 64, by=chair_of(meeting), at=CLOSED)


def test_agreed_minutes_are_fixed(meeting, first, last):
    write(meeting, first.reference, "successful")
    write(meeting, last.reference, "unsuccessful")
    agreed(meeting)
    with pytest.raises(Refused, match="minutes of this meeting are agreed"):
        write(meeting, first.reference, "reserve")
    for sql in (
        "UPDATE assessments_panelmeeting SET general = 'x'", "UPDATE assessments_panelitem SET text = 'x'",
        "UPDATE assessments_panelmember SET is_present = FALSE", "DELETE FROM assessments_panelmeeting",
        "UPDATE assessments_panelmeeting SET state = 'open'",
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=r"fixed|nothing about it|cannot be changed"), transaction.atomic():
            as_web_role(sql)


def test_minutes_are_not_agreed_by_sql_without_the_chair(meeting, fund_manager):
    with pytest.raises(DatabaseError, match="the chair who was present"), transaction.atomic():
        as_web_role(
            "UPDATE assessments_panelmeeting SET state = 'agreed', agreed_by_id = %s, agreed_at = now(),"
            " minutes = '{}', minutes_sha256 = %s",
            fund_manager.pk, "0" * 64,
        )  # fmt: skip


def test_a_cancelled_meeting_makes_way_for_another(panel):
    meeting = planned(panel)
    asked(meeting, "chair")
    actions.cancel_meeting(meeting=meeting, by=meeting.planned_by, **STAFF)
    assert (planned(panel).state, Message.objects.filter(template="panel_cancelled").count()) == ("planned", 1)


def test_the_record_holds_no_words_of_the_minutes(meeting, first):
    write(meeting, first.reference, "successful", text="A secret word: heliotrope.")
    assert not Event.objects.filter(changes__icontains="heliotrope").exists()


def test_others_do_not_see_a_panel(meeting, network):
    lead = person(Role.AHSN_LEAD, network)
    mine = meeting.members.get(duty="member").user
    outsider = person(Role.ASSESSOR, organisation(OrganisationKind.CHARITY))
    seen = [panel_queries.visible_to(user).count() for user in (lead, outsider, mine, manager())]
    assert seen == [0, 0, 1, 1]


@pytest.mark.parametrize("bids", [1, 3])
def test_the_agenda_takes_the_same_queries(assessment, fund_manager, bids, django_assert_num_queries):
    for _ in range(bids):
        assessed(submitted_bid(assessment), [8, 8], fund_manager)
    meeting = opened(actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF))
    with django_assert_num_queries(6):
        assert len(panel_queries.agenda(meeting)) == bids
