"""Make the waiting letters in a process of its own, and die of kill -9 at one place on the way.

usage: python -m tests.faults.worker_that_dies rendered|stored|written
"""

import os
import signal
import sys
from typing import Any

import django


def die(*args: Any, **kwargs: Any) -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(place: str) -> None:
    """Put the death in its place, then work."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    django.setup()
    from awards import tasks
    from infra import storage

    put_once = storage.put_once
    match place:
        case "rendered":
            storage.put_once = die  # type: ignore[assignment]
        case "stored":
            storage.put_once = lambda *args, **kwargs: die(put_once(*args, **kwargs))  # type: ignore[assignment]
        case "written":
            tasks.record = die  # type: ignore[assignment]
    tasks.make_letters()


if __name__ == "__main__":
    main(*sys.argv[1:])
