"""docs/money.md says what the code does: its tables are made again here and compared."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from awards import actions
from awards.models import SpendLine
from funds.models import LedgerEntry
from funds.money import pounds
from funds.rules_in_database import LEVELS, MOVES
from funds.states import EntryKind
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line

JULY = dt.date(2027, 7, 15)


def page() -> str:
    return Path(settings.BASE_DIR, "docs", "money.md").read_text()


def row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def table_after(heading: str) -> list[str]:
    """Return the rows of the first table under a heading, without its head."""
    lines = page().partition(f"## {heading}\n")[2].splitlines()
    start = next(i for i, text in enumerate(lines) if text.startswith("|"))
    end = next((i for i, text in enumerate(lines[start:], start) if not text.startswith("|")), len(lines))
    return lines[start + 2 : end]


def moved(kind: str, level: str) -> str:
    counters = MOVES[kind].get(level, {})
    return ", ".join(f"{name} {'+' if sign > 0 else '−'}" for name, sign in counters.items()) or "–"


def test_the_table_of_entries_is_the_one_that_the_trigger_keeps():
    assert table_after("Entries") == [
        row(f"`{kind}`", EntryKind(kind).label, *(moved(kind, level) for level in LEVELS)) for kind in MOVES
    ]


@pytest.mark.django_db
def test_the_worked_example_adds_up_to_the_penny(live_award, people):
    first = draft_claim(live_award, people, line(1_000_001), match_pence=300_001)
    pay(first, people)
    rest = [("labour", 2_999_999), ("overheads", 800_000), ("materials", 950_100)]
    lines = [line(pence, name, incurred_on=JULY, invoice_number=name) for name, pence in rest]
    pay(draft_claim(live_award, people, *lines, number=2, match_pence=1_425_099), people)
    assert table_after("The example's entries") == [text.replace(live_award.reference, "MFA-000001") for text in kept()]


def pay(claim, people) -> None:
    claim = actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER)
    agree(claim, people, "review", "approve", "instruct", "pay")


def kept() -> list[str]:
    """Return the entries of the award with its counters after each."""
    rows, counters = [], dict.fromkeys(["committed", "instructed", "paid"], 0)
    for entry in LedgerEntry.objects.exclude(award=None).order_by("id"):
        for name, sign in MOVES[entry.kind]["award"].items():
            counters[name] = counters.get(name, 0) + sign * entry.pence
        money = [pounds(counters[name]) for name in ("committed", "instructed", "paid")]
        rows.append(row(f"`{entry.kind}`", entry.reference, entry.year, pounds(entry.pence), *money))
    return rows


@pytest.mark.django_db
def test_the_example_s_profile_is_the_one_that_is_made(award):
    months = sorted(set(SpendLine.objects.values_list("month", flat=True)))[:2]
    sums = {
        name: [SpendLine.objects.get(month=month, category=name).pence for month in months]
        for name in ("labour", "overheads", "materials")
    }
    totals = [sum(sums[name][i] for name in sums) for i in range(2)]
    made = [row(name.capitalize(), *map(pounds, pence)) for name, pence in sums.items()]
    assert table_after("The example's profile") == [*made, row("Together", *map(pounds, totals))]
