"""Print the ranked sheet of a competition."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Protocol

from defusedcsv import csv as safe_csv
from django.core.management.base import BaseCommand, CommandError

from assessments import queries
from assessments.rules import Ranked
from funds.models import Competition


class _Out(Protocol):
    def write(self, text: str, /) -> Any: ...


COLUMNS = ("rank", "bid", "title", "lead", "assessments_counted", "score", "spread", "grant_pounds")


class Command(BaseCommand):
    help = "Print the ranked sheet of a competition: submitted assessments counted, score (1 decimal, half up), spread."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="reference of the competition, such as DHTC-2017-1")
        parser.add_argument("--csv", action="store_true", help="print CSV for a spreadsheet instead of a table")
        parser.add_argument("--out", type=Path, metavar="FILE", help="write to FILE instead of the screen")

    def handle(self, *args: Any, **options: Any) -> None:
        competition = Competition.objects.filter(reference=options["reference"]).first()
        if competition is None:
            raise CommandError(_unknown(options["reference"]))
        rows = queries.ranked(competition)
        write = _write_csv if options["csv"] else _write_table
        if options["out"] is None:
            write(rows, self.stdout)
            return
        try:
            with options["out"].open("w", encoding="utf-8", newline="") as file:
                write(rows, file)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error


def _unknown(reference: str) -> str:
    known = list(Competition.objects.order_by("reference").values_list("reference", flat=True))
    there = f"There are: {', '.join(known)}." if known else "There are none yet."
    return f"There is no competition {reference}. {there}"


def _cells(row: Ranked) -> list[str]:
    numbers = ["" if number is None else str(number) for number in (row.score, row.spread)]
    return [str(row.rank), row.reference, row.title, row.lead, str(row.counted), *numbers, str(row.grant_pounds)]


def _write_csv(rows: list[Ranked], out: _Out) -> None:
    writer = safe_csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)


def _write_table(rows: list[Ranked], out: _Out) -> None:
    line = "{:>4}  {:<10}  {:<40}  {:<28}  {:>7}  {:>6}  {:>6}  {:>12}"
    heads = ("rank", "bid", "title", "lead", "counted", "score", "spread", "grant £")
    out.write(line.format(*heads).rstrip() + "\n")
    for row in rows:
        rank, bid, title, lead, counted, score, spread, _ = _cells(row)
        grant = f"{row.grant_pounds:,}"
        out.write(line.format(rank, bid, title[:40], lead[:28], counted, score or "–", spread or "–", grant) + "\n")
    out.write(f"{len(rows)} bids. Score and spread in per cent; only assessments handed in and counted.\n")
