"""Competitions are published, changed and prolonged by several officials at once."""

import datetime as dt
from functools import partial

import pytest

from accounts.states import Role
from funds import actions
from funds.models import Approval, Change, Competition, Question
from funds.parts import Part
from tests.cast import NOW, person
from tests.races.racing import at_once, refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(days=30)


@pytest.fixture
def facts(draft_competition, fund_manager, second_manager) -> dict:
    """What deeds on the draft take; it has its money and is put forward."""
    facts = {"competition": draft_competition, "role": Role.FUND_MANAGER, "at": NOW}
    actions.propose_allocation(pence=50_000_000, reason="Round 1", by=fund_manager, **facts)
    actions.approve_allocation(by=second_manager, **facts)
    actions.propose_publication(by=fund_manager, **facts)
    return facts


def test_two_managers_who_publish_at_once_publish_once(facts, department):
    managers = [person(Role.FUND_MANAGER, department) for _ in range(4)]
    answers = at_once([partial(actions.publish, by=manager, **facts) for manager in managers])
    assert (len(refused(answers)), Approval.objects.filter(proposal__kind="competition").count()) == (3, 1)


def test_an_edit_while_it_is_published_is_either_read_or_refused(facts, fund_manager, second_manager):
    question = facts["competition"].questions.get(slug="question-1")
    row = {"part": Part.QUESTIONS, "key": question.pk, "fields": {"weight": 9}, "by": fund_manager, **facts}
    at_once([partial(actions.save_row, **row), partial(actions.publish, by=second_manager, **facts)])
    weight = Question.objects.get(pk=question.pk).weight
    assert (Competition.objects.get().state, weight) in {("published", 1), ("draft", 9)}


def test_publishing_and_sending_back_at_once_does_one_of_them(facts, second_manager, department):
    third = person(Role.FUND_MANAGER, department)
    at_once([
        partial(actions.publish, by=second_manager, **facts),
        partial(actions.send_publication_back, by=third, reason="Wait.", **facts),
    ])  # fmt: skip
    proposal = Approval.objects.filter(proposal__kind="competition").first()
    assert (Competition.objects.get().state == "published") == bool(proposal)


def test_two_managers_who_move_the_deadline_at_once_move_it_once(competition, fund_manager, department):
    facts = {"competition": competition, "role": Role.FUND_MANAGER, "at": NOW}
    proposal = actions.propose_deadline(closes_at=LATER, reason="Snow.", by=fund_manager, **facts)
    managers = [person(Role.FUND_MANAGER, department) for _ in range(4)]
    move = {"sha256": proposal.content_sha256, **facts}
    answers = at_once([partial(actions.approve_deadline, by=manager, **move) for manager in managers])
    assert (len(refused(answers)), Change.objects.count(), Competition.objects.get().closes_at) == (3, 1, LATER)


def test_two_questions_that_are_added_at_once_stand_one_after_the_other(facts, fund_manager):
    asked = {"heading": "New", "text": "?", "guidance": "", "word_limit": 9, "takes_appendix": False,
             "is_scored": True, "weight": 1, "bands": []}  # fmt: skip
    row = {"part": Part.QUESTIONS, "key": None, "fields": asked, "by": fund_manager, **facts}
    at_once([partial(actions.save_row, **row)] * 3)
    made = Question.objects.filter(heading="New").order_by("position")
    assert list(made.values_list("slug", "position")) == [("new", 4), ("new-2", 5), ("new-3", 6)]
