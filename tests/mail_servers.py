"""Mail servers on this machine that speak SMTP and GOV.UK Notify's protocol, and misbehave as they are told."""

import json
import socketserver
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

SERVICE, SECRET = str(uuid.uuid4()), str(uuid.uuid4())
API_KEY = f"matchfund-test-{SERVICE}-{SECRET}"
Said = tuple[int, str]


class NotifyServer(ThreadingHTTPServer):
    """Notify: takes e-mails, lists what it took, and refuses keys that are not ours.

    `answers` holds what the next requests are answered with, (status, message) or "cut" to hang up after taking.
    """

    daemon_threads = True
    page = 250

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _NotifyHandler)
        self.taken: list[dict[str, Any]] = []
        self.answers: list[Said | str] = []

    @property
    def address(self) -> str:
        """What MATCHFUND_MAIL_URL is set to."""
        return f"notify+http://{API_KEY}@127.0.0.1:{self.server_port}/template-1"


class _NotifyHandler(BaseHTTPRequestHandler):
    server: NotifyServer

    def log_message(self, *words: Any) -> None:
        """Stay silent."""

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _is_refused(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        try:
            jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            self._answer(403, {"status_code": 403, "errors": [{"error": "AuthError", "message": "Invalid token"}]})
            return True
        if self.server.answers and self.server.answers[0] != "cut":
            status, message = self.server.answers.pop(0)
            self._answer(int(status), {"status_code": status, "errors": [{"error": "Error", "message": message}]})
            return True
        return False

    def do_POST(self) -> None:
        """Take an e-mail."""
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._is_refused():
            return
        notification = {"id": str(uuid.uuid4()), "status": "sending", "completed_at": None, **content}
        self.server.taken.insert(0, notification)
        if self.server.answers and self.server.answers.pop(0) == "cut":
            self.connection.close()
            return
        self._answer(201, {"id": notification["id"], "reference": content.get("reference")})

    def do_GET(self) -> None:
        """List what was taken, the newest first."""
        if self._is_refused():
            return
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        found = [n for n in self.server.taken if asked.get("reference") in (None, n.get("reference"))]
        if "older_than" in asked:
            found = found[[n["id"] for n in found].index(asked["older_than"]) + 1 :]
        more = {"next": "more"} if len(found) > self.server.page else {}
        self._answer(200, {"notifications": found[: self.server.page], "links": {"current": "this", **more}})


class SmtpServer(socketserver.ThreadingTCPServer):
    """A mail server: keeps what it takes; `answers` maps a verb (RCPT, DATA, END) to what it says instead of OK."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SmtpHandler)
        self.taken: list[str] = []
        self.answers: dict[str, str] = {}

    @property
    def address(self) -> str:
        """What MATCHFUND_MAIL_URL is set to."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _SmtpHandler(socketserver.StreamRequestHandler):
    server: SmtpServer

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        """Speak SMTP with one client."""
        self._say("220 here")
        while line := self.rfile.readline().decode():
            verb = line[:4].upper().strip()
            if verb == "QUIT":
                return self._say("221 bye")
            said = self.server.answers.get(verb, "354 go on" if verb == "DATA" else "250 OK")
            self._say(said)
            if verb == "DATA" and said.startswith("354"):
                self._take()
        return None

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        text = b"".join(lines).decode()
        said = self.server.answers.get("END", "250 taken")
        if said.startswith("250"):
            self.server.taken.append(text)
        self._say(said)


def serving(make: Callable[[], Any]) -> Any:
    """Yield a server that runs beside the test."""
    with make() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def notify_server():
    """A server that speaks Notify's protocol."""
    yield from serving(NotifyServer)


@pytest.fixture
def smtp_server():
    """A server that speaks SMTP."""
    yield from serving(SmtpServer)
