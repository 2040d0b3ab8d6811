"""Recompute every seal from the events in the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.queries import recompute
from audit.verify import Broken


class Command(BaseCommand):
    """Say whether the record in the database is the one that was sealed."""

    help = "Recompute every seal straight from the database; fail with the first that does not fit."

    def handle(self, **options: Any) -> None:
        """Print what was recomputed; refuse with the first broken record."""
        try:
            chain, unsealed = recompute()
        except Broken as error:
            raise CommandError(f"BROKEN: {error}") from error
        self.stdout.write(f"WHOLE: {chain}")
        self.stdout.write(f"{unsealed:,} newer events wait for the next seal.")
