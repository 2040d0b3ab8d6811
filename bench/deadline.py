"""Let a thousand bidders save and submit in the minute before a deadline, over HTTP, against the server as it is run.

Run it by: python -m bench.deadline [--bidders 1000] [--limit SECONDS]

Every bidder saves three answers in the first fifty seconds and submits once in the last ten; one in twenty presses
twice at the same time with the same key. After each submit the bidder opens the receipt, as a browser does. Every
receipt (reference, version, SHA-256) is written to var/bench/ and, with every acknowledged save, checked against the
database at the end: nothing lost, nothing twice. Server, PostgreSQL and bidders share this machine's cores; the worker,
which only sends mail, does not run. Seconds are those that a bidder waits for one answer; beside them stands the CPU
that each side spent, as whatever else runs here takes its share of the cores.
"""

import argparse
import asyncio
import csv
import datetime as dt
import os
import random
import re
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.cpu import Spent, spent
from bench.database import ROOT, fresh
from bench.people import TEXT, Bidder, bidders

OUT = ROOT / "var" / "bench"
PORT = 8917
MINUTE, RUSH = 60.0, 10.0  # seconds until the deadline, and of them those in which everybody submits
SAVES = 3
LEAD_IN = 5.0  # seconds to let everything start
SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


@dataclass
class Answer:
    """What came back, and after how many seconds."""

    kind: str
    status: int
    seconds: float
    headers: dict[str, str]
    body: bytes


