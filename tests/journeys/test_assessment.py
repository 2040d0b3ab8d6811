"""From an invitation to assess to the applicant's feedback: assessor, two officials and the chair, page by page."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from accounts.states import Role
from assessments import actions
from assessments.models import PanelMeeting, Seat
from bids.models import Bid
from tests.cast import person
from tests.cast_assessments import CLOSED, STAFF, assessor, submitted_bid, write
from tests.journeys.cast import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "store"),
]


@pytest.fixture
def after_the_deadline(noon, monkeypatch) -> None:
    """Set the clock to the days of the assessment."""
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


def allocate(one: Visitor, reference: str, worker) -> None:
    """Let an allocation be worked out, and invite everybody whom it seats."""
    one.open(f"/competitions/{reference}/manage")
    one.press("Allocate assessors")
    one.press("Start")
    worker()
    one.sees("No other allocation is better")
    one.press("See what accepting would do")
    one.press("Accept and invite")
    one.sees("The seats are given")


def score(one: Visitor, seat: int, points: str) -> None:
    """Accept a bid, score it and hand the sheet in."""
    one.open(f"/assessments/{seat}/")
    one.tick("I have read the names above")
    one.press("Accept the bid")
    for number in (1, 2):
        one.page.locator(f"[name=points-question-{number}]").fill(points)
        one.page.locator(f"[name=reason-question-{number}]").fill("It is convincing, and says how.")
    for name in ("is_in_scope", "is_fundable"):
        one.page.locator(f"[name={name}][value=yes]").check()
    one.press("Save and hand in")
    one.sees("is handed in. Thank you.")


def discuss(officer: Visitor, one: Visitor, seat: Seat) -> None:
    """Open a discussion of a flagged bid from its page, let an assessor talk, and close it."""
    officer.open(f"/competitions/{seat.bid.competition.reference}/bids/{seat.bid.reference}")
    officer.follow("Discussion")
    officer.sees("Flagged: wide spread")
    officer.is_clean()
    officer.page.locator("[name=open-text]").fill("You are far apart.")
    officer.press("Open a discussion")
    officer.sees("Opened. The assessors are told.")
    one.open(f"/assessments/{seat.pk}/")
    one.follow("The discussion of this bid")
    one.sees("You are far apart.")
    one.fill({"What do you want to say?": "I read the costs twice."})
    one.press("Say it")
    one.sees("Said. The others read it without your name.")
    officer.open(f"/competitions/{seat.bid.competition.reference}/bids/{seat.bid.reference}/discussion")
    officer.sees("I read the costs twice.")
    officer.page.locator("summary").get_by_text("Close the discussion").click()
    officer.page.locator("[name=close-text]").fill("Both scores stay.")
    officer.press("Close the discussion")
    officer.sees("Closed. The assessors are told.")


def plan(one: Visitor, reference: str, chair: User, member: User) -> int:
    """Go to panel, plan the meeting and ask two people to it; return its key."""
    one.open(f"/competitions/{reference}/manage")
    one.press("Go to panel")
    one.sees("The scores are fixed. The panel can decide.")
    one.press("Plan the meeting")
    one.is_at("Meetings of the panel")
    one.is_clean()
    one.date("held_on", f"{CLOSED.day} {CLOSED.month} {CLOSED.year}")
    one.fill({"Where?": "Room 1, London"})
    one.press("Plan the meeting")
    for user, duty in ((member, "Member"), (chair, "Chair")):
        one.page.get_by_text("Ask somebody to the panel").click()
        one.choose("Who?", str(user.pk))
        one.page.get_by_role("radio", name=duty, exact=True).check()
        one.press("Ask them")
        one.sees(f"{user.full_name} is asked")
    return PanelMeeting.objects.get().pk


def declare(one: Visitor, meeting: int) -> None:
    """Declare to have no interest in any bid."""
    one.open(f"/panels/{meeting}/")
    one.is_at("Declare your interests")
    one.is_clean()
    one.tick("I have read the names of everybody")
    one.press("Declare")
    one.sees("Your declaration is on the record.")


def hold(chair: Visitor, member: Visitor, meeting: int, bid: Bid) -> None:
    """Open the sheet, vote, write the minutes and agree them."""
    chair.open(f"/panels/{meeting}/")
    chair.page.get_by_text("Write down who is present").click()
    for box in chair.page.locator("[name=present]").all():
        box.check()
    chair.press("Save who is present")
    chair.press("Lay the sheet on the table")
    chair.sees("The sheet is on the table.")
    chair.is_clean()
    member.open(f"/panels/{meeting}/bids/{bid.reference}")
    member.is_clean()
    member.page.get_by_role("radio", name="Fund", exact=True).check()
    member.press("Vote")
    member.sees("Your vote is counted.")
    chair.follow(bid.title)
    chair.choose("What the panel decides", "successful")
    chair.fill({"What was said": "Everybody was convinced."})
    chair.press("Save and go back to the agenda")
    chair.is_at("Panel of")
    chair.follow("Read and agree the minutes")
    chair.is_clean()
    chair.press("Agree the minutes")
    chair.sees("The minutes are agreed.")


def decide(first: Visitor, second: Visitor, reference: str) -> None:
    """Put the decision forward and let another approve it."""
    first.open(f"/competitions/{reference}/manage/decision")
    first.is_clean()
    first.press("Put the decision forward")
    first.sees("A second fund manager has to approve it.")
    second.open(f"/competitions/{reference}/manage/decision")
    second.press("Approve the decision")
    second.sees("The decision stands.")


def release(one: Visitor, reference: str) -> None:
    """Release the feedback with three weeks to complain."""
    one.open(f"/competitions/{reference}/manage/feedback")
    one.page.locator("[name=outliers]").fill("No score was far from the others.")
    one.date("complaints_until", "30 3 2027")
    one.press("Release to every applicant")
    one.sees("The feedback is released, and every applicant is told.")


def test_from_an_invitation_to_the_feedback(
    competition, after_the_deadline, fund_manager, second_manager, visitor, worker
):
    bid = submitted_bid(competition, title="Breathing at home")
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    for kind in ("clinical", "commercial", "lay"):
        assessor(types=[kind])
    frances, simon = visitor(fund_manager), visitor(second_manager)
    allocate(frances, competition.reference, worker)
    seat, other = bid.seats.select_related("assessor__user", "bid__competition").order_by("pk")[:2]
    asa = visitor(seat.assessor.user, script=False)
    score(asa, seat.pk, "10")
    actions.accept(seat=other, by=other.assessor.user, at=CLOSED)
    write(other, [6, 6])
    actions.submit_assessment(seat=other, by=other.assessor.user, at=CLOSED)
    discuss(frances, asa, seat)
    meeting = plan(frances, competition.reference, fund_manager, second_manager)
    for one in (frances, simon):
        declare(one, meeting)
    hold(frances, simon, meeting, bid)
    decide(frances, simon, competition.reference)
    release(frances, competition.reference)
    frances.clean_pages(
        f"/competitions/{competition.reference}/ranked",
        f"/competitions/{competition.reference}/bids/{bid.reference}/history",
        f"/competitions/{competition.reference}/manage/decision/change",
    )
    worker()
    ada = visitor(person(Role.APPLICANT, bid.lead, "Ada Applicant"))
    ada.open(f"/bids/{bid.reference}/feedback")
    ada.sees("It is convincing, and says how.")
    expect(ada.page.get_by_text(seat.assessor.user.full_name)).to_have_count(0)
    ada.follow("Complain, or read the answer to a complaint")
    ada.is_clean()
    ada.page.locator("[name=text]").fill("Nobody read the appendix.")
    ada.press("Send the complaint")
    ada.sees("We have your complaint.")
