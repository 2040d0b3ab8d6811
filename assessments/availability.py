"""When an assessor can assess. Pure."""

import datetime as dt
from collections.abc import Iterable

Days = tuple[dt.date, dt.date]  # first and last, both included


def window(closes_on: dt.date, assess_by: dt.date, today: dt.date | None = None) -> Days:
    """Return the days in which a competition is assessed, from `today` on where that is given; at least one day."""
    first = max(closes_on, today) if today else closes_on
    return first, max(first, assess_by)


def is_away_throughout(absences: Iterable[Days], days: Days) -> bool:
    """Tell whether absences, which may overlap, leave none of these days."""
    next_day, last = days
    for begins, ends in sorted(absences):
        if begins > next_day:
            return False
        next_day = max(next_day, ends + dt.timedelta(days=1))
        if next_day > last:
            return True
    return False
