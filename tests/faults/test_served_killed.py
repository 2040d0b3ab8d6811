"""The real server gets kill -9 in the middle of every step from offer to payment: whole or nothing, and once."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.models import User
from awards import actions
from awards.models import Award, Claim, PaymentRun
from funds import watchdog
from funds.models import Proposal
from infra.serve import commands
from tests.asking import clock
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, STARTED, draft_claim, settle, write_down
from tests.cast_runs import second_finance
from tests.signing_in import signed_in

__all__ = ["clock", "second_finance"]
pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
TOKEN = "0" * 32
APART = ("django_session", "infra_cache", "accounts_loginattempt", "django_migrations")  # not what a press does


class Site:
    """The web server and its two processes, on the test's own database and S3."""

    def __init__(self, at: Any, store: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        address = os.environ["MATCHFUND_DATABASE_URL"].rpartition("/")[0]
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "infra.settings",
            "MATCHFUND_DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
            "MATCHFUND_S3_ENDPOINT_URL": store.address,
            "MATCHFUND_LOG_LEVEL": "ERROR",
            "SERVED_AT": str(at),
        }
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        *command, _ = commands(self.port)[0]
        command.append("tests.faults.served_at:application")
        self.process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL
        )
        for _ in range(600):
            if self.ask(None, "/health/", {}):
                return
            time.sleep(0.1)
        raise TimeoutError("The site does not start.")

    def kill(self) -> None:
        """Kill all of it, as a machine that dies does, and wait until PostgreSQL has undone what it had in hand."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        with connection.cursor() as cursor:
            for _ in range(600):
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid()"
                )
                if cursor.fetchone() == (0,):
                    return
                time.sleep(0.05)
        raise TimeoutError("PostgreSQL still has the dead server's sessions.")

    def ask(self, session: str | None, path: str, typed: dict[str, Any]) -> int:
        """Send a form; return the status, 0 where no answer comes."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(typed | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={TOKEN}; sessionid={session or ''}",
        }
        with suppress(OSError, http.client.HTTPException):
            link.request("POST", path, body, headers)
            with link.getresponse() as answer:
                return answer.status
        return 0


@pytest.fixture
def site(store, tmp_path, clock) -> Iterator[Callable[..., Site]]:
    """Return a function that sets the clock of the pages, here and in the served site."""
    at = tmp_path / "at"
    made = Site(at, store)

    def stand(instant: Any) -> Site:
        clock(instant)
        at.write_text(instant.isoformat())
        return made

    stand(NOW)
    made.start()
    yield stand
    made.kill()


def facts() -> dict[str, Any]:
    """Return how many rows each table has, and a digest of the states of awards, claims and runs."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in APART]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        found = dict(cursor.fetchall())
    states = [list(model.objects.values_list("pk", "state")) for model in (Award, Claim, PaymentRun)]
    return found | {"states": str(states)}


def press_under_fire(site: Site, chance: random.Random, who: User, name: str, /, *keys: Any, **typed: Any) -> str:
    """Press and kill the server meanwhile, later each time until the press was quicker; return what each left behind.

    Two more presses find the deed done, or do it once.
    """
    session, path, before = signed_in(who).cookies["sessionid"].value, reverse(name, args=keys), facts()
    seen: list[dict[str, Any]] = []
    moment = chance.uniform(0.01, 0.03)
    while len(seen) < 6 and (not seen or seen[-1] == before):
        pressing = Thread(target=site.ask, args=(session, path, typed))
        pressing.start()
        time.sleep(moment)
        site.kill()
        moment *= 2
        pressing.join()
        seen.append(facts())
        site.start()
    statuses = [site.ask(session, path, typed) for _ in range(2)]
    done = facts()
    assert done != before, (name, statuses)
    assert all(200 <= status < 500 for status in statuses), (name, statuses)
    assert all(one in (before, done) for one in seen), (name, differences(before, done, seen))
    assert watchdog.differences() == []
    return " ".join("whole" if one == done else "nothing" for one in seen)


def differences(before: dict, done: dict, seen: list[dict]) -> list[str]:
    """Return what stood between nothing and all, for whoever reads the failure."""
    return [
        f"{table}: {before[table]} → {one[table]} → {done[table]}"
        for one in seen
        for table in one
        if one[table] not in (before[table], done[table]) or (one != before and one[table] != done[table])
    ]


def test_each_step_from_offer_to_payment_is_done_whole_and_once(bid, people, second_finance, site):
    chance, told = random.Random(20), {}

    def press(at: Any, who: User, name: str, /, *keys: Any, **typed: Any) -> None:
        told[name] = press_under_fire(site(at), chance, who, name, *keys, **typed)

    def read(kind: str) -> dict[str, str]:
        return {"sha256": Proposal.objects.filter(kind=kind).latest("id").content_sha256}

    press(NOW, people.fund_manager, "award_offer", bid.reference)
    award = settle(Award.objects.get(), people)
    press(NOW, people.fund_manager, "letter_propose", award.reference)
    press(NOW, people.second_manager, "letter_issue", award.reference, **read("letter"))
    write_down(award)
    press(NOW, people.applicant, "award_accept", award.reference, name="Ada Applicant", is_stated="on")
    claim = draft_claim(actions.go_live(award=Award.objects.get(), at=STARTED), people)
    press(QUARTER_OVER, people.applicant, "claim_submit", claim.reference, is_declared="on")
    press(QUARTER_OVER, people.monitoring_officer, "claim_review", claim.reference, **read("claim"))
    press(QUARTER_OVER, people.fund_manager, "claim_approve", claim.reference, **read("claim"))
    day = QUARTER_OVER.date()
    press(QUARTER_OVER, second_finance, "run_new", which="all", claim=[claim.reference],
          pay_on_day=day.day, pay_on_month=day.month, pay_on_year=day.year)  # fmt: skip
    run = PaymentRun.objects.get()
    press(QUARTER_OVER, people.finance_officer, "run_make", run.reference, **read("run"))
    assert (Claim.objects.get().state, PaymentRun.objects.get().state) == ("instructed", "made")
    sys.stdout.write(f"{sum(len(left.split()) for left in told.values())} kills: {told}\n")
