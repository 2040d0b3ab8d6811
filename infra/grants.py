"""What the web role may do to each table: everything but changing what is written once."""

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.database import revoked_privileges
from audit.models import Event


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` its privileges on every table of ours, as the owner after each migration; two at once take turns.

    Nobody but the owner may TRUNCATE. Tables with append-only rules lose UPDATE and DELETE too.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('matchfund_grants'))")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quote(role)}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quote(role)}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quote(role)}")
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            if (privileges := revoked_privileges(model)) and model._meta.db_table in tables:
                cursor.execute(
                    f"REVOKE {', '.join(sorted(privileges))} ON {quote(model._meta.db_table)} FROM {quote(role)}"
                )
        _number_events_ourselves(cursor, quote(role))


def _number_events_ourselves(cursor: Any, role: str) -> None:
    """Let the web role write every column of an event but its id, so that nobody can number one far ahead."""
    columns = ", ".join(str(f.column) for f in Event._meta.concrete_fields if not f.primary_key)
    cursor.execute(f"REVOKE INSERT ON {Event._meta.db_table} FROM {role}")
    cursor.execute(f"GRANT INSERT ({columns}) ON {Event._meta.db_table} TO {role}")
