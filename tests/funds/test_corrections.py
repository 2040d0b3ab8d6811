"""A published competition changes where nobody is harmed: in public, on the record, and told to bidders."""

import datetime as dt

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from bids import actions as bids
from funds import actions
from funds.actions.corrections import DAYS
from funds.models import Change, Competition, Question
from tests.cast import NOW
from tests.cast_bids import draft

pytestmark = pytest.mark.django_db
PANEL = dt.date(2027, 4, 1)


@pytest.fixture
def facts(competition, fund_manager) -> dict:
    """What deeds on the published competition take."""
    return {"competition": competition, "by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}


def plan(competition, **new) -> dict:
    names = (*DAYS, "responsible_officer")
    return {name: getattr(Competition.objects.get(pk=competition.pk), name) for name in names} | new


def question(competition) -> Question:
    return competition.questions.get(slug="question-1")


def test_a_date_that_follows_is_corrected_with_both_digests(competition, facts):
    change = actions.correct_plan(fields=plan(competition, panel_on=PANEL), reason="Room free.", **facts)
    assert (change.what, change.reason) == ("The panel’s meeting is 1 April 2027.", "Room free.")
    assert len({change.before_sha256, change.after_sha256, ""}) == 3
    event = Event.objects.get(verb="competition.corrected")
    assert event.changes["content"] == [change.before_sha256, change.after_sha256]
    assert event.changes["panel_on"] == [None, "2027-04-01"]


def test_the_officer_is_named_anew(competition, facts, second_manager):
    fields = plan(competition, responsible_officer=second_manager)
    assert actions.correct_plan(fields=fields, reason="Leave.", **facts).what == (
        "The responsible officer is now Simon Second."
    )


def test_nothing_new_is_nothing_done(competition, facts):
    asked = question(competition)
    same = {"question": asked, "word_limit": asked.word_limit, "guidance": asked.guidance, "reason": "None"}
    assert actions.correct_plan(fields=plan(competition), reason="None", **facts) is None
    assert actions.correct_question(**same, **facts) is None
    assert Change.objects.count() == 0


def test_dates_still_follow_one_another(competition, facts):
    with pytest.raises(Refused, match="must not be before the deadline"):
        actions.correct_plan(fields=plan(competition, assess_by=NOW.date()), reason="Sooner", **facts)


@pytest.mark.parametrize("call_terms", [{"start_by": dt.date(2027, 9, 1)}])
@pytest.mark.parametrize("day", [dt.date(2027, 8, 31), None])
def test_projects_are_not_made_to_start_earlier(competition, facts, day):
    with pytest.raises(Refused, match="start earlier"):
        actions.correct_plan(fields=plan(competition, start_by=day), reason="Sooner", **facts)


def test_answers_may_become_longer(competition, facts):
    change = actions.correct_question(
        question=question(competition), word_limit=500, guidance="Cover X.", reason="Too short.", **facts
    )
    assert change.what == (
        "Answers to “Question 1” may have 500 words (it was 400). The guidance to “Question 1” is clearer."
    )
    assert question(competition).word_limit == 500


def test_answers_do_not_become_shorter(competition, facts):
    with pytest.raises(Refused, match="can only rise"):
        actions.correct_question(question=question(competition), word_limit=399, guidance="", reason="Long.", **facts)


@pytest.mark.parametrize("text", ["", "  ", "x" * 5_001])
def test_a_reason_and_a_note_are_needed(competition, facts, text):
    with pytest.raises(Refused, match="Write the reason"):
        actions.correct_plan(fields=plan(competition, panel_on=PANEL), reason=text, **facts)
    with pytest.raises(Refused, match="Write the note"):
        actions.clarify(note=text, **facts)
    assert (Change.objects.count(), Competition.objects.get().panel_on) == (0, None)


def test_a_draft_is_not_corrected(draft_competition, fund_manager):
    facts = {"competition": draft_competition, "by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}
    with pytest.raises(Refused, match="not published yet"):
        actions.clarify(note="Hello", **facts)


def test_everybody_with_a_bid_is_told_once(competition, facts, sme, applicant, run_jobs):
    draft(competition, sme, applicant)
    draft(competition, sme, applicant, "Another")
    actions.clarify(note="Charities may be partners.", **facts)
    run_jobs()
    run_jobs()
    told = Message.objects.get(template="competition_changed")
    assert (told.to, "Charities may be partners." in told.body) == (applicant, True)


def test_who_has_withdrawn_is_not_told(competition, facts, sme, applicant, run_jobs):
    bids.withdraw(bid=draft(competition, sme, applicant), by=applicant, at=NOW)
    actions.clarify(note="Charities may be partners.", **facts)
    run_jobs()
    assert not Message.objects.filter(template="competition_changed").exists()


@pytest.fixture
def run_jobs():
    """Return a function that does what the worker would do for `funds.tell_bidders` now."""

    def run() -> None:
        for job in ProcrastinateJob.objects.filter(task_name="funds.tell_bidders"):
            app.tasks["funds.tell_bidders"].func(**job.args)

    return run
