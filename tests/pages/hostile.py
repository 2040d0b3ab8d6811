"""What a stranger with bad intent sends, and the forms of a page as a browser would fill them in."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from traceback import extract_tb
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from lxml import html

from audit.models import Event

Look = Callable[[], Any]
URLENCODED = "application/x-www-form-urlencoded"
# As they stand in an address, percent-encoded.
QUESTIONS = (
    "%00", "99999999999999999999", "-1", "abc", "../x", "%EF%BC%91", "%ED%A0%80", "%FF", "9999-12-31", "0001-01-01",
    "a%0D%0Ab", "9" * 10_000,
)  # fmt: skip
KEYS = (
    "%00", "a%00b", "..%2F", "..", "%EF%BC%91%EF%BC%92", "1" + "0" * 30, "%ED%A0%80", "%FF", "-1", "%E2%80%AE", "%0A",
    "'--", "A" * 5_000,
)  # fmt: skip
ASKED = ("page", "before", "after", "q", "state", "strand", "kind", "asked", "code", "next")
LONG = "50,000 words"  # only in all fields at once
VALUES: dict[str, Any] = {
    "empty": b"",
    "huge": b"1000000000000000",
    "vast": b"1" + b"0" * 30,
    "negative": b"-1",
    "exponent": b"1e9",
    "vast exponent": b"1e999999",
    "beyond any exponent": b"1e99999999999999999999",
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "twelve decimals": b"1.123456789012",
    "full width": "１２".encode(),
    "superscript": "²".encode(),
    "right to left": "\u202eevil\u200b\u2066\ufeff".encode(),
    "NUL": b"a\0b",
    "lone surrogate": b"\xed\xa0\x80",
    "broken": b"\xff\xfe",
    "line ends": b"a\r\nLocation: b\r\n",
    LONG: b"word " * 50_000,
    "a list": [b"1", b"2"],
    "a file": SimpleUploadedFile("evil.pdf", b"%PDF-1.7 evil"),
}


@dataclass(frozen=True)
class Form:
    """A form of a page: where it posts to, and each field as a browser would send it, filled in."""

    action: str
    fields: dict[str, Any]

    @property
    def key(self) -> tuple[str, ...]:
        """Return what it has in common with the same form as another role sees it."""
        return (self.action, *self.fields)

    def with_each(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is sent when one field is hostile, and when all are."""
        for what, value in VALUES.items():
            for name in self.fields if what != LONG else ():
                yield f"{name}: {what}", self.fields | {name: value}
            yield f"all: {what}", dict.fromkeys(self.fields, value)


def forms_of(page: bytes, address: str, method: str = "post") -> list[Form]:
    """Return the forms of a page that are sent by `method`; what is empty and not a choice gets a plain answer."""
    if b"<form" not in page:
        return []
    found = [f for f in html.fromstring(page).iter("form") if (f.get("method") or "get").lower() == method]
    return [Form(f.get("action") or address, _fields(f)) for f in found]


def _fields(form: html.FormElement) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for element in form.iter("input", "textarea", "select", "button"):
        name, kind = element.get("name"), element.get("type", "")
        if not name or name == "csrfmiddlewaretoken" or re.match(r"form-[1-9]", name):
            continue  # the items of a claim are all alike
        if element.tag == "select":
            filled[name] = element.value or next((o for o in element.value_options if o), "")
        elif kind == "radio":
            if element.get("checked") is not None or name not in filled:
                filled[name] = element.get("value", "")
        elif kind == "file":
            filled[name] = SimpleUploadedFile("plain.pdf", b"%PDF-1.7 plain\n%%EOF\n")
        else:
            filled[name] = (element.text if element.tag == "textarea" else element.get("value")) or _plain(name)
    return filled


def _plain(name: str) -> str:
    return {"day": "1", "month": "2", "year": "2027"}.get(name.rpartition("_")[2], "12")


@dataclass
class Answer:
    """What came back: its status, why it is 500, its bytes, and how many events it left on record."""

    status: int
    why: str
    content: bytes
    events: int


@dataclass
class Stranger:
    """A client whose every request is undone, and who counts failures instead of stopping at them."""

    client: Client
    role: str
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client.raise_request_exception = False
        session = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        self.session = session.value if session else ""

    def ask(
        self, method: str, address: str, sent: dict[str, Any] | None = None, what: str = "", look: Look = bool
    ) -> Answer:
        """Send a request, `look` at what it did, undo it, and keep it among the failures when it failed."""
        self.client.cookies.clear()
        if self.session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        body, kind = _body(sent or {})
        undone = transaction.atomic()
        undone._from_testcase = True  # so that a durable transaction may stand in it
        with undone:
            before = Event.objects.count()
            answer = self._answer(method, address, body, kind)
            if answer.status < 500:
                answer.events = Event.objects.count() - before
                look()
            transaction.set_rollback(True)
        if answer.status >= 500:
            self.failures.append(f"{self.role} {method} {address[:120]} {what}: {answer.why}")
        return answer

    def _answer(self, method: str, address: str, body: bytes, kind: str) -> Answer:
        try:
            response = self.client.generic(method, address, body, kind)
            content = b"".join(response) if response.streaming else response.content
        except Exception:
            return Answer(500, _why(sys.exc_info()), b"", 0)
        return Answer(response.status_code, _why(getattr(response, "exc_info", None)), content, 0)


def _why(error: Any) -> str:
    if not error or not error[1]:
        return ""
    last = [f for f in extract_tb(error[2]) if "site-packages" not in f.filename][-1:]
    return f"{error[1]!r:.160} at {[f'{f.filename}:{f.lineno}' for f in last]}"


def _body(sent: dict[str, Any]) -> tuple[bytes, str]:
    """Return the body of a form: with parts when it holds a file, otherwise percent-encoded."""
    for value in sent.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    if any(isinstance(value, SimpleUploadedFile) for value in sent.values()):
        parts = {name: [value] if isinstance(value, bytes) else value for name, value in sent.items()}
        return encode_multipart(BOUNDARY, parts), MULTIPART_CONTENT
    pairs = [(name, one) for name, value in sent.items() for one in (value if isinstance(value, list) else [value])]
    return "&".join(f"{quote_plus(name)}={quote_plus(one)}" for name, one in pairs).encode(), URLENCODED
