"""What clocks in the United Kingdom show, and when."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from funds.instants import LONDON, suggested, uk_day, uk_instant, uk_words

SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2027, 10, 31)


@pytest.mark.parametrize(
    ("day", "hour"), [(dt.date(2027, 2, 2), 12), (dt.date(2027, 7, 1), 11), (SPRING, 11), (AUTUMN, 12)]
)
def test_noon_in_the_united_kingdom_is_an_hour_earlier_in_utc_in_summer(day, hour):
    assert uk_instant(day, dt.time(12)) == dt.datetime(day.year, day.month, day.day, hour, tzinfo=dt.UTC)


def test_a_time_that_the_clocks_jump_over_is_refused():
    with pytest.raises(Refused, match="there is no 01:30"):
        uk_instant(SPRING, dt.time(1, 30))


def test_a_time_that_comes_twice_is_refused():
    with pytest.raises(Refused, match="01:30 comes twice"):
        uk_instant(AUTUMN, dt.time(1, 30))


@given(st.dates(dt.date(2017, 1, 1), dt.date(2060, 1, 1)), st.times())
def test_every_instant_that_is_taken_shows_the_day_and_time_that_were_typed(day, time):
    try:
        found = uk_instant(day, time)
    except Refused:
        return
    assert found.astimezone(LONDON).replace(tzinfo=None) == dt.datetime.combine(day, time)


def test_a_day_is_that_of_the_united_kingdom():
    assert uk_day(dt.datetime(2027, 7, 1, 23, 30, tzinfo=dt.UTC)) == dt.date(2027, 7, 2)


def test_an_instant_is_written_with_its_zone():
    assert uk_words(dt.datetime(2027, 7, 1, 11, 0, tzinfo=dt.UTC)) == "1 July 2027, 12:00 BST"


@given(st.dates(dt.date(2020, 1, 1), dt.date(2060, 1, 1)), st.times(timezones=st.just(dt.UTC)))
def test_suggested_dates_are_a_monday_morning_and_a_noon_later(day, time):
    at = dt.datetime.combine(day, time)
    opens, closes = (instant.astimezone(LONDON) for instant in suggested(at))
    assert (opens.weekday(), opens.hour, closes.hour) == (0, 9, 12)
    assert at < opens < closes
