"""A database of a benchmark's own, made anew beside that of the machine, with people, sessions and bids in bulk."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("MATCHFUND_DATABASE_URL", "MATCHFUND_OWNER_DATABASE_URL")


def _beside(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _let_go() -> None:
    """Close this process's own connections."""
    if "django.db" in sys.modules:
        from django.db import connection

        connection.close()
        connection.close_pool()


@contextmanager
def fresh(name: str) -> Iterator[None]:
    """Make an empty, migrated database `name`, point this process and its children at it, and drop it at the end."""
    owner = os.environ["MATCHFUND_OWNER_DATABASE_URL"]
    dropped = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(dropped)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    before = {role: os.environ[role] for role in ROLES}
    os.environ.update({role: _beside(url, name) for role, url in before.items()})
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
        yield
    finally:
        os.environ.update(before)
        _let_go()
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(dropped)