@dataclass
class Told:
    """What one bidder has been told: the last text that was acknowledged, by question, and each receipt.

    `late` is by how many seconds this bench itself missed the instant of a press.
    """

    bidder: Bidder
    texts: dict[str, str] = field(default_factory=dict)
    receipts: list[tuple[int, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    late: float = 0.0


class Browser:
    """One connection to the server, kept open."""

    def __init__(self, bidder: Bidder) -> None:
        self.cookies = f"sessionid={bidder.session}; csrftoken={bidder.token}"
        self.token = bidder.token
        self.pipes: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, kind: str, path: str, typed: dict | None = None) -> Answer:
        """Send a GET, or what is typed as a POST; a connection that the server has closed is opened anew."""
        body = urlencode(typed | {"csrfmiddlewaretoken": self.token}).encode() if typed else b""
        head = (
            f"{'POST' if typed else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: {self.cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        try:
            status, headers, content = await self._exchange(head.encode() + body)
        except (OSError, asyncio.IncompleteReadError):
            self.pipes = None
            status, headers, content = await self._exchange(head.encode() + body)
        return Answer(kind, status, time.perf_counter() - began, headers, content)

    def close(self) -> None:
        """Close the connection."""
        if self.pipes:
            self.pipes[1].close()

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.pipes is None:
            self.pipes = await asyncio.open_connection("127.0.0.1", PORT)
        reader, writer = self.pipes
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        return int(head[0].split()[1]), headers, content


async def act(told: Told, deadline: float, chance: random.Random) -> None:
    """Save and submit as one bidder does, on connections apart; `deadline` is an instant of this loop's clock."""
    begins = deadline - MINUTE
    moments = sorted(begins + chance.uniform(0, MINUTE - RUSH) for _ in range(SAVES))
    instant, times = deadline - chance.uniform(0, RUSH), 2 if chance.random() < 0.05 else 1
    key = uuid.uuid4().hex
    await asyncio.gather(save(told, moments), *(press(told, instant, key) for _ in range(times)))


async def save(told: Told, moments: list[float]) -> None:
    """Save an answer at each of these instants, or as soon as the save before is answered."""
    clock, bidder, browser = asyncio.get_running_loop().time, told.bidder, Browser(told.bidder)
    for number, moment in enumerate(moments):
        await asyncio.sleep(moment - clock())
        text = f"{TEXT}{bidder.reference} {number}"
        path = f"/bids/{bidder.reference}/questions/{bidder.slug}/save"
        answer = await browser.ask("save", path, {"text": text, "version": number + 1, "is_complete": "on"})
        told.answers.append(answer)
        if answer.status == 200:
            told.texts[bidder.slug] = text
    browser.close()


async def press(told: Told, instant: float, key: str) -> None:
    """Press on submit at this instant, then open the receipt."""
    clock, browser = asyncio.get_running_loop().time, Browser(told.bidder)
    await asyncio.sleep(instant - clock())
    told.late = max(told.late, clock() - instant)
    answer = await browser.ask("submit", f"/bids/{told.bidder.reference}/submit", {"key": key, "agrees": "on"})
    told.answers.append(answer)
    if answer.status != 302:
        return
    page = await browser.ask("receipt", answer.headers["location"])
    told.answers.append(page)
    version = re.search(rb"version-(\d+)\.json", page.body)
    if page.status == 200 and version and (found := SHA256.search(page.body)):
        told.receipts.append((int(version[1]), found[0].decode()))


async def rush(people: list[Bidder], closes_at: dt.datetime, web: int) -> tuple[list[Told], Spent, Spent]:
    """Let all bidders act until the deadline and their last answer; count the CPU of all the time and of its rush."""
    deadline = asyncio.get_running_loop().time() + (closes_at - dt.datetime.now(dt.UTC)).total_seconds()
    chance = random.Random(7)
    all_told = [Told(bidder) for bidder in people]
    begin = spent(web)
    at_rush, *_ = await asyncio.gather(
        count_at(deadline - 0.2 - RUSH, web), *(act(told, deadline - 0.2, chance) for told in all_told)
    )
    end = spent(web)
    return all_told, end.since(begin), end.since(at_rush)


async def count_at(instant: float, web: int) -> Spent:
    """Return what has been spent at an instant of this loop's clock."""
    await asyncio.sleep(instant - asyncio.get_running_loop().time())
    return spent(web)


def differences(all_told: list[Told]) -> list[str]:
    """Return where the database differs from what bidders were told."""
    from bids.models import BidVersion

    kept: dict[str, list[BidVersion]] = {}
    for version in BidVersion.objects.select_related("bid"):
        kept.setdefault(version.bid.reference, []).append(version)
    found = []
    for told in all_told:
        reference, versions = told.bidder.reference, kept.get(told.bidder.reference, [])
        if {(v.number, v.sha256) for v in versions} != set(told.receipts) or len(versions) > 1:
            found.append(f"{reference}: receipts {told.receipts}, kept {[(v.number, v.sha256) for v in versions]}")
        for version in versions:
            texts = {a["slug"]: a["text"] for a in version.content["answers"]}
            found += [f"{reference}: a saved text is lost" for slug, text in told.texts.items() if texts[slug] != text]
    return found


def report(all_told: list[Told], lost: list[str], limit: float) -> int:
    """Print what was measured; return 1 when a limit is broken."""
    answers = [answer for told in all_told for answer in told.answers]
    bad = [a for a in answers if a.status >= 400 or (a.kind == "submit" and a.status != 302)]
    slowest = 0.0
    for kind in ("save", "submit", "receipt"):
        seconds = sorted(a.seconds for a in answers if a.kind == kind)
        p50, p99 = (seconds[int(len(seconds) * part)] for part in (0.50, 0.99))
        slowest = max(slowest, p99)
        print(f"{kind:8} {len(seconds):6}  p50 {p50:6.3f} s  p99 {p99:6.3f} s  most {seconds[-1]:6.3f} s")
    print(f"bidders were at most {max(told.late for told in all_told):.3f} s late themselves")
    submitted = sum(1 for told in all_told if told.receipts)
    print(
        f"{submitted} of {len(all_told)} bidders have a receipt; {len(bad)} refused or failed; {len(lost)} differences"
    )
    for line in [*lost[:5], *(f"{a.kind}: {a.status} {why(a.body)}" for a in bad[:5])]:
        print(line)
    return int(bool(lost) or bool(bad) or submitted < len(all_told) or slowest > limit)


def why(page: bytes) -> str:
    """Return the errors that a page shows, or how it begins."""
    _, _, summary = page.decode("utf-8", "replace").partition("error-summary__list")
    return " ".join(re.sub(r"<[^>]*>|^[^>]*>", " ", summary.partition("</ul>")[0]).split()) or repr(page[:200])


def write(all_told: list[Told], path: Path) -> None:
    """Write every receipt that was acknowledged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["reference", "version", "sha256"])
        rows.writerows([told.bidder.reference, *receipt] for told in all_told for receipt in told.receipts)


def serve() -> subprocess.Popen:
    """Start the web server as `infra.serve` does and wait until it answers."""
    from infra.serve import commands

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "infra.settings"}
    server = subprocess.Popen(commands(PORT)[0], cwd=ROOT, env=environment, start_new_session=True)

    async def answers() -> bool:
        try:
            return (await Browser(Bidder("", "", 0, "", "")).ask("health", "/health/")).status < 500
        except OSError:
            return False

    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        if asyncio.run(answers()):
            return server
        time.sleep(0.3)
    server.kill()
    raise RuntimeError("The server does not start.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bidders", type=int, default=1000)
    parser.add_argument("--limit", type=float, help="seconds that 99 of 100 answers may take: 1, or 10 above 1,000")
    given = parser.parse_args()
    limit = given.limit or (1.0 if given.bidders <= 1000 else 10.0)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    with fresh("bench_deadline"):
        import django

        django.setup()
        from funds.models import Competition

        people = bidders(given.bidders, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        server = serve()
        try:
            closes_at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=MINUTE + LEAD_IN)
            set_deadline(Competition.objects.get().pk, closes_at)
            all_told, minute, at_rush = asyncio.run(rush(people, closes_at, server.pid))
        finally:
            server.terminate()
            server.wait()
        write(all_told, OUT / f"deadline-{given.bidders}.csv")
        lost = differences(all_told)
    print(f"CPU seconds from the first save to the last receipt: {minute}")
    print(f"CPU seconds of the rush: {at_rush}")
    presses = sum(1 for told in all_told for answer in told.answers if answer.kind == "submit")
    print(f"CPU milliseconds of the rush for each of {presses} presses: {at_rush.each(presses)}")
    return report(all_told, lost, limit)


def set_deadline(competition: int, closes_at: dt.datetime) -> None:
    """Move the deadline of a published competition, as only the owner of the tables can without two people."""
    import psycopg

    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"]) as owner:
        owner.execute("ALTER TABLE funds_competition DISABLE TRIGGER USER")
        owner.execute("UPDATE funds_competition SET closes_at = %s WHERE id = %s", [closes_at, competition])
        owner.execute("ALTER TABLE funds_competition ENABLE TRIGGER USER")


if __name__ == "__main__":
    sys.exit(main())
