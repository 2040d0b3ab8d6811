"""Interviews: plan, panel, times, invitations and their answers, points, and the figure beside the score."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from accounts.rules import Refused
from assessments import actions, interviews
from assessments.actions.interviewing import (
    open_interview,
    reopen_interview,
    save_interview,
    step_aside,
    submit_interview,
)
from assessments.actions.interviews import (
    add_slots,
    ask_to_move,
    cancel_interview,
    confirm_interview,
    dismiss_interviewer,
    invite_to_interview,
    name_interviewer,
    plan_interviews,
    remove_slot,
)
from assessments.models import Block, Interview, InterviewScore, InterviewSheet
from audit.models import Event
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, as_web_role, assessed, assessor, submitted_bid, write
from tests.cast_bids import submitted
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("call_terms", [{"has_interview": True, "is_blind": True}])]
SOON = CLOSED + dt.timedelta(days=7)
CRITERIA = [("Team", "Do they know the NHS?"), ("Plan", "")]


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def facts(fund_manager) -> dict:
    return {"by": fund_manager, **STAFF}


@pytest.fixture
def bid(competition, sme, applicant):
    """A bid with answers and money."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def plan(bid, assessment, facts):
    return plan_interviews(competition=assessment, weight_percent=25, criteria=CRITERIA, **facts)


@pytest.fixture
def slots(plan, facts):
    return more(plan, facts, number=3)


def more(plan, facts, **changed):
    """Add times of 30 minutes with 10 between them."""
    usual = {"starts_at": SOON, "minutes": 30, "pause": 10, "number": 1, "place": "Room 1", "link": ""}
    return add_slots(plan=plan, **usual | changed, **facts)


@pytest.fixture
def interview(bid, slots, facts):
    return invite_to_interview(bid=bid, slot=slots[0], **facts)


@pytest.fixture
def who(plan, facts):
    """An assessor on the panel."""
    found = assessor()
    name_interviewer(plan=plan, assessor=found, **facts)
    return found


def give(interview, who, *points: int | None, reason: str = "Convincing."):
    """Open an interview and save points on its criteria."""
    open_interview(interview=interview, by=who.user, at=CLOSED)
    scores = {
        c: {"points": p, "reason": reason}
        for c, p in zip(interview.plan.criteria.order_by("position"), points, strict=True)
    }
    return save_interview(interview=interview, scores=scores, by=who.user, at=CLOSED)


def hand_in(interview, who, *points: int):
    give(interview, who, *points)
    return submit_interview(interview=interview, by=who.user, at=CLOSED)


def test_times_follow_one_another_with_a_break(slots):
    assert [slot.starts_at - SOON for slot in slots] == [dt.timedelta(minutes=m) for m in (0, 40, 80)]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"starts_at": CLOSED}, "have passed"),
        ({"starts_at": CLOSED + dt.timedelta(days=1000)}, "more than two years"),
        ({"place": ""}, "Say where the interviews are"),
        ({"number": 51}, "from 1 to 50"),
        ({"minutes": 4}, "from 5 to 480"),
        ({}, "a slot in the same place"),
    ],
)
def test_times_that_make_no_sense_are_refused(plan, slots, facts, changed, why):
    with pytest.raises(Refused, match=why):
        more(plan, facts, **changed)


def test_the_people_of_the_bid_are_told_when_and_where(interview, applicant):
    told = Message.objects.get(template="interview_invited", to=applicant)
    assert [text in told.body for text in ("12:00 GMT", "Room 1", "/interview")] == [True] * 3


def test_they_confirm(interview, applicant):
    page = reverse("bid_interview", args=[interview.bid.reference])
    client = signed_in(applicant)
    client.post(page, {"confirm": "yes"})
    assert (Interview.objects.get().state, "You come" in client.get(page).content.decode()) == ("confirmed", True)


def test_they_ask_for_another_time_and_the_officer_is_told(interview, applicant, fund_manager):
    page = reverse("bid_interview", args=[interview.bid.reference])
    signed_in(applicant).post(page, {"move": "yes", "reason": "We are abroad."})
    assert Interview.objects.get().state == "move_asked"
    assert "We are abroad." in Message.objects.get(template="interview_move_asked", to=fund_manager).body


def test_another_time_is_another_invitation(interview, slots, applicant, facts):
    ask_to_move(interview=interview, reason="Abroad", by=applicant, at=CLOSED)
    moved = invite_to_interview(bid=interview.bid, slot=slots[1], **facts)
    assert (moved.state, moved.slot, moved.move_reason) == ("invited", slots[1], "")
    assert Message.objects.filter(template="interview_invited", to=applicant).count() == 2


def test_a_cancelled_interview_frees_its_time(interview, slots, facts):
    cancel_interview(interview=interview, **facts)
    assert slots[0] in interviews.free_slots(interview.plan)


