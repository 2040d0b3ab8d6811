"""A day on which people bid: the clock stands, the registers answer, files are kept and scanned, and post goes out."""

from collections.abc import Callable

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.bids.conftest import bid, noon, submitted_bid, trust
from tests.browser import browser_type_launch_args, signed_in_browser
from tests.journeys.cast import Visitor
from tests.object_store import store, store_of_the_session
from tests.registers import registers

__all__ = [
    "bid", "browser_type_launch_args", "noon", "registers", "signed_in_browser", "store", "store_of_the_session",
    "submitted_bid", "trust",
]  # fmt: skip


@pytest.fixture
def visitor(signed_in_browser) -> Callable[..., Visitor]:
    """Return a function that lets somebody come to the portal, signed in when the user is known."""

    def come(user=None, name: str = "", **browser) -> Visitor:
        known = (user.full_name, user.email) if user else (name, f"{name.replace(' ', '.').lower()}@example.org")
        page = signed_in_browser(user, **browser)
        page.set_default_timeout(60_000)
        return Visitor(page, *known, has_script=browser.get("script", True))

    return come


@pytest.fixture
def worker() -> Callable[[], None]:
    """Return a function that does what the worker would do with everything that is queued."""
    done: set[int] = set()

    def work() -> None:
        while jobs := list(ProcrastinateJob.objects.exclude(pk__in=done).order_by("pk")):
            done.update(job.pk for job in jobs)
            for job in jobs:
                app.tasks[job.task_name].func(**job.args)

    return work
