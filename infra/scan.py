"""Ask ClamAV whether a file is clean, over its socket. Files are guilty until scanned."""

import socket
import struct
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import TextChoices

TIMEOUT_SECONDS = 60


class ScanState(TextChoices):
    """A file is guilty until scanned."""

    WAITING = "waiting", "Waiting to be scanned"
    CLEAN = "clean", "Clean"
    INFECTED = "infected", "Infected"


SCAN_EDGES = ((ScanState.WAITING, ScanState.CLEAN), (ScanState.WAITING, ScanState.INFECTED))


class ScannerAway(Exception):
    """The scanner cannot be reached or gave no verdict; try again later."""


class Verdict(NamedTuple):
    """What the scanner found: the signature's name, or nothing."""

    is_clean: bool
    signature: str


def _connect() -> socket.socket:
    address = urlsplit(settings.SCAN_URL)
    if address.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        connection.connect(address.path)
        return connection
    return socket.create_connection((address.hostname, address.port), TIMEOUT_SECONDS)


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Return the verdict on a file given in chunks, which are never held together.

    Raises:
        ScannerAway: no connection, a broken one, or an answer that is no verdict (such as a size limit).
    """
    try:
        with _connect() as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            connection.sendall(struct.pack("!I", 0))
            with connection.makefile("rb") as answers:
                answer = answers.read(4096).rstrip(b"\0").decode(errors="replace")
    except OSError as error:
        raise ScannerAway(f"The scanner does not answer: {error}") from error
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Verdict(True, "")
    if said.endswith(" FOUND"):
        return Verdict(False, said.removesuffix(" FOUND"))
    raise ScannerAway(f"The scanner gave no verdict: {said or 'it closed the connection'}")
