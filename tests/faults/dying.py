"""Let a process die of kill -9 in the middle of a deed, on a database connection of its own."""

import os
import signal
from collections.abc import Callable
from typing import Any

from asgiref.local import Local
from django.db import connection, connections

COMPLETED, FAILED = 1, 2


def die(*_: Any, **__: Any) -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed(deed: Callable[[], Any], module: Any = None, name: str = "") -> bool:
    """Do a deed in a process that dies where it would call a function; tell whether that is how it ended.

    Without a function it dies when the deed is done, before anybody hears of it.
    """
    connections.close_all()
    child = os.fork()
    if child == 0:
        _do_and_die(deed, module, name)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _do_and_die(deed: Callable[[], Any], module: Any, name: str) -> None:
    ended = FAILED
    signal.alarm(60)  # a child that waits for a lock of a thread that it does not have
    # What the parent opened is the parent's: a browser's event loop, which ends with the fork, may have hidden it.
    connections._connections = Local(connections.thread_critical)
    try:
        if module:
            setattr(module, name, die)
        deed()
        if not module:
            die()
        ended = COMPLETED
    finally:
        os._exit(ended)


def cut() -> None:
    """End this session's server process, as a PostgreSQL that is restarted does."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
