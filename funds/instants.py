"""Instants that officials type as a day and a time of the United Kingdom. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

from accounts.rules import Refused

LONDON = ZoneInfo("Europe/London")


def uk_instant(day: dt.date, time: dt.time) -> dt.datetime:
    """Return the instant, in UTC, at which clocks in the United Kingdom show a day and a time.

    Raises:
        Refused: the clocks go forward past that time, or show it twice because they go back.
    """
    first = dt.datetime.combine(day, time, LONDON)
    second = first.replace(fold=1)
    if first.astimezone(dt.UTC).astimezone(LONDON).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise Refused(f"The clocks go forward on {day:%-d %B %Y}, so there is no {time:%H:%M}. Choose another time.")
    if first.utcoffset() != second.utcoffset():
        raise Refused(f"The clocks go back on {day:%-d %B %Y}, so {time:%H:%M} comes twice. Choose another time.")
    return first.astimezone(dt.UTC)


def uk_day(at: dt.datetime) -> dt.date:
    """Return the day of an instant in the United Kingdom."""
    return at.astimezone(LONDON).date()


def uk_words(at: dt.datetime) -> str:
    """Return an instant as people in the United Kingdom read it: 2 February 2027, 12:00 GMT."""
    return f"{at.astimezone(LONDON):%-d %B %Y, %H:%M %Z}"


def suggested(at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return when a new competition may open and close: a Monday at 9:00 in four weeks, noon ten weeks later."""
    monday = uk_day(at) + dt.timedelta(days=28 + (-uk_day(at).weekday()) % 7)
    return uk_instant(monday, dt.time(9)), uk_instant(monday + dt.timedelta(weeks=10, days=2), dt.time(12))
