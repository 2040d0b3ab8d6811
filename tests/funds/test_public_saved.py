"""Saved competitions: who saves one hears when it opens, moves, or closes in a week without a bid of theirs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Message
from accounts.states import Role
from bids.savers import tell_savers
from funds import queries
from funds.actions.saving import save_competition, unsave_competition
from funds.models import Competition, SavedCompetition
from tests.asking import get, post, text, told
from tests.cast import NOW, person
from tests.cast_bids import draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)
REF = "DHTC-T-1"


@pytest.fixture
def saver(sme):
    return person(Role.ASSESSOR, sme, "Sally Saver")


def saved(competition, user, at=NOW) -> SavedCompetition:
    return save_competition(competition=competition, by=user, at=at)


def written(user) -> list[str]:
    return list(Message.objects.filter(to=user, template__startswith="saved_").values_list("template", flat=True))


def moved(competition, closes_at: dt.datetime) -> None:
    """Let everybody have heard of another deadline than the one that stands."""
    SavedCompetition.objects.filter(competition=competition).update(closes_at=closes_at)


def test_saving_twice_saves_once(competition, saver):
    assert saved(competition, saver) == saved(competition, saver)


def test_a_button_saves_and_another_lets_go(competition, saver):
    assert "write to you" in told(post(saver, "competition_save", REF))[0]
    assert "Remove from saved" in text(get(saver, "competition", REF))
    assert post(saver, "competition_unsave", REF, back="dashboard").headers["Location"] == "/dashboard/"
    assert SavedCompetition.objects.count() == 0


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(competition):
    assert b"/accounts/sign-in/?next=/competitions/DHTC-T-1/" in get(None, "competition", REF).content


def test_saved_ones_are_listed_the_next_deadline_first(another, saver, competition):
    sooner = another(2, closes_at=NOW + DAY)
    for one in (competition, sooner):
        saved(one, saver)
    assert [row.competition.pk for row in queries.saved_by(saver)] == [sooner.pk, competition.pk]


def test_letting_go_of_what_was_never_saved_changes_nothing(competition, saver):
    unsave_competition(competition=competition, by=saver)
    assert SavedCompetition.objects.count() == 0


def test_an_opening_is_told_once_to_who_saved_before_it(another, saver, applicant):
    coming = another(2, opens_at=NOW + DAY)
    saved(coming, saver)
    saved(coming, applicant, at=NOW + 2 * DAY)
    said = [tell_savers(at) for at in (NOW, NOW + DAY, NOW + DAY, NOW + 2 * DAY)]
    assert (said, written(saver), written(applicant)) == ([0, 1, 0, 0], ["saved_opened"], [])


def test_an_opening_is_told_after_some_days_without_a_worker_but_not_after_weeks(another, saver):
    saved(another(2, opens_at=NOW + DAY, closes_at=NOW + 90 * DAY), saver)
    assert [tell_savers(NOW + DAY * days) for days in (9, 5)] == [0, 1]


def test_a_moved_deadline_is_told_once_with_both_deadlines(competition, saver):
    saved(competition, saver)
    moved(competition, NOW + 20 * DAY)
    assert [tell_savers(NOW), tell_savers(NOW)] == [1, 0]
    body = Message.objects.get(to=saver).body
    assert "It was 22 February 2027, 12:00:00 GMT. It is now 28 February 2027, 12:00:00 GMT." in body


@pytest.mark.parametrize(("days", "said"), [(8, []), (7, ["saved_closing"]), (0, ["saved_closing"]), (-1, [])])
def test_the_last_week_is_told_to_who_has_not_begun(days, said, competition, saver):
    saved(competition, saver)
    tell_savers(competition.closes_at - days * DAY)
    assert written(saver) == said


def test_whose_organisation_has_begun_a_bid_is_left_in_peace(competition, sme, applicant):
    saved(competition, applicant)
    draft(competition, sme, applicant)
    assert tell_savers(competition.closes_at - DAY) == 0


def test_who_saves_in_the_last_week_knows_the_deadline(competition, saver):
    saved(competition, saver, at=competition.closes_at - 6 * DAY)
    assert tell_savers(competition.closes_at - 5 * DAY) == 0


def test_nothing_is_said_about_what_is_no_longer_open(competition, saver):
    saved(competition, saver)
    moved(competition, NOW)
    Competition.objects.filter(pk=competition.pk).update(state="in_assessment")
    assert tell_savers(competition.closes_at - DAY) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_asks_the_same_number_of_queries_however_many_have_saved(count, competition, sme):
    for _ in range(count):
        saved(competition, person(Role.ASSESSOR, sme))
    moved(competition, NOW)
    with CaptureQueriesContext(connection) as asked:
        assert tell_savers(competition.closes_at - DAY) == 2 * count
    assert len(asked) == 18
