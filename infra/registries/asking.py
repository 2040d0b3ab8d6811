"""Ask a register over HTTP: short waits, few retries, a short memory, and two ways to fail in plain words."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from django.core.cache import cache

TIMEOUT = httpx.Timeout(3.0, connect=1.5)
PAUSES_SECONDS = (0.2, 0.6)  # before the second and the third attempt
BUDGET_SECONDS = 8.0  # for all attempts together: somebody waits for a page
REMEMBERED_SECONDS = 600
LEFT_ALONE_SECONDS = 15  # after a register has failed
MOST_BYTES = 1_000_000
AGAIN = frozenset({429, 500, 502, 503, 504})

log = structlog.get_logger(__name__)


class RegistryAway(Exception):
    """A register gave no answer that can be used; try again later, or type what is needed."""


class NotFound(Exception):
    """A register answers that it has no such organisation."""


@dataclass(frozen=True)
class Entry:
    """An organisation as its register has it; an address is one line, its parts parted by commas.

    Attributes:
        key: what the register knows it by, such as 01234567 or RJ1.
        status: the register's own word, such as active or liquidation.
        is_open: it exists and is not being wound up.
        warning: what officials should know, in words; or nothing.
    """

    name: str
    key: str
    status: str
    is_open: bool
    warning: str = ""
    address: str = ""
    postcode: str = ""
    region: str = ""


@dataclass(frozen=True)
class Register:
    """Where a register answers, and what people call it."""

    name: str
    url: str
    key: str = ""

    def ask(self, path: str, **question: str | int) -> Mapping[str, Any]:
        """Return the JSON object at a path below the register's address; ask the register only for what is new.

        Raises:
            NotFound: it has none.
            RegistryAway: it does not answer, refuses us, or answers something else.
        """
        asked = f"{self.url}{path}?{json.dumps(question, sort_keys=True)}"
        remembered = f"registry-{hashlib.sha256(asked.encode()).hexdigest()}"
        resting = f"registry-away-{hashlib.sha256(self.url.encode()).hexdigest()}"
        if (answer := cache.get(remembered)) is not None:
            return answer
        if cache.get(resting):
            raise RegistryAway(f"{self.name} did not answer a moment ago.")
        try:
            answer = self._answer(path, question)
        except RegistryAway as error:
            log.warning("registry_away", registry=self.name, why=str(error))
            cache.set(resting, 1, LEFT_ALONE_SECONDS)
            raise
        cache.set(remembered, answer, REMEMBERED_SECONDS)
        return answer

    def _answer(self, path: str, question: Mapping[str, str | int]) -> Mapping[str, Any]:
        """Ask, again where that may help, until an answer, a refusal or the end of the budget."""
        until = time.monotonic() + BUDGET_SECONDS
        why = ""
        # The development machine's own register is not reached through a proxy.
        near = urlsplit(self.url).hostname in ("127.0.0.1", "localhost")
        auth = (self.key, "") if self.key else None
        with httpx.Client(timeout=TIMEOUT, auth=auth, trust_env=not near) as client:
            for pause in (*PAUSES_SECONDS, None):
                try:
                    status, body = self._once(client, path, question, until)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    why = f"{self.name} does not answer ({type(error).__name__})."
                else:
                    if status == 404:
                        raise NotFound(f"{self.name} has no such organisation.")
                    if status == 200:
                        return self._object(body)
                    why = f"{self.name} answers with an error ({status})."
                    if status not in AGAIN:
                        break
                if pause is None or time.monotonic() + pause > until:
                    break
                time.sleep(pause)
        raise RegistryAway(why)

    def _once(
        self, client: httpx.Client, path: str, question: Mapping[str, str | int], until: float
    ) -> tuple[int, bytes]:
        """Return status and body of one attempt; an answer that is too long or too slow is no answer."""
        body = b""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        with client.stream("GET", f"{self.url}{path}", params=question, headers=headers) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES or time.monotonic() > until:
                    raise httpx.ReadError("too long an answer")
            return response.status_code, body

    def _object(self, body: bytes) -> Mapping[str, Any]:
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise RegistryAway(f"{self.name} answers something that cannot be read.") from error
        if not isinstance(answer, dict):
            raise RegistryAway(f"{self.name} answers something that cannot be read.")
        return answer


def text(value: Any, most: int) -> str:
    """Return text of a register on one line without what cannot be seen or kept, cut to `most` characters."""
    if not isinstance(value, str | int):
        return ""
    plain = "".join(c if c.isprintable() else " " for c in str(value))
    return " ".join(plain.split())[:most].strip()


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list that a register sent, or of the one object that stands for a list of one."""
    if isinstance(value, dict):
        return [value]
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def one_line(parts: Any, names: tuple[str, ...], most: int = 200) -> str:
    """Return the parts of an address that are there, in this order, parted by commas; no part twice in a row."""
    found: list[str] = []
    for name in names:
        part = text(parts.get(name), most) if isinstance(parts, dict) else ""
        if part and part not in found[-1:]:
            found.append(part)
    return ", ".join(found)[:most].rstrip(", ")