def test_a_time_that_is_taken_is_not_given_twice_nor_taken_away(interview, slots, assessment, facts):
    with pytest.raises(Refused, match="Another bid was given this slot"):
        invite_to_interview(bid=submitted_bid(assessment), slot=slots[0], **facts)
    with pytest.raises(Refused, match="A bid is invited to this slot"):
        remove_slot(slot=slots[0], **facts)


def test_an_answer_after_the_time_is_refused(interview, applicant):
    with pytest.raises(Refused, match="has passed"):
        confirm_interview(interview=interview, by=applicant, at=SOON)


def test_an_interviewer_needs_the_yearly_declaration(plan, facts):
    who = assessor()
    with pytest.raises(Refused, match="has not declared their interests"):
        name_interviewer(plan=plan, assessor=who, **facts | {"at": CLOSED + dt.timedelta(days=400)})


def test_an_interviewer_declares_before_the_bid_opens(interview, who):
    client, page = signed_in(who.user), reverse("interviewing_one", args=[interview.pk])
    before = client.get(page).content.decode()
    client.post(page, {"no_interest": "yes"})
    after = client.get(page).content.decode()
    assert ["Because it helps patients." in text for text in (before, after)] == [False, True]


def test_who_steps_aside_is_kept_away_for_good(interview, who):
    step_aside(interview=interview, by=who.user, at=CLOSED)
    assert Block.objects.filter(bid=interview.bid, assessor=who).count() == 1
    assert signed_in(who.user).get(reverse("interviewing_one", args=[interview.pk])).status_code == 404


def test_points_are_saved_and_handed_in_whole(interview, who):
    give(interview, who, 8, None)
    with pytest.raises(Refused, match=r"^Give points and a reason for “Plan”\.$"):
        submit_interview(interview=interview, by=who.user, at=CLOSED)
    assert hand_in(interview, who, 8, 6).state == "submitted"


def test_what_is_handed_in_is_fixed(interview, who):
    hand_in(interview, who, 8, 6)
    with pytest.raises(Refused, match="handed in"):
        give(interview, who, 9, 9)
    with pytest.raises(IntegrityError, match="are fixed"), transaction.atomic():
        as_web_role("UPDATE assessments_interviewscore SET points = 10")


@pytest.mark.parametrize("points", [11, -1, 7.5, "ten"])
def test_points_beyond_the_scale_are_refused(interview, who, points):
    with pytest.raises(Refused, match="whole number from 0 to 10"):
        give(interview, who, points, 1)
    assert InterviewScore.objects.count() == 0


def test_the_score_is_the_mean_of_what_is_handed_in(interview, who, plan, facts):
    second, third = assessor(), assessor()
    for one in (second, third):
        name_interviewer(plan=plan, assessor=one, **facts)
    hand_in(interview, who, 8, 6)
    hand_in(interview, second, 9, 10)
    give(interview, third, 1, 1)
    assert interviews.scores_of(plan.competition) == {interview.bid_id: Decimal("82.5")}


def test_a_conflict_found_later_takes_the_points_out(interview, who, plan):
    hand_in(interview, who, 8, 6)
    Block.objects.create(bid=interview.bid, assessor=who, because="Shares", found_at=CLOSED)
    assert interviews.scores_of(plan.competition) == {}


@pytest.mark.parametrize(
    ("score", "interview_score", "weight", "found"),
    [("70", "90", 25, "75.0"), ("70.1", "69.9", 50, "70.0"), ("70", "90", 0, None), ("70", None, 25, None)],
)
def test_the_combined_score_weighs_both_and_stands_beside(call_terms, score, interview_score, weight, found):
    given = Decimal(interview_score) if interview_score else None
    combined = interviews.combined(Decimal(score), given, weight)
    assert (str(combined) if combined is not None else None) == found


def test_what_is_scored_is_fixed_once_somebody_scores(interview, who, plan, facts):
    give(interview, who, 8, 8)
    with pytest.raises(Refused, match="is fixed"):
        plan_interviews(competition=plan.competition, weight_percent=0, criteria=CRITERIA, **facts)
    for sql in (
        "UPDATE assessments_interviewplan SET weight_percent = 90",
        "DELETE FROM assessments_interviewcriterion",
    ):
        with pytest.raises(IntegrityError, match="is fixed"), transaction.atomic():
            as_web_role(sql)


def test_direct_sql_gives_no_sheet_to_a_blocked_interviewer(interview, who):
    Block.objects.create(bid=interview.bid, assessor=who, because="Shares", found_at=CLOSED)
    with pytest.raises(IntegrityError, match="a conflict of interest blocks"), transaction.atomic():
        InterviewSheet.objects.create(interview=interview, interviewer=who.interviewing.get(), declared_at=CLOSED)


