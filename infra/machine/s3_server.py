"""Serve S3 on 127.0.0.1 with moto, and remember across restarts what it was told.

Each successful request that changes something is journalled with the instant and the seed of randomness it was run
with. At the start the journal is run again, so the same objects, version ids, upload ids and retention come back.
usage: python -m infra.machine.s3_server DIRECTORY PORT HEALTH-ANSWER
"""

import datetime
import io
import json
import os
import random
import secrets
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.moto_api._internal import mock_random
from moto.moto_server import werkzeug_app
from moto.s3 import models
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from infra.machine.journal import Journal
from infra.machine.s3 import HEALTH, LETTERS, LOCKED, RECORD, REGION, UPLOADS

CHANGING = {"PUT", "POST", "DELETE"}
VERSIONED = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
LOCATION = b"<CreateBucketConfiguration><LocationConstraint>%b</LocationConstraint></CreateBucketConfiguration>"
BAD_DIGEST = b"<Error><Code>BadDigest</Code><Message>The body has another SHA-256 than you gave.</Message></Error>"
EXPIRED = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential=LOCAL/20000101/{REGION}/s3/aws4_request, Signature=0"
Answer = tuple[str, list[tuple[str, str]], bytes]


class Moment:
    """Hold the instant and the randomness that moto sees, so that a request can be run again just the same."""

    def __init__(self) -> None:
        self.at: datetime.datetime | None = None
        self.random = random.Random()  # noqa: S311 : it must be repeatable, not secret
        models.utcnow = self.now
        models.os = self  # type: ignore[assignment]  # moto draws upload ids from os.urandom

    def set(self, at: str, seed: int) -> None:
        """Fix the instant (ISO 8601, UTC) and the seed."""
        self.at = datetime.datetime.fromisoformat(at)
        self.random.seed(seed)
        mock_random.seed(seed)

    def now(self) -> datetime.datetime:
        """Return the fixed instant, or the clock's, in UTC without a zone as moto keeps it."""
        return self.at or datetime.datetime.now(datetime.UTC).replace(tzinfo=None)

    def urandom(self, size: int) -> bytes:
        """Stand in for os.urandom."""
        return self.random.randbytes(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


class Server:
    """Answer S3 requests (WSGI) with moto, one change at a time, and journal each that succeeds."""

    def __init__(self, directory: Path, health: str) -> None:
        self.health = health.encode()
        self.moto = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
        self.moment = Moment()
        self.lock = threading.Lock()
        self.journal = Journal(directory / "journal")
        for record in self.journal:
            head, _, body = record.partition(b"\n")
            at, seed, kept = json.loads(head)
            self.run(at, seed, kept, body)
        self.moment.at = None

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            answer = plain("200 OK", self.health)
        elif environ["PATH_INFO"].startswith("/moto-api"):
            answer = plain("403 Forbidden", b"")
        elif environ["REQUEST_METHOD"] in CHANGING:
            answer = self.change(environ)
        elif (left := seconds_left(environ["QUERY_STRING"], self.moment.now())) is not None and left <= 0:
            answer = plain("403 Forbidden", EXPIRED)
        else:
            # moto knows a signed address only by the newest version, which may be a deletion
            signed = {"HTTP_AUTHORIZATION": AUTHORIZATION} if left is not None else {}
            return self.moto(environ | signed, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    def change(self, environ: dict[str, Any]) -> Answer:
        """Run one changing request alone, journal it if it succeeded, then answer."""
        body = read_body(environ)
        kept = {key: value for key, value in environ.items() if keeps(key, value)} | {"CONTENT_LENGTH": str(len(body))}
        if not matches(body, environ):
            return plain("400 Bad Request", BAD_DIGEST)
        with self.lock:
            at, seed = drawn()
            try:
                answer = self.run(at, seed, kept, body)
            finally:
                self.moment.at = None
            if answer[0].startswith("2"):
                self.journal.append(json.dumps([at, seed, kept]).encode() + b"\n" + body)
        return answer

    def run(self, at: str, seed: int, kept: dict[str, Any], body: bytes) -> Answer:
        """Run one request at an instant and with a seed of randomness."""
        self.moment.set(at, seed)
        environ = kept | {
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        content, status, headers = run_wsgi_app(self.moto, environ, buffered=True)
        return status, headers.to_wsgi_list(), b"".join(content)

    def versioned(self, name: str) -> bool:
        """Tell whether the bucket is there and keeps every version."""
        return b"Enabled" in self.run(*drawn(), request("GET", f"/{name}", "versioning"), b"")[2]

    def make_buckets(self) -> None:
        """Make the buckets there are not, all versioned; letters and the record can lock their objects."""
        for name in (LETTERS, UPLOADS, RECORD):
            if self.versioned(name):
                continue
            lock = {"HTTP_X_AMZ_BUCKET_OBJECT_LOCK_ENABLED": "true"} if name in LOCKED else {}
            self.change(request("PUT", f"/{name}", body=LOCATION % REGION.encode(), **lock))
            self.change(request("PUT", f"/{name}", "versioning", VERSIONED))


def seconds_left(query: str, now: datetime.datetime) -> float | None:
    """Return how long a presigned address still holds, which moto does not ask; None for any other address."""
    asked = parse_qs(query)
    if "X-Amz-Signature" not in asked:
        return None
    try:
        begun = datetime.datetime.strptime(asked["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ")  # noqa: DTZ007 - moto's kind
        return int(asked["X-Amz-Expires"][0]) - (now - begun).total_seconds()
    except (KeyError, ValueError):
        return 0


def plain(status: str, body: bytes) -> Answer:
    """Return an answer of our own."""
    return status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body


def drawn() -> tuple[str, int]:
    """Return the present instant (ISO 8601, UTC, without a zone) and a new seed of randomness."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None).isoformat(), secrets.randbits(64)


def read_body(environ: dict[str, Any]) -> bytes:
    """Return the whole body, whether its length was told or it came in chunks."""
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def matches(body: bytes, environ: dict[str, Any]) -> bool:
    """Tell whether a plain body has the SHA-256 that its request claims for it, which moto takes on trust."""
    claimed = environ.get("HTTP_X_AMZ_CHECKSUM_SHA256")
    whole = environ["REQUEST_METHOD"] == "PUT" and "HTTP_X_AMZ_DECODED_CONTENT_LENGTH" not in environ
    return not (claimed and whole) or claimed == b64encode(sha256(body).digest()).decode()


def keeps(key: str, value: Any) -> bool:
    """Tell whether an entry of the request's environment belongs to the request and can be written as JSON."""
    mine = not key.startswith(("wsgi.", "werkzeug.")) and key != "HTTP_TRANSFER_ENCODING"
    return mine and isinstance(value, str | int | dict)


def request(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> dict[str, Any]:
    """Return the environment of a request of our own."""
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "RAW_URI": f"{path}?{query}",
        "REQUEST_URI": f"{path}?{query}",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": AUTHORIZATION,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **headers,
    }


class QuietHandler(werkzeug_app.MotoRequestHandler):
    """Log errors only."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of a request that was answered."""


def main(directory: str, port: str, health: str) -> None:
    """Serve until killed."""
    server = Server(Path(directory), health)
    server.make_buckets()
    make_server("127.0.0.1", int(port), server, threaded=True, request_handler=QuietHandler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
