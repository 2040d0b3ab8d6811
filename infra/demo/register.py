"""A small register of earlier awards to the companies of the demo: fictional, in the form of the public one."""

import csv
import datetime as dt

from dateutil.relativedelta import relativedelta
from django.conf import settings

from funds.models import PastAward
from funds.past_awards import import_past_awards
from funds.register_lines import COLUMNS
from infra.demo.dates import Calendar
from infra.demo.people import People
from infra.importing.report import Report

FILE = settings.BASE_DIR / "var" / "demo" / "past-awards.csv"
# Company, amount as published, months before the projects of round 1 start, funder as published.
LINES = [
    (0, "60000", 10, "INNOVATE UK"),
    (0, "60,001 - 500,000", 14, "UKRI - Innovate UK"),
    (3, "120000", 9, "Innovate UK"),
    (6, "30,001 - 60,000", 6, "Technology Strategy Board"),
    (9, "24500.50", 7, "Innovate UK"),
    (14, "", 11, "Innovate UK"),
]


def read_in(people: People, calendar: Calendar, now: dt.datetime) -> int:
    """Write the register and bring it in, once; return how many awards are known."""
    if not PastAward.objects.exists():
        FILE.parent.mkdir(parents=True, exist_ok=True)
        with FILE.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, restval="")
            table.writeheader()
            table.writerows(_row(people, calendar, *line) for line in LINES)
        import_past_awards(FILE, Report("The demo's register"), now)
    return PastAward.objects.count()


def _row(people: People, calendar: Calendar, company: int, amount: str, months: int, funder: str) -> dict[str, str]:
    beneficiary = people.companies[company]
    return {
        "aid_measure_title": "Fictional programme of the demonstration",
        "national_id": beneficiary.company_number,
        "beneficiary": beneficiary.name,
        "amount_as_published": amount,
        "date_granted": (calendar.start_on - relativedelta(months=months)).isoformat(),
        "granting_authority": funder,
        "region": beneficiary.region,
    }
