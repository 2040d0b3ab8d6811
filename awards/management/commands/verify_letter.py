"""Check a letter's file against its seal, its standards and the register."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from awards.letters.check import check
from awards.models import Letter


class Command(BaseCommand):
    help = "Print as JSON what a letter's file proves; end with 0 only when the letter is authentic in every respect."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.pdf")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            pdf = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. Give the path of a PDF.") from error
        found = check(pdf, settings.SEAL_TRUST_FILE.read_bytes())
        matches = Letter.objects.filter(sha256=found.sha256, award__reference=found.award).exists()
        answer = {
            "authentic": found.authentic,
            "award": found.award or None,
            "sha256": found.sha256,
            "sealed_by": found.sealed_by or None,
            "sealed_at": found.sealed_at.isoformat() if found.sealed_at else None,
            "pdf_a": found.pdf_a,
            "pdf_ua": found.pdf_ua,
            "matches_register": matches,
        }
        self.stdout.write(json.dumps(answer, indent=2))
        problems = [*found.problems, *([] if matches else ["The register of letters holds no such file."])]
        for problem in problems:
            self.stderr.write(problem)
        if not (found.authentic and found.pdf_a and found.pdf_ua and matches):
            raise SystemExit(1)
