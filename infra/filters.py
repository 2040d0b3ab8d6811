"""How pages write money, dates and numbers. Pure, but for the time zone of the United Kingdom."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from funds import money

UK = ZoneInfo("Europe/London")


def pounds(amount: int | Decimal | None) -> str:
    """Return whole pounds as £1,234; a sum with odd pence keeps them; nothing at all is a dash."""
    if amount is None:
        return "–"
    return money.pounds(int(amount * 100))


def pence(amount: int | None) -> str:
    """Return pence as £1,234.50, or £1,234 when there are no odd pence; nothing at all is a dash."""
    return "–" if amount is None else money.pounds(amount)


def percent(amount: Decimal | int | float | None) -> str:
    """Return a percentage without needless zeros, such as 70% or 62.5%; nothing at all is a dash."""
    return "–" if amount is None else f"{Decimal(str(amount)).normalize():f}%"


def uk_time(instant: dt.datetime | None) -> str:
    """Return an instant as the clock on a wall in the United Kingdom shows it: 2 February 2027, 12:00 GMT."""
    if instant is None:
        return "–"
    local = instant.astimezone(UK)
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def uk_seconds(instant: dt.datetime | None) -> str:
    """Return an instant to the second, as a deadline or the record needs it: 2 February 2027, 12:00:00 GMT."""
    if instant is None:
        return "–"
    local = instant.astimezone(UK)
    return f"{local.day} {local:%B %Y, %H:%M:%S %Z}"


def uk_clock(instant: dt.datetime) -> str:
    """Return the time of day of an instant in the United Kingdom: 12:00:00."""
    return f"{instant.astimezone(UK):%H:%M:%S}"


def uk_date(day: dt.date | dt.datetime | None) -> str:
    """Return a day as 2 February 2027; an instant counts as its day in the United Kingdom."""
    if day is None:
        return "–"
    if isinstance(day, dt.datetime):
        day = day.astimezone(UK)
    return f"{day.day} {day:%B %Y}"


def month_name(day: dt.date) -> str:
    """Return the month of a day as February 2027."""
    return f"{day:%B %Y}"


def iso_date(text: str) -> str:
    """Return a day that is kept as text, such as 2027-02-02, as people write it."""
    return uk_date(dt.date.fromisoformat(text))


def time_left(until: dt.datetime, now: dt.datetime) -> str:
    """Return how long it is until an instant: 6 days, or below two days the two largest units: 1 day 5 hours.

    The countdown in `app.js` says it in the same words.
    """
    seconds = max(0, int((until - now).total_seconds()))
    if seconds >= 2 * 86_400:
        return count(seconds // 86_400, "day")
    parts: list[str] = []
    rest = seconds
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        number, rest = divmod(rest, size)
        if number or parts or unit == "second":
            parts.append(count(number, unit))
    return " ".join(parts[:2])


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 bid, 3 bids, 2,000 bids."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


FILTERS = {
    "pounds": pounds,
    "pence": pence,
    "percent": percent,
    "uk_time": uk_time,
    "uk_seconds": uk_seconds,
    "uk_clock": uk_clock,
    "uk_date": uk_date,
    "iso_date": iso_date,
    "month_name": month_name,
    "count_of": count,
    "time_left": time_left,
}
