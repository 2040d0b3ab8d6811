"""Keep a local S3 server on 127.0.0.1: start it, stop it, say where it answers."""

import http.client
import shutil
import socket
import sys

from infra.machine import processes
from infra.machine.places import CHECKOUT, S3

NAME = "s3"
REGION = "eu-west-2"
LETTERS, UPLOADS, RECORD = "matchfund-letters", "matchfund-uploads", "matchfund-record"
LOCKED = (LETTERS, RECORD)
USUAL_PORT = 9311
PORT = S3 / "port"
HEALTH = "/.matchfund/health"


def up() -> bool:
    """Start the server, which makes its buckets before it answers. Return whether it had to be started."""
    if answering():
        return False
    processes.stop(NAME)
    S3.mkdir(parents=True, exist_ok=True)
    PORT.write_text(str(free_port(port(), USUAL_PORT)))
    command = [sys.executable, "-m", "infra.machine.s3_server", str(S3), PORT.read_text(), str(CHECKOUT)]
    processes.start(NAME, command, ready=answering, cwd=CHECKOUT)
    return True


def down() -> bool:
    """Stop the server. Return whether it was running."""
    return processes.stop(NAME)


def wipe() -> None:
    """Stop the server and delete all that it kept."""
    down()
    shutil.rmtree(S3, ignore_errors=True)


def described() -> str:
    """Return the service's name and address for a person."""
    return f"a local S3 server on {endpoint()}"


def port() -> int:
    """Return the kept port, or the usual one before the first start."""
    return int(PORT.read_text()) if PORT.exists() else USUAL_PORT


def endpoint() -> str:
    """Return the address of the server."""
    return f"http://127.0.0.1:{port()}"


def answering() -> bool:
    """Tell whether this checkout's server answers, not just anything on that port."""
    return answers_at(port())


def answers_at(number: int) -> bool:
    """Tell whether a server of this checkout answers on a port: it names the checkout when asked for its health."""
    client = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    try:
        client.request("GET", HEALTH)
        return client.getresponse().read() == str(CHECKOUT).encode()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def free_port(*wanted: int) -> int:
    """Return the first of the wanted ports that is free, else any that is free now."""
    for number in (*wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SystemExit("No port is free on 127.0.0.1.")
