"""Keep a local server on 127.0.0.1 that speaks as Companies House and the NHS Organisation Data Service do."""

import shutil
import sys

from infra.machine import processes
from infra.machine.places import CHECKOUT, REGISTERS
from infra.machine.s3 import answers_at, free_port

NAME = "registers"
KEY = "development"
USUAL_PORT = 9314
PORT = REGISTERS / "port"


def up() -> bool:
    """Start the server. Return whether it had to be started."""
    if answering():
        return False
    processes.stop(NAME)
    REGISTERS.mkdir(parents=True, exist_ok=True)
    PORT.write_text(str(free_port(port(), USUAL_PORT)))
    command = [sys.executable, "-m", "infra.machine.registers_server", PORT.read_text(), str(CHECKOUT)]
    processes.start(NAME, command, ready=answering, cwd=CHECKOUT)
    return True


def down() -> bool:
    """Stop the server. Return whether it was running."""
    return processes.stop(NAME)


def wipe() -> None:
    """Stop the server and forget its port."""
    down()
    shutil.rmtree(REGISTERS, ignore_errors=True)


def described() -> str:
    """Return the service's name and address for a person."""
    return f"local registers of organisations on {endpoint()}"


def port() -> int:
    """Return the kept port, or the usual one before the first start."""
    return int(PORT.read_text()) if PORT.exists() else USUAL_PORT


def endpoint() -> str:
    """Return the address of the server."""
    return f"http://127.0.0.1:{port()}"


def answering() -> bool:
    """Tell whether this checkout's server answers, not just anything on that port."""
    return answers_at(port())
