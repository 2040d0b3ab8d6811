"""What waits for a second person is told where an official begins."""

import datetime as dt
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.states import Role
from funds import actions
from funds.models import Competition
from funds.second_person import waiting_for
from tests.asking import get
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def who(fund_manager) -> dict:
    return {"by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}


def told(user) -> list[tuple[str, str, bool]]:
    return [(one.what, one.path, one.is_own) for one in waiting_for(user)]


def test_money_for_a_competition_waits_until_it_is_approved(competition, second_manager, who):
    actions.propose_allocation(competition=competition, pence=500_00, reason="More", **who)
    path = f"/competitions/{competition.reference}/setup/money"
    assert told(second_manager) == [(f"£500 for {competition.title}", path, False)]
    actions.approve_allocation(competition=competition, **who | {"by": second_manager})
    assert told(second_manager) == []


def test_a_later_deadline_waits(competition, second_manager, who):
    later = competition.closes_at + dt.timedelta(days=1)
    actions.propose_deadline(competition=competition, closes_at=later, reason="Holidays", **who)
    path = f"/competitions/{competition.reference}/deadline"
    assert told(second_manager) == [(f"A later deadline of {competition.title}", path, False)]


def test_a_change_of_an_envelope_waits_and_its_maker_sees_that_it_is_theirs(stream, fund_manager, who):
    proposal = actions.propose_appropriation(stream=stream, year="2026-27", pence=100_00, reason="Budget", **who)
    path = f"/streams/{stream.code}/changes/{proposal.pk}"
    assert told(fund_manager) == [(f"£100 more for {stream.title} in 2026-27", path, True)]


def test_a_competition_waits_until_it_is_changed(draft_competition, second_manager, who):
    money = {"competition": draft_competition, "role": Role.FUND_MANAGER, "at": NOW}
    actions.propose_allocation(pence=100_00, reason="Pot", by=who["by"], **money)
    actions.approve_allocation(by=second_manager, **money)
    actions.propose_publication(competition=draft_competition, **who)
    path = f"/competitions/{draft_competition.reference}/publish"
    assert told(second_manager) == [(f"Publishing {draft_competition.title}", path, False)]
    Competition.objects.filter(pk=draft_competition.pk).update(title="Another title")
    assert told(second_manager) == []


def test_the_page_on_which_a_fund_manager_begins_says_what_waits(competition, second_manager, who):
    actions.propose_allocation(competition=competition, pence=500_00, reason="More", **who)
    page = unescape(get(second_manager, "dashboard").content.decode())
    assert f"£500 for {competition.title}" in page
    assert f"Put forward by {who['by']}" in page


@pytest.mark.parametrize("reader", ["auditor", "finance_officer", "applicant"])
def test_people_who_cannot_decide_are_told_nothing(competition, who, reader, request):
    actions.propose_allocation(competition=competition, pence=500_00, reason="More", **who)
    assert told(request.getfixturevalue(reader)) == []


def test_more_that_waits_takes_no_more_queries(stream, competition, second_manager, who):
    def queries() -> int:
        reader = User.objects.get(pk=second_manager.pk)
        with CaptureQueriesContext(connection) as asked:
            waiting_for(reader)
        return len(asked)

    actions.propose_allocation(competition=competition, pence=500_00, reason="More", **who)
    once = queries()
    for year in ("2026-27", "2027-28"):
        actions.propose_appropriation(stream=stream, year=year, pence=100_00, reason="Budget", **who)
    assert queries() == once