def test_who_left_the_panel_sees_no_interview(interview, who, facts):
    dismiss_interviewer(interviewer=who.interviewing.get(), **facts)
    assert list(interviews.to_hold(who.user)) == []


def test_only_bids_above_the_line_are_offered_best_first(plan, assessment, bid, facts, fund_manager):
    assessed(bid, [9, 9], fund_manager)
    low, high = submitted_bid(assessment), submitted_bid(assessment)
    assessed(low, [3, 3], fund_manager)
    assessed(high, [10, 10], fund_manager)
    assert [row.reference for row in interviews.bids_to_invite(assessment)] == [high.reference, bid.reference]


def test_nothing_is_planned_after_the_panel_has_decided(plan, assessment, facts, fund_manager, second_manager, bid):
    assessed(bid, [9, 9], fund_manager)
    competition = actions.go_to_panel(competition=assessment, **facts)
    assert more(plan, facts, place="Room 2")[0].pk
    type(competition).objects.filter(pk=competition.pk).update(state="decided")
    with pytest.raises(Refused, match="during the assessment and the panel"):
        more(plan, facts, place="Room 3")


def test_officials_plan_invite_and_read_on_their_pages(bid, assessment, facts, fund_manager):
    assessed(bid, [9, 9], fund_manager)
    client, args = signed_in(fund_manager), [assessment.reference]
    client.post(reverse("interview_plan", args=args), {"criteria": "Team: who?\nPlan", "weight_percent": "25"})
    who = assessor()
    client.post(reverse("interview_panel", args=args), {"email": who.user.email})
    first = {"first_on_day": SOON.day, "first_on_month": SOON.month, "first_on_year": SOON.year, "first_time": "12:00"}
    typed = {"minutes": "30", "pause": "10", "number": "2", "place": "Room 1", "link": ""}
    client.post(reverse("interview_slots", args=args), first | typed)
    slot = interviews.plan_of(assessment).slots.first()
    client.post(reverse("interview_invite", args=args), {"bid": bid.reference, "slot": slot.pk})
    hand_in(Interview.objects.get(), who, 8, 6)
    shown = client.get(reverse("interviews", args=args)).content.decode()
    assert [text in shown for text in ("Team", "Room 1", bid.reference, "70%", str(who))] == [True] * 5


@pytest.mark.parametrize("typed", [{"email": "nobody@example.org"}, {"email": "a\0b"}, {"email": ""}])
def test_nobody_unknown_is_named(plan, fund_manager, typed):
    answer = signed_in(fund_manager).post(reverse("interview_panel", args=[plan.competition.reference]), typed)
    assert (answer.status_code, plan.interviewers.count()) == (200, 0)


def test_the_ranked_sheet_shows_the_interview_beside_the_score(interview, who, plan, bid, fund_manager):
    assessed(bid, [6, 6], fund_manager)
    hand_in(interview, who, 8, 10)
    client, args = signed_in(fund_manager), [plan.competition.reference]
    shown = client.get(reverse("competition_ranked", args=args)).content.decode()
    assert [text in shown for text in ("60%", "Interview 90%", "Combined 67.5%")] == [True] * 3
    line = b"".join(client.get(reverse("competition_ranking", args=args)).streaming_content).decode().splitlines()[1]
    assert line.split(",")[-2:] == ["90.0", "67.5"]


def typed_on(interview, who, **typed):
    """Return the answer to a sheet that saves itself."""
    return signed_in(who.user).post(reverse("interviewing_save", args=[interview.pk]), typed)


def fields(interview) -> tuple[str, str]:
    """Return the names of the boxes of the first criterion."""
    key = interview.plan.criteria.order_by("position").first().pk
    return f"points-{key}", f"reason-{key}"


def test_what_an_interviewer_types_is_saved_by_itself(interview, who):
    sheet = open_interview(interview=interview, by=who.user, at=CLOSED)
    points, reason = fields(interview)
    answer = typed_on(interview, who, **{points: "7", reason: "Sound", "version": "0"})
    assert (answer.status_code, answer.headers["Matchfund-Version"], "Saved" in answer.content.decode()) == (
        200,
        "1",
        True,
    )
    assert sheet.scores.values_list("points", "reason").get() == (7, "Sound")


@pytest.mark.parametrize("bad", ["11", "-1", "7.5", "ten"])
def test_points_that_are_none_are_told_and_the_reason_is_saved(interview, who, bad):
    sheet = open_interview(interview=interview, by=who.user, at=CLOSED)
    points, reason = fields(interview)
    answer = typed_on(interview, who, **{points: bad, reason: "Sound", "version": "0"})
    assert ("whole number" in answer.content.decode(), sheet.scores.get().points) == (True, None)


