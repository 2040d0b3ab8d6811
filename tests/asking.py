"""Ask for pages as a person, at an instant."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.cast import NOW
from tests.signing_in import signed_in


@pytest.fixture
def clock(monkeypatch) -> Any:
    """Return a function that sets the clock of the pages; it stands at noon on 2 February 2027."""

    def stand(at: dt.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    stand(NOW)
    return stand


def get(user: User | None, name: str, /, *keys: Any, **query: Any) -> HttpResponse:
    """Open a page."""
    return signed_in(user).get(reverse(name, args=keys), query)


def post(user: User | None, name: str, /, *keys: Any, **data: Any) -> HttpResponse:
    """Send a form or press a button."""
    return signed_in(user).post(reverse(name, args=keys), data)


def text(response: HttpResponse) -> str:
    """Return what a person reads on a page, in one line."""
    body = re.sub(r"(?s)<(script|style|head).*?</\1>|<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


def told(response: HttpResponse) -> list[str]:
    """Return the messages that an answer leaves for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def queries_of(user: User, name: str, /, *keys: Any, **query: Any) -> int:
    """Return how many queries a page takes."""
    client = signed_in(user)
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(name, args=keys), query)
    return len(captured)
