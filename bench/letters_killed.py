"""Make 500 letters while workers are killed 20 times and PostgreSQL crashes twice; then count what there is.

Run it by: python -m bench.letters_killed [--letters 500] [--kills 20] [--crashes 2]

PostgreSQL and S3 are its own, in a folder that is deleted afterwards. Two workers make the letters; every few moments
one gets kill -9, and now and then PostgreSQL is stopped as a crash stops it and started again. In the end there must
be as many objects, rows, hashes and lines of the record as letters, each object must have the hash that its row says,
and another run must write nothing.
"""

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.database import ROOT
from bench.machine import Machine, machine

WORKERS = 2


def measure(letters: int, kills: int, crashes: int) -> bool:
    """Make the letters under fire; print the figures and tell whether nothing is amiss."""
    with machine() as own:
        if not here(f"fill({letters})"):
            raise SystemExit("The letters to be made could not be written.")
        done = under_fire(own, kills, crashes)
        kinds = f"{done.kills} workers killed, {done.crashes} crashes of PostgreSQL"
        print(f"{letters} letters in {done.seconds:.0f} s: {kinds}", flush=True)
        return here(f"count({letters})") and done.kills >= kills


def here(call: str) -> bool:
    """Call a function of this module in a fresh process; tell whether it ended well."""
    code = f"import sys; from bench import letters_killed as made; made.set_up(); sys.exit(made.{call} is False)"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def set_up() -> None:
    """Load the application."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    import django

    django.setup()


def fill(letters: int) -> None:
    """Write awards whose letters are issued and wait to be made."""
    import psycopg

    from awards.letters.example import example
    from awards.models import Award, LetterRequest
    from bench.payment_run import AT
    from bench.submitted import fill as fill_bids
    from bids.models import Bid
    from funds.models import Envelope

    call = fill_bids(letters)
    envelopes = Envelope.objects.bulk_create(Envelope(kind="award", stream=call.stream) for _ in range(letters))
    facts: dict[str, Any] = {
        "content_sha256": "0" * 64, "grant_pence": 1, "starts_on": "2027-03-01", "ends_on": "2028-02-29",
        "responsible_officer": call.responsible_officer, "offered_at": AT, "state": "letter_issued", "issued_at": AT,
        "accept_by": "2028-03-31",
    }  # fmt: skip
    pairs = zip(Bid.objects.order_by("pk"), envelopes, strict=True)
    awards = [Award(pk=n, reference=f"MFA-{n:06}", bid=b, envelope=e, **facts) for n, (b, e) in enumerate(pairs, 1)]
    requests = []
    for award in awards:
        data = example(award.pk)
        data["letter"]["short_code"] = code = f"{award.pk // 10_000:04}-{award.pk % 10_000:04}"
        data["award"]["reference"] = award.reference
        requests.append(LetterRequest(award=award, data=data, short_code=code, requested_at=sealing_time()))
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for table in ("awards_award", "awards_letterrequest"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        Award.objects.bulk_create(awards)
        LetterRequest.objects.bulk_create(requests)
        for table in ("awards_award", "awards_letterrequest"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def sealing_time() -> Any:
    """Return a time at which the development certificate is valid."""
    from django.utils import timezone

    return timezone.now().replace(microsecond=0)


def work() -> None:
    """Be a worker: load the renderer, say so, and make letters until none waits."""
    from awards import tasks
    from awards.letters import document, seal  # noqa: F401 - so that a worker that is killed is killed at work

    print("at work", flush=True)
    while tasks.make_letters().waiting:
        time.sleep(0.05)


@dataclass
class Fire:
    """How often who was killed, and how long it all took."""

    kills: int = 0
    crashes: int = 0
    seconds: float = 0.0


def under_fire(own: Machine, kills: int, crashes: int) -> Fire:
    """Let two workers make the letters, kill the one that has run longer every few moments, and start another."""
    chance, done, began = random.Random(20), Fire(), time.monotonic()
    running = [start() for _ in range(WORKERS)]
    due = {kills * n // (crashes + 1) for n in range(1, crashes + 1)}
    while any(worker.wait_a_moment(chance) for worker in running):
        eldest = min(running, key=lambda worker: worker.began)
        if done.kills < kills and eldest.is_at_work():
            eldest.process.send_signal(signal.SIGKILL)
            done.kills += eldest.process.wait() == -signal.SIGKILL
            if done.kills in due:
                due.discard(done.kills)
                own.stop_postgres()
                own.start_postgres()
                done.crashes += 1
        running = [worker if worker.process.poll() in (None, 0) else start() for worker in running]
    done.seconds = time.monotonic() - began
    return done


@dataclass(frozen=True)
class Worker:
    """A process that makes letters and says when it begins, and when it was started."""

    process: subprocess.Popen
    began: float

    def wait_a_moment(self, chance: random.Random) -> bool:
        """Give it up to a second; tell whether it still runs or has to be replaced."""
        time.sleep(chance.uniform(0.1, 0.6))
        return self.process.poll() != 0

    def is_at_work(self) -> bool:
        """Tell whether it runs and has said that it makes letters."""
        return self.process.poll() is None and bool(select.select([self.process.stdout], [], [], 0)[0])


def start() -> Worker:
    """Start a worker; what it says when PostgreSQL leaves it is of no interest."""
    code = "from bench.letters_killed import set_up, work; set_up(); work()"
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return Worker(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, **quiet), time.monotonic())


def count(letters: int) -> bool:
    """Print how much of everything there is, before and after another run; tell whether all is as it should be."""
    import hashlib

    from django.conf import settings

    from awards import tasks
    from awards.models import Letter
    from infra import storage

    first = standing()
    sound = sum(
        hashlib.sha256(storage.get(settings.S3_LETTERS_BUCKET, one.key)).hexdigest() == one.sha256
        for one in Letter.objects.all()
    )
    again = tasks.make_letters()
    print(
        ", ".join(f"{number} {what}" for what, number in first.items())
        + f", {sound} objects with the hash of their row"
    )
    print(f"Another run made {again.stored} letters and left {'nothing' if standing() == first else 'TRACES'}")
    return set(first.values()) == {letters} and (sound, again.stored) == (letters, 0) and standing() == first


def standing() -> dict[str, int]:
    """Return how many objects, versions, rows, hashes and lines of the record there are."""
    from django.conf import settings

    from audit.models import Event
    from awards.models import Letter
    from infra import storage

    pages = storage.client().get_paginator("list_object_versions").paginate(Bucket=settings.S3_LETTERS_BUCKET)
    versions = [version["Key"] for page in pages for version in page.get("Versions", [])]
    return {
        "objects": len(set(versions)),
        "versions": len(versions),
        "rows": Letter.objects.count(),
        "hashes": Letter.objects.values("sha256").distinct().count(),
        "lines of the record": Event.objects.filter(verb="letter.stored").count(),
    }


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=500)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--crashes", type=int, default=2)
    asked = parser.parse_args()
    kept = measure(asked.letters, asked.kills, asked.crashes)
    print("Nothing is amiss." if kept else "SOMETHING IS AMISS.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
