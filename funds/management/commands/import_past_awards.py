"""Bring in a public register of past awards."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from funds.past_awards import import_past_awards
from infra.importing.report import Report
from infra.importing.tables import BadFile, check, check_report


class Command(BaseCommand):
    help = (
        "Bring in a public register of past awards (see docs/import.md). Every line is accepted, perhaps changed, or "
        "refused with a reason; running it again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="the register")
        parser.add_argument("--report", type=Path, metavar="REPORT.csv", help="write what became of each line as CSV")

    def handle(self, *, file: Path, report: Path | None, **options: Any) -> None:
        """Check that the files can be used before anything is written, then bring the register in and report."""
        at = timezone.now()
        told = Report(f"Import of past awards, {at:%-d %B %Y %H:%M} UTC")
        try:
            check(file)
            check_report(report)
            import_past_awards(file, told, at)
        except BadFile as error:
            raise CommandError(str(error)) from error
        for line in told.text():
            self.stdout.write(line)
        if report:
            try:
                told.write_csv(report)
            except OSError as error:
                raise CommandError(f"Everything is brought in, but {report} cannot be written: {error}") from error
