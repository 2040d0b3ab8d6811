"""Deeds of the record, in this thread or in another one that can be held."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections, transaction

from audit.models import Event
from audit.record import record

NOW = dt.datetime(2027, 2, 2, 12, 0, tzinfo=dt.UTC)


def deed(subject: str = "bid:B-1", **fields: Any) -> Event:
    """Write one event."""
    return record("bid.submitted", subject, by=None, at=NOW, changes={"state": ["draft", "submitted"]}, **fields)


def _and_hang_up(work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return work(*arguments)
    finally:
        connections["default"].close()


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Future]]:
    """Return a function that runs work on another connection."""
    with ThreadPoolExecutor(8) as pool:
        yield lambda work, *arguments: pool.submit(_and_hang_up, work, *arguments)


@pytest.fixture
def held_deed(elsewhere) -> Callable[..., Any]:
    """Return a context in which another connection has written an event and not committed it yet."""

    @contextmanager
    def hold() -> Iterator[threading.Event]:
        written, release = threading.Event(), threading.Event()

        def work() -> None:
            with transaction.atomic():
                deed("bid:B-late")
                written.set()
                release.wait(60)

        done = elsewhere(work)
        written.wait(60)
        try:
            yield release
        finally:
            release.set()
            done.result(60)

    return hold
