"""Bring a stored letter from S3."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from awards.models import Award, Letter
from infra import storage


class Command(BaseCommand):
    help = "Write a stored award letter to a file, after checking its bytes against the register."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--award", metavar="REF", help="the newest letter of this award")
        which.add_argument("--latest", action="store_true", help="the letter stored last")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *, award: str | None, out: Path, **options: Any) -> None:
        try:
            letter = _newest() if award is None else _newest_of(award.strip().upper())
        except Error as error:
            raise CommandError(f"The register of letters cannot be asked now: {error}. Try again later.") from error
        try:
            pdf = storage.get(settings.S3_LETTERS_BUCKET, letter.key, letter.version_id)
        except storage.StorageAway as error:
            raise CommandError(f"{letter.key} cannot be fetched from S3 now: {error}. Try again later.") from error
        if hashlib.sha256(pdf).hexdigest() != letter.sha256:
            raise CommandError(f"{letter.key} on S3 is not what the register says. Nothing was written: find out why.")
        try:
            out.write_bytes(pdf)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{letter.award.reference} letter {letter.number}: {len(pdf)} bytes, SHA-256 {letter.sha256}")


def _newest() -> Letter:
    if letter := Letter.objects.select_related("award").order_by("-stored_at", "-pk").first():
        return letter
    raise CommandError("No letter is stored yet.")


def _newest_of(reference: str) -> Letter:
    """Return the newest letter of an award."""
    letters = Letter.objects.select_related("award").filter(award__reference=reference)
    if letter := letters.order_by("-number").first():
        return letter
    if Award.objects.filter(reference=reference).exists():
        raise CommandError(f"Award {reference} has no stored letter.")
    raise CommandError(f"There is no award {reference or 'without a name'}. Its reference looks like MFA-000001.")
