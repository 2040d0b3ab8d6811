"""Check a letter's file against its seal, its standards and the register."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error

from awards.letters.check import LetterCheck, check_file
from awards.models import Letter


class Command(BaseCommand):
    help = "Print as JSON what a letter's file proves; end with 0 only when the letter is authentic in every respect."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.pdf")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            found = check_file(file, settings.SEAL_TRUST_FILE.read_bytes())
        except OSError as error:
            unread = f"{error.filename or file} cannot be read: {error.strerror}. Give the path of a PDF."
            found = LetterCheck(sha256="", problems=[unread])
        matches, doubt = _registered(found)
        answer = {
            "authentic": found.authentic,
            "award": found.award or None,
            "sha256": found.sha256 or None,
            "sealed_by": found.sealed_by or None,
            "sealed_at": found.sealed_at.isoformat() if found.sealed_at else None,
            "pdf_a": found.pdf_a,
            "pdf_ua": found.pdf_ua,
            "matches_register": matches,
        }
        self.stdout.write(json.dumps(answer, indent=2))
        for problem in filter(None, [*found.problems, doubt]):
            self.stderr.write(problem)
        if not (found.authentic and found.pdf_a and found.pdf_ua and matches):
            raise SystemExit(1)


def _registered(found: LetterCheck) -> tuple[bool, str]:
    """Tell whether the register holds this file as a letter of the award that it names; and if not, say why."""
    if not found.award:
        return False, ""
    try:
        if Letter.objects.filter(sha256=found.sha256, award__reference=found.award).exists():
            return True, ""
    except Error:
        return False, "The register of letters cannot be asked now. Try again later."
    return False, "The register of letters holds no such file."
