"""An interview, for the pages."""

import datetime as dt

import pytest

from assessments.actions.interviewing import open_interview
from assessments.actions.interviews import add_slots, invite_to_interview, name_interviewer, plan_interviews
from assessments.models import Interview, InterviewSheet
from tests.cast_assessments import CLOSED, STAFF


@pytest.fixture
def call_terms() -> dict:
    """The competition of the pages interviews the best."""
    return {"has_interview": True}


@pytest.fixture
def shown_interview(shown_seat, asa, fund_manager) -> Interview:
    """An interview of the bid of Asa's seat, on whose panel Asa sits."""
    facts = {"by": fund_manager, **STAFF}
    criteria = [("Team", "Do they know the NHS?"), ("Plan", "")]
    plan = plan_interviews(competition=shown_seat.bid.competition, weight_percent=20, criteria=criteria, **facts)
    name_interviewer(plan=plan, assessor=asa, **facts)
    first, _ = add_slots(
        plan=plan, starts_at=CLOSED + dt.timedelta(days=7), minutes=30, pause=10, number=2, place="Room 1", link="",
        **facts,
    )  # fmt: skip
    return invite_to_interview(bid=shown_seat.bid, slot=first, **facts)


@pytest.fixture
def shown_interview_sheet(shown_interview, asa) -> InterviewSheet:
    """Asa's sheet of that interview, on which nothing is written yet."""
    return open_interview(interview=shown_interview, by=asa.user, at=CLOSED)
