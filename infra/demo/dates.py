"""The calendar of the 2017 round, shifted so that its first claims fall due now. Pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from funds.years import financial_year

LONDON = ZoneInfo("Europe/London")


def tuesday(day: dt.date) -> dt.date:
    """Return the day itself when it is a Tuesday, else the next one."""
    return day + dt.timedelta(days=(1 - day.weekday()) % 7)


@dataclass(frozen=True)
class Calendar:
    """The instants of the demo's first round, all derived from the first month of its projects."""

    start_on: dt.date

    @classmethod
    def before(cls, now: dt.datetime) -> "Calendar":
        """Return the calendar whose first claim period ended before `now`: projects began four months ago."""
        first = now.astimezone(LONDON).date().replace(day=1)
        return cls(first - relativedelta(months=4))

    def _at(self, months: int, day: int, hour: int = 12) -> dt.datetime:
        on = self.start_on + relativedelta(months=months, day=day)
        return dt.datetime.combine(on, dt.time(hour), LONDON).astimezone(dt.UTC)

    @property
    def set_up(self) -> dt.datetime:
        """Officials set up the round."""
        return self._at(-8, 3, 9)

    @property
    def opens(self) -> dt.datetime:
        """The round opens: six months before projects start, as on 31 July 2017."""
        return self._at(-6, 1, 9)

    @property
    def closes(self) -> dt.datetime:
        """The round closes at noon nine weeks later, as on 4 October 2017."""
        return self._at(-4, 4)

    @property
    def assessed(self) -> dt.datetime:
        """Assessors have finished."""
        return self._at(-3, 10)

    @property
    def panel(self) -> dt.datetime:
        """The panel meets."""
        return self._at(-3, 20, 10)

    @property
    def offered(self) -> dt.datetime:
        """Awards are offered."""
        return self._at(-3, 24, 15)

    @property
    def issued(self) -> dt.datetime:
        """Letters go out."""
        return self._at(-1, 6, 11)

    @property
    def accepted(self) -> dt.datetime:
        """Directors sign."""
        return self._at(-1, 20, 16)

    @property
    def claimed(self) -> dt.datetime:
        """The first quarter is claimed, within 30 days of its end."""
        return self._at(3, 9, 10)

    @property
    def years(self) -> list[str]:
        """Four financial years from the one in which projects start."""
        return [financial_year(self.start_on + relativedelta(years=i)) for i in range(4)]
