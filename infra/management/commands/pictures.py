"""Take the pictures of the README and the docs from the demo, in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import User
from assessments.models import Seat
from awards.models import Award
from bids.models import Bid
from infra.serve import commands

FOLDER = settings.BASE_DIR / "docs" / "pictures"
WIDTH, HEIGHT = 1280, 860


class Command(BaseCommand):
    help = "Take the pictures of the README and the docs; run the demo first."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, look, save."""
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser is None:
            raise CommandError("Install Chromium first:  apt-get install chromium")
        if not Bid.objects.filter(competition__reference="DHTC-R1").exists():
            raise CommandError("Run the demo first:  ./run demo --no-serve")
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        web = subprocess.Popen(commands(port)[0], cwd=settings.BASE_DIR, env=_environment())  # noqa: S603
        try:
            self.take(browser, f"http://127.0.0.1:{port}")
        finally:
            web.terminate()
            web.wait(20)

    def take(self, browser: str, address: str) -> None:
        """Open each page as its person and save what stands on the screen."""
        from playwright.sync_api import sync_playwright  # a tool of development, not of the portal

        FOLDER.mkdir(parents=True, exist_ok=True)
        wanted = [(name, path, session(email) if email else "") for name, email, path in views()]
        with sync_playwright() as play:
            chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
            for name, path, key in wanted:
                context = chromium.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
                if key:
                    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}
                    context.add_cookies([cookie])
                page = context.new_page()
                _open(page, address + path)
                page.screenshot(path=FOLDER / f"{name}.png")
                self.stdout.write(f"{name}.png  {page.title()}")
                context.close()
            chromium.close()


def views() -> Iterator[tuple[str, str, str]]:
    """Yield the name, the person's e-mail (none: the public) and the path of each picture."""
    drafts = Bid.objects.filter(state="draft", competition__reference="DHTC-R2").select_related("created_by")
    draft = drafts.order_by("pk")[0]
    seat = Seat.objects.filter(assessment__state="submitted").select_related("assessor__user")[0]
    award = Award.objects.filter(claims__state="paid").order_by("pk")[0]
    yield "home", "", reverse("home")
    yield "bid", draft.created_by.email, reverse("bid", args=[draft.reference])
    yield "team", draft.created_by.email, reverse("bid_team", args=[draft.reference])
    yield "call", "", reverse("competition", args=["DHTC-R2"])
    yield "set-up", "fund.manager@example.org", reverse("setup", args=["DHTC-R3"])
    yield "progress", "fund.manager@example.org", reverse("competition_progress", args=["DHTC-R2"])
    yield "score-sheet", seat.assessor.user.email, reverse("assessment", args=[seat.pk])
    yield "competition", "fund.manager@example.org", reverse("competition_manage", args=["DHTC-R1"])
    yield "award", "finance@example.org", reverse("award", args=[award.reference])
    yield "record", "auditor@example.org", reverse("record")


def session(email: str) -> str:
    """Return the key of a session of this person."""
    user = User.objects.get(email=email)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "infra.settings", "PYTHONPATH": os.pathsep.join(sys.path)}


def _open(page: Any, address: str) -> None:
    """Open a page, waiting at most half a minute for the server to start."""
    from playwright.sync_api import Error as PlaywrightError

    until = time.monotonic() + 30
    while True:
        try:
            answer = page.goto(address, wait_until="load", timeout=10_000)
        except PlaywrightError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
            continue
        if answer.status != 200:
            raise CommandError(f"{address} answers {answer.status}.")
        return
