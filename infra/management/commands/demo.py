"""Run the demo: a whole competition end to end, then serve it."""

import datetime as dt
import fcntl
import json
import os
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import tasks as audit
from audit.pack import write_pack
from awards.tasks import make_letters
from bids.models import Bid
from funds.models import Competition, Stream
from funds.years import financial_year
from infra import storage
from infra.demo import around, assessing, calls, ends, plans, register, report, rounds, sign_ins, story, team
from infra.demo.dates import Calendar
from infra.demo.instalments import pay_first
from infra.demo.payments import pay
from infra.demo.people import People, gather
from infra.serve import serve

LOCK = settings.BASE_DIR / "var" / "demo.lock"
PACK = settings.BASE_DIR / "var" / "demo" / "auditors-pack.zip"


class Command(BaseCommand):
    help = "Run a whole competition of the demonstration end to end; run again, it changes nothing that is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="end after the run")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")

    def handle(self, *, no_serve: bool, **options: Any) -> None:
        """Tell every chapter, say what happened, and serve."""
        self.out = self.stderr if options["json"] else self.stdout
        self.began = time.monotonic()
        with LOCK.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            people, competition, is_verified = self.run(timezone.now())
        secret = sign_ins.password()
        let_in = sign_ins.let_in(people)
        told = report.facts(competition, is_verified)
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write("")
            for line in report.lines(told, competition, PACK.relative_to(settings.BASE_DIR), let_in, secret):
                self.stdout.write(line)
        if not is_verified:
            raise CommandError("The record does not verify: see above.")
        if not no_serve:
            self.serve()

    def run(self, now: dt.datetime) -> tuple[People, Competition, bool]:
        """Tell every chapter; two demos at once take turns."""
        calendar = Calendar.before(now)
        people = self.chapter("People, 15 networks and NHS bodies", gather, calendar.set_up)
        competition = self.competition(people, calendar, now)
        return people, competition, self.chapter("The record, sealed, packed and verified", self.record)

    def chapter(self, title: str, tell: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell one chapter with its time on screen."""
        began = time.monotonic()
        self.out.write(f"  {title} …", ending="")
        self.out.flush()
        result = tell(*args, **kwargs)
        count = f" {result}" if isinstance(result, int) and not isinstance(result, bool) else ""
        self.out.write(f"{count} ({time.monotonic() - began:.1f} s)")
        return result

    def competition(self, people: People, calendar: Calendar, now: Any) -> Any:
        """Run the first round from call to payment and open the second."""
        streams = self.chapter("Four streams, £86m, on two people's word", rounds.streams, people, calendar)
        self.chapter(
            "The networks' first year shared out", rounds.allocations, people, streams["ahsn_allocation"], calendar
        )
        sme = streams["sme_match_funded"]
        first = self.chapter("Round 1 published", rounds.first_round, people, sme, calendar)
        second = self.chapter("Round 2 opened", rounds.open_round, people, sme, now)
        self.chapter("Round 3 begun from its template", rounds.next_round, people, sme, now)
        self.chapter("Files and answers of round 2", around.explain, second, people, now)
        self.chapter("A register of earlier awards read in", register.read_in, people, calendar, now)
        start = calendar.start_on
        opened = calendar.opens + 48 * story.HOUR
        drawn = list(plans.first_round())
        self.chapter("Bids of round 1 written and submitted", story.write_bids, first, drawn, people, opened, start)
        self.open_calls(people, streams, second, now)
        self.chapter("Files and evidence scanned by the worker", story.work_off_the_queue)
        self.chapter("Assessors seated, scores submitted", story.assess, first, people, calendar)
        lead = people.ahsn_lead
        self.chapter("Somebody invited to assess", assessing.invite_newcomer, people.networks[0], lead, now)
        first = self.chapter("The panel decides inside the envelope", story.decide, first, people, calendar)
        self.chapter("Scores and reasons released to applicants", story.give_feedback, first, people, calendar)
        self.awards(first, people, calendar)
        return first

    def open_calls(self, people: People, streams: dict[str, Stream], second: Competition, now: dt.datetime) -> None:
        """Let companies and trusts bid in what is open, and change the open round on two people's word."""
        drawn = list(plans.open_round())
        self.write("Bids of round 2", second, drawn, people)
        bid = Bid.objects.get(competition=second, title=drawn[0].title)
        self.chapter("A team of two organisations at work", team.write_together, bid, drawn[0].cost, people, now)
        self.chapter("Round 2 corrected, its deadline moved", calls.change, second, people, now)
        testing = self.chapter("Test bed opened from its template", calls.test_bed, people, streams["testbed"], now)
        self.write("Bids of companies with NHS test sites", testing, list(plans.test_bed()), people)
        fund = self.chapter("Pathway fund opened", calls.integration, people, streams["integration"], now)
        self.write("Bids of NHS trusts", fund, list(plans.integration()), people)
        year = financial_year(now.date())
        self.chapter("More money asked for", calls.ask_for_more, people, streams["integration"], year, now)

    def write(self, title: str, call: Competition, drawn: list[plans.Plan], people: People) -> None:
        """Let the bids of an open competition be written, from an hour after it opened."""
        self.chapter(title, story.write_bids, call, drawn, people, call.opens_at + story.HOUR, call.start_by)

    def awards(self, competition: Any, people: People, calendar: Calendar) -> None:
        """Take the awards as far as each goes: one waits for its match funding, one is declined, one not accepted."""
        offered = self.chapter("Awards offered, money committed", story.offer, competition, people, calendar)
        ready, signed = offered[:-2], offered[:-3]
        self.chapter("Milestones agreed", story.each, ends.promise, ready, people, calendar)
        self.chapter("Match funding verified, conditions settled", story.each, story.settle, ready, people, calendar)
        self.chapter("Letters issued by two people", story.each, story.issue, ready, people, calendar)
        self.chapter("Letters rendered, sealed and stored on S3", story.work_off_the_queue)
        make_letters()
        self.chapter("Awards accepted, projects live", story.each, story.accept, signed, people, calendar)
        self.chapter("First claims reviewed and approved", story.claim, signed, people, calendar)
        self.chapter("Claims paid by a run, one returned, a part of one clawed back", pay, signed, people, calendar)
        self.chapter("An offer declined, a letter lapsed", ends.come_to_an_end, offered, people, calendar)
        self.chapter("What came free offered to the reserve list", story.work_off_the_queue)
        self.chapter("A network's return accepted, its first instalment paid", pay_first, people, calendar)

    def record(self) -> bool:
        """Seal and publish the record, write the auditor's pack and check it with the script that lies in it."""
        audit.seal_and_publish(timezone.now(), put=storage.put_once, exists=storage.exists)
        PACK.parent.mkdir(parents=True, exist_ok=True)
        write_pack(PACK)
        script = settings.BASE_DIR / "audit" / "verify.py"
        command = [sys.executable, "-I", str(script), str(PACK)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if checked.returncode:
            self.stderr.write(checked.stdout + checked.stderr)
        return checked.returncode == 0

    def serve(self) -> None:
        """Serve with the worker until Ctrl-C."""
        port = int(os.environ.get("PORT", "8000"))

        def tell() -> None:
            self.stdout.write(
                f"\nMatchfund serves on http://127.0.0.1:{port} with the worker running. Ctrl-C stops it."
            )
            self.stdout.flush()

        if serve(port, when_ready=tell):
            raise CommandError("A process ended by itself: see above.")
