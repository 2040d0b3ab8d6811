"""When people are reminded of a deadline. Pure, but for the time zone of the United Kingdom.

Days are counted on the clock on the wall, so that a reminder of a noon deadline goes out at noon on both sides of a
change of the clocks; hours are hours.
"""

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


class Reminder(NamedTuple):
    """A reminder by its name, such as 7d, and when it is due (UTC)."""

    name: str
    due_at: dt.datetime


def reminders(closes_at: dt.datetime) -> list[Reminder]:
    """Return the reminders of a deadline in order: 7, 2 and 1 days and 3 hours before."""
    closes = closes_at.astimezone(UK)
    days = [Reminder(f"{n}d", (closes - dt.timedelta(days=n)).astimezone(dt.UTC)) for n in (7, 2, 1)]
    return [*days, Reminder("3h", closes_at.astimezone(dt.UTC) - dt.timedelta(hours=3))]


def current(closes_at: dt.datetime, at: dt.datetime, *names: str) -> Reminder | None:
    """Return the last reminder that is due at an instant; None before the first, and at and after the deadline.

    After a pause only the last one counts: nobody is told twice at once.

    Args:
        names: the reminders that count; all when none is named.
    """
    due = [r for r in reminders(closes_at) if r.due_at <= at and (not names or r.name in names)]
    return due[-1] if due and at < closes_at else None
