"""Run deeds at the same instant, each on a database connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import OperationalError, connections

from accounts.rules import Refused

CONNECTIONS = 16


def at_once[T](deeds: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all deeds together; return what each returned, or why it was refused."""
    start = Barrier(len(deeds), timeout=60)

    def run(deed: Callable[[], T]) -> T | Exception:
        try:
            connections["default"].ensure_connection()
            start.wait()
            return deed()
        except (Refused, OperationalError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def refused(results: Sequence[object]) -> list[str]:
    """Return the words of every refusal among the results."""
    return [str(result) for result in results if isinstance(result, Exception)]
