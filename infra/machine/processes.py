"""Start, recognise and stop the daemons of this checkout, never anybody else's."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.machine.places import CHECKOUT, LOGS, PIDS, shown


@dataclass(frozen=True)
class Account:
    """Stand for the unprivileged user that a daemon runs as when we are root."""

    uid: int
    gid: int


def born(pid: int) -> str | None:
    """Return when a living process began, in clock ticks since boot, or None for a dead one or a zombie."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else rest[18]


def recorded(name: str) -> int | None:
    """Return the process number of our daemon if it lives.

    A number that another process took over is not ours, nor is a record that was copied with its checkout.
    """
    try:
        pid, started, checkout = (PIDS / name).read_text().rstrip("\n").split(" ", 2)
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if born(int(pid)) == started and checkout == str(CHECKOUT) else None


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    seconds: float = 60,
    env: Mapping[str, str] | None = None,
    cwd: Path = Path("/"),
    account: Account | None = None,
) -> None:
    """Start a daemon detached from this terminal, record it, and wait until it is ready.

    Raise SystemExit with the end of its log when it ends or is not ready within the seconds.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    PIDS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("ab") as output:
        daemon = subprocess.Popen(  # noqa: S603
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=cwd,
            env=dict(os.environ if env is None else env),
            **as_account(account),
        )
    (PIDS / name).write_text(f"{daemon.pid} {born(daemon.pid)} {CHECKOUT}\n")
    until = time.monotonic() + seconds
    while daemon.poll() is None and time.monotonic() < until:
        if ready():
            daemon.returncode = 0  # it lives on after us: no warning that it was not waited for
            return
        time.sleep(0.02)
    stop(name)
    tail = log.read_text(errors="replace")[-2000:]
    raise SystemExit(f"{name} did not start. The end of {shown(log)}:\n{tail}")


def stop(name: str, *, by: signal.Signals = signal.SIGTERM, seconds: float = 20) -> bool:
    """Stop our daemon and wait for its end; kill it after the seconds. Return whether it was running."""
    pid = recorded(name)
    if pid is not None:
        for order in (by, signal.SIGKILL):
            os.kill(pid, order)
            if ended(name, seconds):
                break
    (PIDS / name).unlink(missing_ok=True)
    return pid is not None


def ended(name: str, seconds: float) -> bool:
    """Wait at most so many seconds for our daemon to end."""
    until = time.monotonic() + seconds
    while recorded(name) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def as_account(account: Account | None) -> dict:
    """Return what subprocess needs to run as that account; nothing when we are it already."""
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
