"""Run the web process and the worker side by side until one of them ends or somebody stops them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from django.conf import settings

STOP_SECONDS = 15
CONNECTIONS = 4096  # that each web process keeps open; browsers keep theirs open while they do nothing


def commands(port: int) -> list[list[str]]:
    """Return what to run: the web server and the worker."""
    manage = str(settings.BASE_DIR / "manage.py")
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS),
        "--log-level", "warning", "infra.wsgi:application",
    ]  # fmt: skip
    return [web, [sys.executable, manage, "procrastinate", "worker", "--concurrency", "2"]]


def _stop(children: Sequence[subprocess.Popen]) -> None:
    """Ask the children to end, and end those that do not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(port: int) -> bool:
    """Tell whether something takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serve(port: int, when_ready: Callable[[], None]) -> int:
    """Serve until Ctrl-C or a request to end; return 0, or 1 when a child ended by itself.

    Args:
        when_ready: called once, when the web process takes connections.
    """

    def ended(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "infra.settings"}
    children: list[subprocess.Popen] = []
    try:
        for command in commands(port):
            child = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)  # noqa: S603
            children += [child]
        is_ready = False
        while all(child.poll() is None for child in children):
            if not is_ready and _answers(port):
                is_ready = True
                when_ready()
            time.sleep(0.2)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)
