"""Let bidders save and submit while the served site is killed and PostgreSQL crashes; nobody restarts the site.

Run it by: python -m bench.restarts [--bidders 500] [--kills 20] [--crashes 3] [--away 15]

The site is served as `./run demo` serves it: two web processes under their server, and the worker. Every moment one of
them gets kill -9; now and then PostgreSQL is stopped as a crash stops it and started again, the last time after
`--away` seconds. A bidder who gets no answer, or a page that says that something went wrong, presses again. In the end
every bidder has one version with the last text that was acknowledged, one line of the record, one message, and that
message was sent; every page that told of a fault has said so in plain words, with its number.
"""

import argparse
import datetime as dt
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

from bench.database import ROOT
from bench.machine import Machine, machine
from bench.people import TEXT, Bidder, bidders

PORT = 8927
AT_ONCE = 8  # bidders
SAVES = 3
THINKS = 0.3  # seconds before a save
SERVE = f"import django; django.setup(); from infra.serve import serve; serve({PORT}, lambda: None)"
NUMBER = re.compile(rb"give this number: <strong>[0-9a-f]{8}</strong>")


@dataclass
class Seen:
    """What visitors saw: answers by status, faults that were told badly, and when which answer came."""

    statuses: Counter = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    good_at: list[float] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def take(self, status: int, page: bytes) -> None:
        """Count an answer; keep what is wrong with a page that tells of a fault."""
        self.statuses[status] += 1
        if status >= 500 and (b"Sorry, something went wrong" not in page or not NUMBER.search(page)):
            self.bad.append(f"{status}: {page[:200]!r}")
        if status >= 500 and b"Traceback" in page:
            self.bad.append(f"{status} shows a stack")
        if status in (200, 302):
            self.good_at.append(time.monotonic())


