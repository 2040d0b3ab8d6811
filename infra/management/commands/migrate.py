"""Migrate as the owner of the database, then give the web role what it may do."""

from typing import Any

from django.conf import settings
from django.core.management import CommandParser, call_command
from django.core.management.commands import migrate
from django.db import connections

from infra.grants import grant


class Command(migrate.Command):
    """Django's migrate, as the owner's role by default, followed by the grants and the cache table."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner" if "owner" in settings.DATABASES else "default")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        database = options["database"]
        call_command("createcachetable", database=database, verbosity=0)
        grant(connections[database], settings.WEB_ROLE)
