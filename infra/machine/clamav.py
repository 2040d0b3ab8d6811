"""Keep a ClamAV daemon on 127.0.0.1 that knows the harmless EICAR test signature, so that scanning is real here too."""

import shutil
import socket

from infra.machine import processes
from infra.machine.places import CLAMAV
from infra.machine.s3 import free_port

NAME = "clamav"
USUAL_PORT = 9312
PORT = CLAMAV / "port"
# The EICAR test file as a ClamAV body signature (hexadecimal).
EICAR = (
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
).hex()  # written in two parts so that scanners leave this file alone
CONFIGURATION = """\
DatabaseDirectory {folder}/signatures
TCPSocket {port}
TCPAddr 127.0.0.1
Foreground yes
StreamMaxLength 60M
MaxFileSize 60M
MaxScanSize 200M
AlertExceedsMax yes
AlertEncrypted no
OfficialDatabaseOnly no
"""


def up() -> bool:
    """Start the daemon. Return whether it had to be started."""
    if answering():
        return False
    processes.stop(NAME)
    (CLAMAV / "signatures").mkdir(parents=True, exist_ok=True)
    (CLAMAV / "signatures" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR}\n")
    PORT.write_text(str(free_port(port(), USUAL_PORT)))
    configuration = CLAMAV / "clamd.conf"
    configuration.write_text(CONFIGURATION.format(folder=CLAMAV, port=port()))
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or "clamd"
    processes.start(NAME, [program, f"--config-file={configuration}"], ready=answering)
    return True


def down() -> bool:
    """Stop the daemon. Return whether it was running."""
    return processes.stop(NAME)


def wipe() -> None:
    """Stop the daemon and delete its files."""
    down()
    shutil.rmtree(CLAMAV, ignore_errors=True)


def described() -> str:
    """Return the service's name and address for a person."""
    return f"ClamAV on {endpoint()}"


def port() -> int:
    """Return the kept port, or the usual one before the first start."""
    return int(PORT.read_text()) if PORT.exists() else USUAL_PORT


def endpoint() -> str:
    """Return the address of the daemon."""
    return f"tcp://127.0.0.1:{port()}"


def answering() -> bool:
    """Tell whether our daemon lives and answers."""
    if processes.recorded(NAME) is None:
        return False
    try:
        with socket.create_connection(("127.0.0.1", port()), 5) as connection:
            connection.sendall(b"zPING\0")
            return connection.recv(16).rstrip(b"\0") == b"PONG"
    except OSError:
        return False
