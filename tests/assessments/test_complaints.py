"""Complaints: within the window, by who works on the bid, answered once, and told to both sides."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from assessments import actions
from assessments.models import Complaint
from audit.models import Event
from tests.asking import get, text
from tests.cast import person
from tests.cast_assessments import STAFF, as_web_role, assessed, submitted_bid
from tests.cast_panel import decided

pytestmark = pytest.mark.django_db
AT = STAFF["at"]
UNTIL = AT.date() + dt.timedelta(days=20)


@pytest.fixture
def bid(assessment, fund_manager, second_manager):
    """A bid whose feedback is released, with 20 days to complain."""
    found = submitted_bid(assessment)
    assessed(found, [9, 9], fund_manager)
    actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    decided(assessment, {found.reference: "successful"}, fund_manager, second_manager)
    facts = {"outliers": "There were none.", "complaints_until": UNTIL, "by": fund_manager, **STAFF}
    actions.release_feedback(competition=assessment, **facts)
    return found


@pytest.fixture
def lead(bid):
    return person(Role.APPLICANT, bid.lead)


def complain(bid, by, said="Nobody read the appendix.", at=AT) -> Complaint:
    return actions.complain(bid=bid, text=said, by=by, at=at)


def answer(complaint, by, said="We read it again.", role=Role.FUND_MANAGER) -> Complaint:
    return actions.answer_complaint(complaint=complaint, answer=said, is_upheld=False, by=by, role=role, at=AT)


def test_both_sides_are_told(bid, lead):
    complain(bid, lead)
    told = Message.objects.filter(template__startswith="complaint").order_by("template")
    assert [m.address for m in told] == [bid.competition.responsible_officer.email, lead.email]


@pytest.mark.parametrize("days", [-40, 21])
def test_complaints_are_taken_within_the_window(bid, lead, days):
    with pytest.raises(Refused, match=r"Complaints (are|were) taken"):
        complain(bid, lead, at=AT + dt.timedelta(days=days))


def test_no_complaint_after_the_window_by_sql(bid, lead):
    with pytest.raises(DatabaseError, match="to their last day"), transaction.atomic():
        as_web_role(
            "INSERT INTO assessments_complaint (bid_id, by_id, text, at, state, answer) VALUES (%s, %s, 'x', %s,"
            " 'open', '')",
            bid.pk, lead.pk, AT + dt.timedelta(days=30),
        )  # fmt: skip


def test_only_who_works_on_the_bid_complains(bid, applicant):
    with pytest.raises(Refused, match="Only who works on the bid"):
        complain(bid, applicant)


@pytest.mark.parametrize("said", ["", " ", "word " * 501, "a\0b"])
def test_a_complaint_says_something_that_can_be_kept(bid, lead, said):
    with pytest.raises(Refused):
        complain(bid, lead, said)


def test_one_complaint_waits_at_a_time(bid, lead):
    complain(bid, lead)
    with pytest.raises(Refused, match="waits for its answer"):
        complain(bid, lead, "And again.")


def test_an_answer_reaches_the_applicant_and_stands(bid, lead, fund_manager, clock):
    made = answer(complain(bid, lead), fund_manager)
    clock(AT)
    assert "We read it again." in text(get(lead, "bid_complaints", bid.reference))
    assert Message.objects.filter(template="complaint_answered", to=lead).count() == 1
    with pytest.raises(Refused, match="answered already"):
        answer(made, fund_manager, "Another.")
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        as_web_role("UPDATE assessments_complaint SET text = 'x'")


def test_only_a_fund_manager_answers(bid, lead, finance_officer):
    with pytest.raises(Refused, match="Only a fund manager"):
        answer(complain(bid, lead), finance_officer, role=Role.FINANCE_OFFICER)


def test_the_record_holds_no_words_of_it(bid, lead):
    complain(bid, lead, "A secret word: heliotrope.")
    assert Event.objects.filter(verb="complaint.made").count() == 1
    assert not Event.objects.filter(changes__icontains="heliotrope").exists()


@pytest.mark.parametrize("form", ["page", "file"])
def test_how_a_bid_was_decided_is_one_page_and_one_file(bid, auditor, form):
    name = {"page": "bid_history", "file": "bid_history_csv"}[form]
    answer_ = get(auditor, name, bid.competition.reference, bid.reference)
    shown = text(answer_) if form == "page" else answer_.getvalue().decode()
    seat = bid.seats.get()
    verbs = ("submitted", "voted", "agreed", "decided") if form == "page" else (
        "bid.submitted", "assessment.submitted", "panel.declared", "panel.minutes_agreed", "bid.decided",
    )  # fmt: skip
    assert [word for word in (str(seat.assessor.user), *verbs[:1], *verbs[2:]) if word not in shown] == []
