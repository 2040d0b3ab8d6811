"""Bring in bids, organisations and assessments that were made elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assessments.actions import check_conflicts
from assessments.importing import import_assessments
from bids.importing.bids import import_bids
from bids.importing.competitions import competition_of
from bids.importing.organisations import import_organisations
from bids.models import Bid
from infra.importing.report import Report
from infra.importing.tables import BadFile, check, check_report


class Command(BaseCommand):
    help = (
        "Bring in bids made elsewhere, one JSON object a line (see docs/import.md). Every line is accepted, perhaps "
        "changed, or refused with a reason; running it again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="the bids")
        parser.add_argument("--competition", required=True, metavar="REF", help="reference of their competition")
        parser.add_argument("--organisations", type=Path, metavar="FILE.csv", help="organisations, registered first")
        parser.add_argument("--assessments", type=Path, metavar="FILE.jsonl", help="assessments, brought in last")
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="write what became of each line as CSV too")

    def handle(self, *, file: Path, competition: str, report: Path | None, **options: Any) -> None:
        """Check that all files can be read before anything is written, then bring them in and report."""
        organisations, assessments = options["organisations"], options["assessments"]
        at = timezone.now()
        try:
            for path in filter(None, (file, organisations, assessments)):
                check(path)
            check_report(report)
            told = Report(f"Import into {competition}, {at:%-d %B %Y %H:%M} UTC")
            with transaction.atomic():
                target, remarks = competition_of(competition, at)
                if organisations:
                    import_organisations(organisations, told, at)
        except BadFile as error:
            raise CommandError(str(error)) from error
        told.remarks += remarks

        def submitted(bid: Bid) -> None:
            check_conflicts(bid=bid, at=at)

        import_bids(file, target, told, at, submitted)
        if assessments:
            import_assessments(assessments, target, told, at)
        if report:
            try:
                told.write_csv(report)
            except OSError as error:
                raise CommandError(f"Imported, but {report} cannot be written: {error.strerror}.") from error
        for line in told.text():
            self.stdout.write(line)
