"""Migrate as the owner of the database, then give the web role what it may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.conf import settings
from django.core.management import CommandParser, call_command
from django.core.management.commands import migrate
from django.db import connections
from django.dispatch import Signal

from infra.grants import grant

ONE_AT_A_TIME = 3_861_017  # number of the lock, ours alone in this database


@contextmanager
def _states_without_transitions() -> Iterator[None]:
    """Keep the models of past states from listening for each other, thousands to each of thousands: they have no deeds.

    Each field of django-fsm waits for every class that is made after it; this takes four fifths of the time.
    """
    heard = django_fsm.class_prepared
    django_fsm.class_prepared = Signal()
    try:
        yield
    finally:
        django_fsm.class_prepared = heard


class Command(migrate.Command):
    """Django's migrate, as the owner's role by default, followed by the grants and the cache table.

    Two at once take turns, such as one that goes on after the process that began it was killed.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner" if "owner" in settings.DATABASES else "default")

    def handle(self, *args: Any, **options: Any) -> None:
        database = options["database"]
        with connections[database].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            with _states_without_transitions():
                super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                call_command("createcachetable", database=database, verbosity=0)
                grant(connections[database], settings.WEB_ROLE)
        finally:
            with connections[database].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
