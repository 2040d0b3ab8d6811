"""Make empty, migrated databases: to migrate takes half a minute, to copy what was migrated half a second."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from infra.machine.places import CHECKOUT

ROLES = ("MATCHFUND_DATABASE_URL", "MATCHFUND_OWNER_DATABASE_URL")
DECIDING = ("*/migrations/*.py", "audit/database.py", "infra/grants.py", "requirements.lock")
PREFIX, MAKING = "matchfund_empty_", "_making"
KEPT = 6  # of those that other versions of the code made


def beside(name: str) -> dict[str, str]:
    """Return the settings that name the database `name` of the same cluster, for each role."""
    return {role: urlunsplit(urlsplit(os.environ[role])._replace(path=f"/{name}")) for role in ROLES}


def make(name: str) -> None:
    """Make the database `name` anew, empty and migrated."""
    source = ready()
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        _drop(owner, name)
        owner.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


def ready() -> str:
    """Return the name of the empty, migrated database to copy. Several at once of one version take turns to migrate."""
    facts = _facts()
    source = PREFIX + facts
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        if source not in _there(owner):
            owner.execute("SELECT pg_advisory_lock(%s)", [int(facts[:15], 16)])
            if source not in (there := _there(owner)):
                _forget(owner, [old for old in there if old.startswith(PREFIX) and not old.endswith(MAKING)][KEPT:])
                _migrate(owner, source)
    return source


def drop(name: str) -> None:
    """Drop the database `name` if there is one."""
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        _drop(owner, name)


def _facts() -> str:
    """Return a digest of everything that decides what an empty database is."""
    files = sorted(path for pattern in DECIDING for path in CHECKOUT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _there(owner: psycopg.Connection) -> list[str]:
    """Return the databases of the cluster, the newest first."""
    return [row[0] for row in owner.execute("SELECT datname FROM pg_database ORDER BY oid DESC")]


def _migrate(owner: psycopg.Connection, source: str) -> None:
    """Migrate under another name first, so that nobody copies a half-made database."""
    making = source + MAKING
    _drop(owner, making)
    owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    command = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
    subprocess.run(command, cwd=CHECKOUT, env=os.environ | beside(making), check=True)  # noqa: S603 - our own words
    renamed = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    owner.execute(renamed.format(sql.Identifier(making), sql.Identifier(source)))


def _forget(owner: psycopg.Connection, names: Iterable[str]) -> None:
    for name in names:
        with suppress(psycopg.errors.ObjectInUse):
            _drop(owner, name)


def _drop(owner: psycopg.Connection, name: str) -> None:
    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


if __name__ == "__main__":
    ready()
