"""Recount every counter of money from the ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from funds.models import LedgerEntry
from funds.watchdog import differences


class Command(BaseCommand):
    help = "Recount every envelope from its ledger entries; fail when one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for difference in found:
            self.stderr.write(
                f"Envelope {difference.envelope_id}: {difference.counter} is {difference.counted} pence,"
                f" its entries say {difference.should_be}."
            )
        if found:
            raise CommandError(f"{len(found)} counters differ from their entries.")
        self.stdout.write(
            f"Every counter is the sum of its entries: {LedgerEntry.objects.count():,} entries recounted."
        )
