"""Financial years (1 April to 31 March) and the months of a project. Pure."""

import datetime as dt

from dateutil.relativedelta import relativedelta


def financial_year(day: dt.date) -> str:
    """Return the financial year of a day, such as 2026-27."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def first_day_of_years(day: dt.date, count: int) -> dt.date:
    """Return the first day of the financial year that began `count` − 1 years before the one of a day."""
    first = day.year if day.month >= 4 else day.year - 1
    return dt.date(first - count + 1, 4, 1)


def months_from(start: dt.date, count: int) -> list[dt.date]:
    """Return the first days of `count` months, the first being `start` (itself the first of a month)."""
    return [start + relativedelta(months=i) for i in range(count)]


def end_of_project(start: dt.date, months: int) -> dt.date:
    """Return the last day of a project that starts on the first of a month."""
    return start + relativedelta(months=months, days=-1)


def quarter_of_project(start: dt.date, number: int, end: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the `number`-th three-month claim period (1, 2, …), cut at the project's end."""
    first = start + relativedelta(months=3 * (number - 1))
    return first, min(end, first + relativedelta(months=3, days=-1))
