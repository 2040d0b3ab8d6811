"""Add what a euro cost in pounds on a day."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import EuroRate
from audit.record import record


class Command(BaseCommand):
    help = "Add what a euro cost in pounds on a day, for working out the sizes of companies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", help="such as 2026-12-31")
        parser.add_argument("pounds", help="pounds to the euro, such as 0.86905")
        parser.add_argument("source", help="who published it")

    def handle(self, *, day: str, pounds: str, source: str, **options: Any) -> None:
        """Add the rate and put it on the record; a day has one rate for ever."""
        try:
            on, rate = dt.date.fromisoformat(day), Decimal(pounds)
        except (ValueError, InvalidOperation) as error:
            raise CommandError("Give a day such as 2026-12-31 and pounds such as 0.86905.") from error
        if not (rate.is_finite() and Decimal("0.1") <= rate <= 10 and rate == round(rate, 5)):
            raise CommandError("Pounds to the euro lie between 0.1 and 10 and have at most five decimals.")
        if not source.strip() or len(source) > 200:
            raise CommandError("Name the source in at most 200 characters.")
        try:
            with transaction.atomic():
                made = EuroRate.objects.create(on=on, pounds_per_euro=rate, source=source.strip())
                record("euro_rate.added", f"eurorate:{made.pk}", by=None, at=timezone.now(),
                       changes={"on": on, "pounds_per_euro": rate})  # fmt: skip
        except IntegrityError as error:
            raise CommandError(f"There is a rate for {on} already. Rates are never changed.") from error
        self.stdout.write(f"{made} ({made.source}).")
