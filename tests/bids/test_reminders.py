"""Reminders go out at the hours promised, once, to those who can act; also after a pause and a moved deadline."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message, User
from accounts.states import OrganisationKind, Role
from bids import deadlines
from bids.models import Bid, Partner, TeamMember
from bids.reminders import remind
from bids.states import TeamRole
from funds.models import Competition
from tests import cast_bids
from tests.cast import NOW, organisation, person

NOON = dt.datetime(2027, 3, 3, 12, 0, tzinfo=dt.UTC)
YEARS = (dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def names(closes_at: dt.datetime, at: dt.datetime) -> str:
    found = deadlines.current(closes_at, at)
    return found.name if found else ""


@pytest.mark.parametrize(
    ("before", "name"),
    [
        (7 * DAY + dt.timedelta(microseconds=1), ""), (7 * DAY, "7d"), (2 * DAY + HOUR, "7d"), (2 * DAY, "2d"),
        (DAY, "1d"), (3 * HOUR + dt.timedelta(seconds=1), "1d"), (3 * HOUR, "3h"), (dt.timedelta(seconds=1), "3h"),
        (dt.timedelta(0), ""), (-DAY, ""),
    ],
)  # fmt: skip
def test_the_last_reminder_that_is_due_counts(before, name):
    assert names(NOON, NOON - before) == name


def test_days_are_counted_on_the_wall_clock_when_the_clocks_change():
    closes = dt.datetime(2027, 3, 29, 11, 0, tzinfo=dt.UTC)  # noon BST; the clocks went forward on the 28th
    assert deadlines.reminders(closes)[1].due_at == dt.datetime(2027, 3, 27, 12, 0, tzinfo=dt.UTC)  # noon GMT


@given(st.datetimes(*YEARS, timezones=st.just(dt.UTC)))
def test_reminders_come_in_order_and_before_the_deadline(closes_at):
    due = [r.due_at for r in deadlines.reminders(closes_at)]
    assert due == sorted(due)
    assert due[-1] < closes_at


@pytest.fixture
def closes(competition) -> dt.datetime:
    return competition.closes_at


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    return cast_bids.draft(competition, sme, applicant)


def written(template: str = "deadline") -> QuerySet[Message]:
    return Message.objects.filter(template=template).order_by("pk")


def told() -> list[str]:
    return [message.address for message in written()]


def test_each_reminder_is_said_once(bid, closes, applicant):
    for before in (7 * DAY, 6 * DAY, 2 * DAY, DAY, 5 * HOUR, 3 * HOUR, HOUR):
        remind(closes - before)
    assert told() == [applicant.email] * 4


def test_after_a_pause_people_are_told_once(bid, closes, applicant):
    assert [remind(closes - HOUR), remind(closes - HOUR)] == [1, 0]


def test_it_says_how_long_is_left_and_when_it_closes(bid, closes):
    remind(closes - 2 * DAY)
    message = written().get()
    assert message.subject == f"Bid {bid.reference} is not submitted: 2 days left"
    assert "28 February 2027, 12:00:00 GMT" in message.body
    assert message.path == f"/bids/{bid.reference}/"


def test_who_begins_late_is_not_told_of_a_day_that_has_passed(bid, closes):
    Bid.objects.update(created_at=closes - DAY - HOUR)
    assert [remind(closes - DAY - HOUR), remind(closes - DAY)] == [0, 1]


def test_submitted_and_withdrawn_bids_are_left_alone(competition, sme, applicant, closes):
    cast_bids.submitted(competition, sme, applicant)
    other = cast_bids.draft(competition, sme, applicant, "Another")
    Bid.objects.filter(pk=other.pk).update(state="withdrawn")
    assert remind(closes - DAY) == 0


def test_a_reopened_bid_hears_that_its_last_version_stands(competition, sme, applicant, closes):
    bid = cast_bids.submitted(competition, sme, applicant)
    Bid.objects.filter(pk=bid.pk).update(state="reopened")
    remind(closes - DAY)
    assert "version 1 stands" in written().get().body


def test_a_moved_deadline_has_reminders_of_its_own(bid, closes, monkeypatch):
    remind(closes - 3 * HOUR)
    moved = closes + 7 * DAY
    calls = list(Competition.objects.all())
    calls[0].closes_at = moved
    monkeypatch.setattr("funds.queries.open_now", lambda at: _Rows(calls))
    assert [remind(moved - 7 * DAY), remind(moved - 7 * DAY)] == [1, 0]


class _Rows(list):
    def order_by(self, *_: str) -> "_Rows":
        return self


def test_readers_and_people_who_left_are_not_told(bid, sme, applicant, closes):
    for role in (TeamRole.VIEWER, TeamRole.REMOVED):
        TeamMember.objects.create(bid=bid, user=person(Role.APPLICANT, sme), role=role, by=applicant, at=NOW)
    gone = person(Role.APPLICANT, sme)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    remind(closes - DAY)
    assert told() == [applicant.email]


@pytest.fixture
def partner(bid) -> Partner:
    university = organisation(OrganisationKind.UNIVERSITY, "Fictional University")
    return Partner.objects.create(bid=bid, organisation=university, size="non_business")


def test_an_incomplete_partner_and_the_lead_are_told_at_7_and_2_days(bid, partner, applicant, closes):
    theirs = person(Role.APPLICANT, partner.organisation)
    for before in (7 * DAY, 2 * DAY, DAY, 3 * HOUR):
        remind(closes - before)
    about = written("partner_incomplete").values_list("address", flat=True)
    assert sorted(about) == sorted([applicant.email, theirs.email] * 2)


def test_a_partner_without_people_is_the_leads_to_complete(bid, partner, closes):
    remind(closes - 2 * DAY)
    body = written("partner_incomplete").get().body
    assert "Still missing for Fictional University" in body
    assert "costs" in body
    assert "Nobody of Fictional University has an account" in body


def test_a_complete_partner_is_not_written_to(bid, partner, closes):
    Partner.objects.filter(pk=partner.pk).update(cost_pounds=1000, percent=100, grant_pounds=1000)
    remind(closes - 2 * DAY)
    assert not written("partner_incomplete").exists()


def test_earlier_aid_that_is_not_confirmed_is_missing(bid, closes):
    type(bid.competition.regime).objects.update(aid_limit=315_000, aid_currency="GBP")
    company = organisation(OrganisationKind.LARGE_COMPANY, "Fictional Devices plc")
    money = {"cost_pounds": 1000, "percent": 50, "grant_pounds": 500, "match_pounds": 500}
    Partner.objects.create(bid=bid, organisation=company, size="large", **money)
    remind(closes - 2 * DAY)
    body = written("partner_incomplete").get().body
    assert f"Still missing for Fictional Devices plc in bid {bid.reference}" in body
    assert "earlier aid, match funding." in body


def test_a_competition_that_is_not_open_reminds_nobody(bid, closes):
    assert remind(closes + HOUR) == 0


def test_the_number_of_queries_does_not_grow_with_bids(competition, sme, applicant, closes, bid, partner):
    counts = []
    for before in (7 * DAY, 2 * DAY):
        with CaptureQueriesContext(connection) as captured:
            remind(closes - before)
        counts.append(len(captured))
        for i in range(3):
            other = cast_bids.draft(competition, sme, applicant, f"Bid {i}")
            Partner.objects.create(bid=other, organisation=partner.organisation, size="non_business")
    assert counts[0] == counts[1]
