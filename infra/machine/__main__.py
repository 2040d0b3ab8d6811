"""Start, stop and describe the services of a development machine.

usage: python -m infra.machine up | down [NAME…] | status | env | wipe | hold COMMAND…

up      start what does not run; print the names of what this call started, one line each
down    stop the services named, or all
status  print each service and whether it runs; exit 1 unless all do
env     print the development settings as var/env holds them
wipe    stop everything and delete its data
hold    start what does not run, run the command, and stop at its end what this call started
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType

from infra.machine import authority, clamav, env, postgres, registers, s3
from infra.machine.places import ENV, VAR

SERVICES: dict[str, ModuleType] = {m.NAME: m for m in (postgres, s3, clamav, registers)}


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other call changes the services of this checkout."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "machine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Tell the person at the terminal, apart from what a command prints."""
    sys.stderr.write(f"{text}\n")


def up() -> list[str]:
    """Start what does not run, make keys and settings; return the names of the services started."""
    with alone():
        started = []
        for name, service in SERVICES.items():
            if service.up():
                started.append(name)
                say(f"Started {service.described()}.")
        if authority.make():
            say("Made a development certificate authority and sealing key in var/authority.")
        env.write()
    return started


def down(names: list[str]) -> None:
    """Stop the services named, or all when none is."""
    with alone():
        for name in names or list(SERVICES)[::-1]:
            if SERVICES[name].down():
                say(f"Stopped {name}.")


def wipe() -> None:
    """Stop everything and delete its data."""
    with alone():
        for service in SERVICES.values():
            service.wipe()


def status() -> int:
    """Print each service and whether it answers; return 0 when all do, else 1."""
    answers = {name: service.answering() for name, service in SERVICES.items()}
    for name, runs in answers.items():
        sys.stdout.write(f"{name}: {'runs' if runs else 'stopped'}: {SERVICES[name].described()}\n")
    return 0 if all(answers.values()) else 1


def hold(command: list[str]) -> int:
    """Run the command with the services up and the settings set; stop afterwards what this call started.

    Pass interrupts and terminations on to the command's process group and return its exit status.
    """
    child: subprocess.Popen | None = None
    orders: list[int] = []

    def pass_on() -> None:
        while child and orders:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, orders.pop())

    def take(number: int, frame: object) -> None:
        orders.append(number)
        pass_on()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, take)
    started = up()
    try:
        child = subprocess.Popen(command, env=env.read() | os.environ, process_group=0)  # noqa: S603
        pass_on()
        code = child.wait()
        return code if code >= 0 else 128 - code
    finally:
        if started:
            down(started[::-1])


def main(words: list[str]) -> int:
    """Carry out one command line; return the exit status."""
    match words:
        case ["up"]:
            sys.stdout.writelines(f"{name}\n" for name in up())
        case ["down", *names] if set(names) <= set(SERVICES):
            down(names)
        case ["status"]:
            return status()
        case ["env"]:
            up()
            sys.stdout.write(ENV.read_text())
        case ["wipe"]:
            wipe()
        case ["hold", *command] if command:
            return hold(command)
        case _:
            say(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
