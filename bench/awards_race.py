"""Race awards on 16 connections against one pot, through the statements that an offer's ledger entries are.

Run it by: python -m bench.awards_race [AWARDS]

Each award opens its envelope, takes its turn at the stream and posts its commitment with its event, as an offer does.
Three fifths of them are too many for the pot. Limits: 300 awards a second tried, £0.00 over, and nothing that fits is
refused. Seconds are of the clock.
"""

import datetime as dt
import json
import os
import random
import subprocess
import sys
import time

from bench.database import ROOT, fresh

CONNECTIONS, PROCESSES, LIMIT = 16, 2, 300
CLOSES = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


def measure(awards: int) -> dict[str, float]:
    """Return how many awards a second were tried and granted, and the pence committed over the cap."""
    with fresh("bench_awards_race"):
        code = f"from bench.awards_race import race; race({awards})"
        out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(out.stdout.splitlines()[-1])


def race(awards: int) -> None:
    """Make the pot, let every process try its share of the awards at once, and print the figures as JSON."""
    _set_up()
    from accounts.models import User
    from bench.people import competition
    from funds import watchdog
    from funds.models import Envelope
    from tests.cast import money_in
    from tests.cast_awards import another_pot

    call = competition(CLOSES)
    by, approver = (User.objects.create(email=f"o{n}@example.org", full_name=f"O {n}", password="!") for n in range(2))
    cap = awards * 200_000 // 5
    money_in(call.stream, cap, by=by, approver=approver)
    pot = another_pot(call.stream, cap, by=by, approver=approver)
    each = awards // CONNECTIONS
    codes = [
        f"from bench.awards_race import run; run({first}, {each}, {pot.pk}, {by.pk})"
        for first in range(0, CONNECTIONS, CONNECTIONS // PROCESSES)
    ]
    runs = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) for code in codes
    ]
    ended = [json.loads(one.communicate()[0].splitlines()[-1]) for one in runs]
    tried = [pair for one in ended for pair in one["tried"]]
    seconds = max(one["ended"] for one in ended) - min(one["begun"] for one in ended)
    now = Envelope.objects.get(pk=pot.pk)
    granted = [pence for pence, is_granted in tried if is_granted]
    found = {
        "tried": len(tried), "a_second": len(tried) / seconds, "granted": len(granted),
        "over_pence": max(0, now.committed_pence - now.cap_pence),
        "differs": abs(now.committed_pence - sum(granted)) + len(watchdog.differences()),
        "refused_that_fit": sum(not is_granted and pence <= now.left_pence for pence, is_granted in tried),
    }  # fmt: skip
    print(json.dumps(found))


def run(first: int, each: int, pot: int, by: int) -> None:
    """Let the connections of one process, from the `first` on, try `each` awards; print what was granted, and when."""
    _set_up()
    from accounts.models import User
    from funds.models import Envelope
    from tests.races.racing import at_once

    held, user = Envelope.objects.select_related("stream").get(pk=pot), User.objects.get(pk=by)
    sessions = range(first, first + CONNECTIONS // PROCESSES)
    begun = time.time()
    results = at_once([_deed(session, each, held.stream, held, user) for session in sessions])
    tried = [pair for result in results for pair in result]  # a session that broke is no list, and fails here
    print(json.dumps({"tried": tried, "begun": begun, "ended": time.time()}))


def _set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    os.environ["MATCHFUND_DATABASE_POOL"] = str(CONNECTIONS)
    import django

    django.setup()


def _deed(session: int, each: int, stream, pot, by):
    from django.db import transaction

    from awards.actions.locks import hold_stream
    from funds import ledger

    amounts = random.Random(session).choices(range(100_000, 300_001), k=each)

    def deed() -> list[tuple[int, bool]]:
        found = []
        for number, pence in enumerate(amounts):
            try:
                with transaction.atomic():
                    award = ledger.open_envelope(stream=stream, kind="award")
                    hold_stream(stream)
                    ledger.post(
                        kind="committed", reference=f"race-{session}-{number}/2027-28", pence=pence, year="2027-28",
                        stream=stream, pot=pot, award=award, by=by, at=CLOSES,
                    )  # fmt: skip
                found.append((pence, True))
            except ledger.DoesNotFit:
                found.append((pence, False))
        return found

    return deed


def main(awards: int) -> int:
    """Print the figures; tell whether every limit was kept."""
    found = measure(awards)
    print(f"{found['tried']:,} awards on {CONNECTIONS} connections: {found['a_second']:.0f} a second")
    print(f"{found['granted']:,} granted, over by {found['over_pence']} pence, {found['differs']} differences")
    kept = found["a_second"] >= LIMIT and not (found["over_pence"] or found["differs"] or found["refused_that_fit"])
    print("limits kept" if kept else "limits MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(*[int(text) for text in sys.argv[1:]] or [2_400]))