def test_another_window_is_not_written_over_and_both_texts_are_shown(interview, who):
    open_interview(interview=interview, by=who.user, at=CLOSED)
    points, reason = fields(interview)
    typed_on(interview, who, **{points: "7", reason: "From here", "version": "0"})
    assert typed_on(interview, who, **{reason: "From there", "version": "0"}).status_code == 409
    page = reverse("interviewing_one", args=[interview.pk])
    shown = signed_in(who.user).post(page, {points: "7", reason: "From there", "version": "0", "save": "yes"})
    assert [words in shown.content.decode() for words in ("From here", "From there")] == [True, True]


def test_the_record_holds_a_sitting_of_an_interview_once(interview, who):
    open_interview(interview=interview, by=who.user, at=CLOSED)
    for version in ("0", "1"):
        typed_on(interview, who, **{fields(interview)[1]: f"Text {version}", "version": version})
    assert Event.objects.filter(verb="interview.scored").count() == 1


def test_nobody_else_saves_on_an_interview(interview, who, fund_manager):
    open_interview(interview=interview, by=who.user, at=CLOSED)
    answers = [typed_on(interview, one, version="0").status_code for one in (assessor(), type(who)(user=fund_manager))]
    assert answers == [404, 404]


def test_a_reopened_interview_counts_again_when_it_is_handed_in_with_a_reason(interview, who, facts):
    sheet = hand_in(interview, who, 8, 6)
    reopen_interview(sheet=sheet, reason="You asked", **facts)
    assert (interviews.scores_of(interview.plan.competition), told_why(who)) == ({}, True)
    give(interview, who, 10, 6)
    with pytest.raises(Refused, match="Say why you have changed"):
        submit_interview(interview=interview, by=who.user, at=CLOSED)
    submit_interview(interview=interview, by=who.user, at=CLOSED, change_reason="Heard more.")
    kept = [(one.content["scores"]["Team"][0], one.change_reason) for one in sheet.handed_in.order_by("number")]
    assert kept == [(8, ""), (10, "Heard more.")]
    assert interviews.scores_of(interview.plan.competition) == {interview.bid_id: Decimal("80.0")}


def told_why(who) -> bool:
    return "You asked" in Message.objects.get(template="interview_reopened", to=who.user).body


def test_an_official_reopens_an_interview_on_a_page_of_its_own(interview, who, fund_manager):
    sheet = hand_in(interview, who, 8, 6)
    reference, bid = interview.plan.competition.reference, interview.bid.reference
    client, keys = signed_in(fund_manager), [reference, bid, sheet.pk]
    assert "Reopen" in client.get(reverse("interview", args=keys[:2])).content.decode()
    assert "Error:" in client.post(reverse("interview_reopen", args=keys), {"reason": ""}).content.decode()
    client.post(reverse("interview_reopen", args=keys), {"reason": "You asked"})
    shown = signed_in(who.user).get(reverse("interviewing_one", args=[interview.pk])).content.decode()
    assert [words in shown for words in ("Reopened for you: You asked", "Why do you change")] == [True, True]


def test_an_interview_is_not_reopened_without_need(interview, who, facts):
    sheet = give(interview, who, 8, 6)
    with pytest.raises(Refused, match="handed in nothing"):
        reopen_interview(sheet=sheet, reason="Why", **facts)
    with pytest.raises(Refused, match="Give a reason"):
        reopen_interview(sheet=sheet, reason=" ", **facts)


def test_the_database_opens_no_interview_once_the_panel_has_decided(interview, who):
    hand_in(interview, who, 8, 6)
    for state in ("at_panel", "decided"):
        type(interview.plan.competition).objects.update(state=state)
    with pytest.raises(IntegrityError, match="are over"), transaction.atomic():
        as_web_role("UPDATE assessments_interviewsheet SET state = 'in_progress'")


def test_the_page_of_a_bid_leads_to_its_interview_and_discussion(interview, fund_manager):
    keys = [interview.plan.competition.reference, interview.bid.reference]
    page = signed_in(fund_manager).get(reverse("competition_bid", args=keys)).content.decode()
    assert [reverse(name, args=keys) in page for name in ("interview", "bid_discussion")] == [True, True]


def test_who_assesses_blind_hands_in_before_an_interview_says_who_bids(interview, who, facts, fund_manager):
    seat = accepted_seat(interview.bid, fund_manager, who)
    client, name = signed_in(who.user), interview.bid.lead.name
    pages = [reverse("interviewing"), reverse("interviewing_one", args=[interview.pk])]
    before = [name in client.get(page, follow=True).content.decode() for page in pages]
    with pytest.raises(Refused, match="Hand in your assessment"):
        open_interview(interview=interview, by=who.user, at=CLOSED)
    write(seat, [8, 8])
    actions.submit_assessment(seat=seat, by=who.user, at=CLOSED)
    assert (before, name in client.get(pages[1]).content.decode()) == ([False, False], True)
