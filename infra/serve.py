"""Run the web server and the worker side by side until somebody stops them; what dies is started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from django.conf import settings

STOP_SECONDS = 15
RESTART_SECONDS = 1  # before a process that has ended is started again
CONNECTIONS = 4096  # that each web process keeps open; browsers keep theirs open while they do nothing


def commands(port: int) -> list[list[str]]:
    """Return what to run: the web server and the worker."""
    manage = str(settings.BASE_DIR / "manage.py")
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS),
        "--respawn-failed-workers", "--log-level", "warning", "infra.wsgi:application",
    ]  # fmt: skip
    return [web, [sys.executable, manage, "procrastinate", "worker", "--concurrency", "2"]]


def _start(command: Sequence[str]) -> subprocess.Popen:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "infra.settings"}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)  # noqa: S603


def _kill(child: subprocess.Popen) -> None:
    """End a child and those that it has started, also when it is dead itself: they would keep the port."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _stop(children: Sequence[subprocess.Popen]) -> None:
    """Ask the children to end, and end what does not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, until - time.monotonic()))
        _kill(child)


def _answers(port: int) -> bool:
    """Tell whether something takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serve(port: int, when_ready: Callable[[], None]) -> int:
    """Serve until Ctrl-C or a request to end, starting again what ends by itself; return 0.

    Return 1 when a process ends before the site has ever answered: then nobody would see why it does not.

    Args:
        when_ready: called once, when the web process takes connections.
    """

    def ended(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    wanted, children = commands(port), list[subprocess.Popen]()
    try:
        children += [_start(command) for command in wanted]
        is_ready = False
        while True:
            if not is_ready and _answers(port):
                is_ready = True
                when_ready()
            for place, child in enumerate(children):
                if child.poll() is None:
                    continue
                if not is_ready:
                    return 1
                sys.stderr.write(f"A process of the site has ended ({child.returncode}) and is started again.\n")
                _kill(child)
                time.sleep(RESTART_SECONDS)
                children[place] = _start(wanted[place])
            time.sleep(0.2)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)
