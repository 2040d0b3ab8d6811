"""A real browser that acts as a person: import these fixtures in the `conftest.py` of the tests that need them."""

import os
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import cache, partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.signing_in import signed_in

PHONE = {"width": 375, "height": 800}
DESKTOP = {"width": 1280, "height": 900}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is most of an answer, and slow to hand over
}
Open = Callable[..., Page]
expect.set_options(timeout=30_000)  # a busy machine is no wrong answer


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """Use the system's Chromium; as root it runs only without its sandbox.

    Playwright keeps an event loop in this process, which Django would otherwise take for asynchronous code of ours.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    root = {"args": ["--no-sandbox"]} if os.geteuid() == 0 else {}
    return browser_type_launch_args | {"executable_path": "/usr/bin/chromium"} | root


@pytest.fixture
def signed_in_browser(browser, live_server) -> Iterator[Open]:
    """Return a function that opens a page of the live server as a person: `open(user)`, then `page.goto(path)`."""
    contexts = []

    def start(user: User | None = None, script: bool = True, viewport: dict = DESKTOP) -> Page:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=script, viewport=viewport)
        contexts.append(context)
        if cookie := signed_in(user).cookies.get("sessionid"):
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def one_browser(browser) -> Iterator[Page]:
    """A browser whose window `served_by` fills with what a client gets: no server, no second connection."""
    context = browser.new_context(base_url="http://localhost")
    yield context.new_page()
    context.close()


def served_by(client: Client, page: Page, got: dict[str, HttpResponse]) -> Page:
    """Let a page ask a client for everything but what it `got` before, by path."""
    ours = copy_context()  # the browser calls back from another, where the test's transaction is not seen

    def answer(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix("http://localhost")
        sent = {"content_type": asked.headers.get("content-type", ""), "headers": {"host": "localhost"}}
        ask = partial(client.generic, asked.method, path, asked.post_data_buffer, **sent)
        response = got.get(path) or _asset(path) or ours.run(ask)
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.getvalue())

    page.unroute_all()
    page.route("**/*", answer)
    return page


@cache
def _asset(path: str) -> HttpResponse | None:
    """Return a file of the pages' own, which is the same for everybody."""
    response = Client().get(path, headers={"host": "localhost"}) if path.startswith("/static/") else None
    return response and HttpResponse(response.getvalue(), status=response.status_code, headers=dict(response.items()))


def findings(page: Page) -> list[str]:
    """Return what axe finds on a page that has come whole, each with its rule and its first place."""
    page.wait_for_load_state()
    answer = Axe().run(page, options=RULES)
    return [
        f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['html'][:120]}" for v in answer.response["violations"]
    ]


def too_wide(page: Page) -> int:
    """Return by how many pixels a page that has come whole is wider than its window and would scroll sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
