"""How many bids of a competition each assessor takes: by profile, for that competition, and when they are away."""

import datetime as dt

import pytest

from accounts.models import User
from accounts.rules import Refused
from assessments import actions, queries
from assessments.availability import is_away_throughout, window
from assessments.models import Absence, CompetitionCapacity
from tests.cast_assessments import CLOSED, STAFF, assessor

D = dt.date
MAY = (D(2027, 5, 1), D(2027, 5, 31))


@pytest.mark.parametrize(
    ("absences", "away"),
    [
        ([], False),
        ([MAY], True),
        ([(D(2027, 4, 1), D(2027, 6, 30))], True),
        ([(D(2027, 5, 2), D(2027, 5, 31))], False),
        ([(D(2027, 5, 1), D(2027, 5, 30))], False),
        ([(D(2027, 5, 16), D(2027, 5, 31)), (D(2027, 5, 1), D(2027, 5, 15))], True),
        ([(D(2027, 5, 17), D(2027, 5, 31)), (D(2027, 5, 1), D(2027, 5, 15))], False),
        ([(D(2027, 5, 1), D(2027, 5, 31)), (D(2027, 5, 2), D(2027, 5, 3))], True),
    ],
)
def test_away_throughout_means_on_every_day(absences, away):
    assert is_away_throughout(absences, MAY) is away


@pytest.mark.parametrize(
    ("today", "days"),
    [(None, MAY), (D(2027, 5, 20), (D(2027, 5, 20), D(2027, 5, 31))), (D(2027, 7, 1), (D(2027, 7, 1), D(2027, 7, 1)))],
)
def test_the_assessment_lasts_from_the_close_to_its_last_day(today, days):
    assert window(*MAY, today=today) == days


@pytest.fixture
def call_terms() -> dict:
    """Scores are due by 31 March; bids close on 28 February."""
    return {"assess_by": D(2027, 3, 31)}


@pytest.mark.django_db
def test_what_is_set_for_a_competition_goes_before_the_profile(competition):
    usual, other = assessor(capacity=8), assessor(capacity=8)
    CompetitionCapacity.objects.create(assessor=other, competition=competition, bids=2)
    assert queries.capacities(competition) == {usual.pk: 8, other.pk: 2}


@pytest.mark.django_db
def test_who_cannot_assess_takes_none(competition):
    away, idle, gone, back = (assessor() for _ in range(4))
    Absence.objects.create(assessor=away, first_on=D(2027, 2, 1), last_on=D(2027, 3, 31))
    Absence.objects.create(assessor=back, first_on=D(2027, 2, 1), last_on=D(2027, 3, 30))
    CompetitionCapacity.objects.create(assessor=idle, competition=competition, bids=5)
    type(idle).objects.filter(pk=idle.pk).update(is_available=False)
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert queries.capacities(competition) == {away.pk: 0, idle.pk: 0, gone.pk: 0, back.pk: 8}


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3])
def test_capacities_take_four_queries(competition, size, django_assert_num_queries):
    for _ in range(size):
        assessor()
    with django_assert_num_queries(4):
        assert len(queries.capacities(competition)) == size


@pytest.mark.django_db
def test_who_is_away_till_the_end_is_not_invited(bid, assessment, fund_manager):
    who = assessor()
    Absence.objects.create(assessor=who, first_on=CLOSED.date(), last_on=D(2027, 4, 30))
    with pytest.raises(Refused, match="is away while it is assessed"):
        actions.invite(bid=bid, assessor=who, by=fund_manager, **STAFF)