def ask(bidder: Bidder, path: str, typed: dict) -> tuple[int, bytes]:
    """Send a form on a connection of its own; 0 when no answer comes."""
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    cookies = f"sessionid={bidder.session}; csrftoken={bidder.token}"
    body = urlencode(typed | {"csrfmiddlewaretoken": bidder.token})
    try:
        link.request("POST", path, body, {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"})
        answer = link.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        link.close()


def press(seen: Seen, bidder: Bidder, path: str, typed: dict) -> None:
    """Press until it is done, as somebody does who is told to try again; give up after two minutes."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        status, page = ask(bidder, path, typed)
        seen.take(status, page)
        if status in (200, 302):
            return
        if 0 < status < 500:
            seen.bad.append(f"{path}: {status}")
            return
        time.sleep(0.5)
    seen.bad.append(f"{path}: no answer in two minutes")


def act(seen: Seen, bidder: Bidder) -> None:
    """Save three times and submit."""
    bid = f"/bids/{bidder.reference}"
    for number in range(SAVES):
        time.sleep(THINKS)
        text = f"{TEXT}{bidder.reference} {number}"
        press(seen, bidder, f"{bid}/questions/{bidder.slug}/save",
              {"text": text, "version": number + 1, "is_complete": "on"})  # fmt: skip
        seen.texts[bidder.reference] = text
    press(seen, bidder, f"{bid}/submit", {"key": f"press-{bidder.reference}", "agrees": "on"})


@contextmanager
def served() -> Iterator[subprocess.Popen]:
    """Serve the site while the context lasts."""
    site = subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, stderr=(ROOT / "var/log/restarts.log").open("wb"))
    nobody = Bidder("", "", 0, "", "")
    try:
        for _ in range(300):
            if site.poll() is None and ask(nobody, "/health/", {})[0]:
                yield site
                return
            time.sleep(0.2)
        raise RuntimeError("The site does not start: see var/log/restarts.log.")
    finally:
        site.terminate()
        site.wait()


def parts(site: int) -> dict[str, list[int]]:
    """Return the processes of the site that can be killed: web processes, their server, the worker."""
    tree: dict[int, list[int]] = {}
    words: dict[int, bytes] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            tree.setdefault(int((entry / "stat").read_text().rpartition(")")[2].split()[1]), []).append(int(entry.name))
            words[int(entry.name)] = (entry / "cmdline").read_bytes()
    servers = [pid for pid in tree.get(site, []) if b"granian" in words.get(pid, b"")]
    workers = [pid for pid in tree.get(site, []) if b"procrastinate" in words.get(pid, b"")]
    webs = [pid for server in servers for pid in tree.get(server, []) if b"granian" in words.get(pid, b"")]
    return {"web": webs, "server": servers, "worker": workers}


@dataclass
class Fire:
    """What was killed, and how many seconds after a crash the site answered again."""

    killed: Counter = field(default_factory=Counter)
    back_after: list[float] = field(default_factory=list)
    away: list[float] = field(default_factory=list)


def under_fire(own: Machine, site: int, seen: Seen, over: Event, asked: argparse.Namespace) -> Fire:
    """Kill, and crash PostgreSQL, until all of it is done; end early when the bidders have."""
    chance, fire = random.Random(20), Fire()
    plan = ["kill"] * asked.kills
    for n in range(asked.crashes):
        plan.insert((n + 1) * asked.kills // asked.crashes + n, "crash")
    for number, deed in enumerate(plan):
        if over.is_set():
            return fire
        time.sleep(chance.uniform(0.8, 2.0))
        if deed == "crash":
            crash(own, fire, seen, asked.away if number == len(plan) - 1 else 2.0)
            continue
        kind = chance.choices(("web", "server", "worker"), (6, 1, 3))[0]
        while not (there := parts(site)[kind]):  # it is being started again
            time.sleep(0.1)
        os.kill(chance.choice(there), signal.SIGKILL)
        fire.killed[kind] += 1
    return fire


def crash(own: Machine, fire: Fire, seen: Seen, away: float) -> None:
    """Stop PostgreSQL for a while, and measure when a visitor is served again."""
    own.stop_postgres()
    time.sleep(away)
    own.start_postgres()
    back = time.monotonic()
    while not (seen.good_at and seen.good_at[-1] > back) and time.monotonic() < back + 120:
        time.sleep(0.05)
    fire.away.append(away)
    fire.back_after.append(time.monotonic() - back)


def differences(people: list[Bidder], texts: dict[str, str]) -> list[str]:
    """Return where there is not exactly one of everything for each bidder."""
    from accounts.models import Message
    from audit.models import Event as Line
    from bids.models import Bid, BidVersion

    versions = {v.bid.reference: v for v in BidVersion.objects.select_related("bid")}
    lines = Counter(Line.objects.filter(verb="bid.submitted").values_list("subject", flat=True))
    told = Counter(Message.objects.filter(template="bid_submitted").values_list("to_id", flat=True))
    found = [f"{BidVersion.objects.count()} versions of {len(people)} bids"] * (
        BidVersion.objects.count() != len(people)
    )
    for one in people:
        version = versions.get(one.reference)
        if version is None or Bid.objects.get(reference=one.reference).state != "submitted":
            found.append(f"{one.reference}: not submitted")
            continue
        kept = {answer["slug"]: answer["text"] for answer in version.content["answers"]}
        if kept[one.slug] != texts[one.reference]:
            found.append(f"{one.reference}: a text that was acknowledged is lost")
        if (lines[f"bid:{one.reference}"], told[one.person]) != (1, 1):
            found.append(f"{one.reference}: {lines[f'bid:{one.reference}']} lines, {told[one.person]} messages")
    return found


def unsent() -> int:
    """Return how many messages of a submission are not written, or not handed to the mailer yet."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from accounts.models import Message

    waiting = ProcrastinateJob.objects.filter(task_name="bids.submitted").exclude(status="succeeded").count()
    return waiting + Message.objects.filter(template="bid_submitted", sent_at=None).count()


def let_go(connection: Any) -> None:
    """Close this process's own connections, which a crash would break."""
    connection.close()
    connection.close_pool()


def measure(asked: argparse.Namespace) -> bool:
    """Let the bidders act under fire; print the figures and tell whether nothing is amiss."""
    with machine() as own:
        import django

        django.setup()
        from django.db import connection

        people = bidders(asked.bidders, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        let_go(connection)
        seen, over = Seen(), Event()
        with served() as site, ThreadPoolExecutor(AT_ONCE + 1) as pool:
            firing = pool.submit(under_fire, own, site.pid, seen, over, asked)
            began = time.monotonic()
            list(pool.map(lambda one: act(seen, one), people))
            over.set()
            fire = firing.result()
            seconds = time.monotonic() - began
            until = time.monotonic() + 480
            while (waits := unsent()) and time.monotonic() < until and site.poll() is None:
                time.sleep(1)
            mended = time.monotonic() - began - seconds
            stood = site.poll() is None
        lost = differences(people, seen.texts)
        let_go(connection)
    print(f"{len(people)} bidders in {seconds:.0f} s; killed: {dict(fire.killed)}")
    print(f"PostgreSQL away for {[round(s) for s in fire.away]} s; a visitor was served again after "
          f"{[round(s, 1) for s in fire.back_after]} s")  # fmt: skip
    print(f"answers: {dict(seen.statuses)} (0: none); the last message was sent {mended:.0f} s after the last press")
    print(f"{len(lost)} differences, {len(seen.bad)} bad pages, {waits} messages unsent, site stands: {stood}")
    for line in [*lost[:5], *seen.bad[:5]]:
        print(line)
    return stood and not (lost or seen.bad or waits) and sum(fire.killed.values()) >= asked.kills


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bidders", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--crashes", type=int, default=3)
    parser.add_argument("--away", type=float, default=15.0, help="seconds that the last crash lasts")
    kept = measure(parser.parse_args())
    print("Nothing is amiss." if kept else "SOMETHING IS AMISS.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
