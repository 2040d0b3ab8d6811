"""Milestones are agreed on before the letter, fixed with it, and marked by the lead as they are reached."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.rules import Refused
from accounts.states import Role
from awards import actions, letter_content
from awards.actions import milestones
from awards.letters import document, words
from awards.models import Milestone
from tests.asking import get, post, text
from tests.cast import NOW, organisation, person
from tests.cast_awards import QUARTER_OVER, STARTED, issue, settle

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 5, 31)


def add(award, people, title="40 patients", due_on=DAY, by=None) -> Milestone:
    return milestones.add_milestone(award=award, title=title, due_on=due_on, by=by or people.applicant, at=NOW)


def reach(milestone, by, day=DAY, at=QUARTER_OVER):
    return milestones.reach_milestone(milestone=milestone, reached_on=day, note="Site log", by=by, at=at)


@pytest.fixture
def live(award, people, request):
    """A milestone of an award that is live."""
    made = add(award, people)
    request.getfixturevalue("live_award")
    return Milestone.objects.get(pk=made.pk)


@pytest.mark.parametrize(("title", "day"), [
    ("", DAY), ("x" * 201, DAY), ("nul\0", DAY), ("40 patients", DAY), ("Late", dt.date(2028, 3, 1)),
    ("Early", dt.date(2027, 2, 28)),
])  # fmt: skip
def test_what_does_not_fit_is_refused(title, day, award, people):
    add(award, people)
    with pytest.raises(Refused):
        add(award, people, title, day)


def test_only_the_lead_adds_and_removes(award, people):
    stranger = person(Role.APPLICANT, organisation())
    with pytest.raises(Refused, match="Only somebody who acts for this organisation"):
        add(award, people, by=stranger)
    made = add(award, people)
    with pytest.raises(Refused):
        milestones.remove_milestone(milestone=made, by=stranger, at=NOW)
    milestones.remove_milestone(milestone=made, by=people.applicant, at=NOW)
    assert not Milestone.objects.exists()


def test_they_are_fixed_with_the_letter_in_the_database_too(award, people):
    made = add(award, people)
    issue(settle(award, people), people)
    for deed in (lambda: add(award, people, "Another"), lambda: remove(made, people)):
        with pytest.raises(Refused, match="its milestones are fixed"):
            deed()
    with pytest.raises(IntegrityError, match="milestones are fixed"), transaction.atomic(), connection.cursor() as c:
        c.execute("UPDATE awards_milestone SET due_on = due_on + 1")


def remove(milestone, people):
    milestones.remove_milestone(milestone=milestone, by=people.applicant, at=NOW)


def test_the_lead_says_once_that_one_is_reached(live, people):
    reach(live, people.applicant)
    with pytest.raises(Refused, match="said before"):
        reach(live, people.applicant)


@pytest.mark.parametrize("day", [dt.date(2027, 2, 28), QUARTER_OVER.date() + dt.timedelta(days=1)])
def test_no_day_before_the_start_or_to_come(day, live, people):
    with pytest.raises(Refused, match="Give a day from 1 March 2027 to today"):
        reach(live, people.applicant, day)


def test_nothing_is_reached_before_the_project_runs(award, people):
    with pytest.raises(Refused, match="reached while live"):
        reach(add(award, people), people.applicant, at=STARTED)


def test_the_pages_lead_from_the_first_word_to_the_last(award, people, request, clock):
    page = award.reference
    day = {"due_on_day": "31", "due_on_month": "5", "due_on_year": "2027"}
    post(people.applicant, "milestones", page, title="40 patients", **day)
    (made,) = award.milestones.all()
    request.getfixturevalue("live_award")
    clock(QUARTER_OVER)
    assert "Overdue" in text(get(people.monitoring_officer, "milestones", page))
    day = {"reached_on_day": "31", "reached_on_month": "5", "reached_on_year": "2027"}
    post(people.applicant, "milestone_reach", page, made.pk, note="Site log", **day)
    assert "Site log" in text(get(people.monitoring_officer, "milestones", page))


def test_officials_read_and_change_nothing(award, people):
    made = add(award, people)
    assert post(people.fund_manager, "milestone_remove", award.reference, made.pk).status_code == 403


def data_of(award) -> dict:
    return award.letter_requests.order_by("number").last().data


def test_they_stand_in_the_letter_and_its_data(award, people):
    add(award, people, "Report <b>sent</b>", dt.date(2027, 12, 31))
    add(award, people)
    data = data_of(issue(settle(award, people), people))
    assert data["milestones"] == [
        {"title": "40 patients", "due_on": "2027-05-31"}, {"title": "Report <b>sent</b>", "due_on": "2027-12-31"},
    ]  # fmt: skip
    page = document.html(words.printable(data)).replace("\xa0", " ")
    assert "<li>40 patients, by 31 May 2027</li>" in page
    assert "Report &lt;b&gt;sent&lt;/b&gt;, by 31 December 2027" in page


def test_a_letter_without_any_says_nothing_of_them(issued_award):
    assert "milestones" not in data_of(issued_award)
    assert "Milestones" not in document.html(words.printable(data_of(issued_award)))


def test_who_issues_the_letter_reads_them_first(award, people):
    add(award, people)
    settled = settle(award, people)
    actions.propose_letter(award=settled, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    assert "40 patients, by 31 May 2027" in text(get(people.second_manager, "letter_issue", settled.reference))


def test_one_that_is_added_meanwhile_voids_what_was_put_forward(settled_award, people):
    facts = {"role": Role.FUND_MANAGER, "at": NOW}
    actions.propose_letter(award=settled_award, by=people.fund_manager, **facts)
    add(settled_award, people)
    with pytest.raises(Refused, match="has changed since it was put forward"):
        actions.issue_letter(award=settled_award, by=people.second_manager, **facts)


def test_they_never_ask_for_another_letter(live):
    letters = list(live.award.letter_requests.all())
    assert letter_content.due_again(live.award, letters) == ""
    del letters[-1].data["milestones"]
    assert letter_content.due_again(live.award, letters) == ""
