"""A database of a benchmark's own, made anew beside that of the machine, with people, sessions and bids in bulk."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.machine import template

ROOT = Path(__file__).resolve().parents[1]


def _let_go() -> None:
    """Close this process's own connections."""
    if "django.db" in sys.modules:
        from django.db import connection

        connection.close()
        connection.close_pool()


@contextmanager
def fresh(name: str) -> Iterator[None]:
    """Make an empty, migrated database `name`, point this process and its children at it, and drop it at the end."""
    before = {role: os.environ[role] for role in template.ROLES}
    template.make(name)
    os.environ.update(template.beside(name))
    try:
        yield
    finally:
        os.environ.update(before)
        _let_go()
        template.drop(name)
