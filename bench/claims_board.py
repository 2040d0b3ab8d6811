"""Count the queries and the CPU of the claims board, over 10,000 claims.

Run it by: python -m bench.claims_board [COUNT]

Pages go through the real WSGI application with its middleware and PostgreSQL, as a signed-in official. Milliseconds are
of the CPU of this process, the median of the rounds. Limits: 10 queries and 150 ms for every filter and page.
"""

import datetime as dt
import os
import statistics
import subprocess
import sys
import time

from bench.database import ROOT, fresh

ROUNDS = 11
MOST_QUERIES, MOST_MILLISECONDS = 10, 150
ASKED = {
    "not paid yet": {},
    "every state": {"state": ""},
    "approved": {"state": "approved"},
    "more than 30 days": {"state": "", "age": "30"},
    "late": {"state": "", "late": "on"},
    "search": {"state": "", "q": "company"},
    "nothing fits": {"state": "", "q": "zzzzzz"},
}
_STATES = ("submitted", "reviewed", "approved", "instructed", "paid")


def time_pages(count: int) -> int:
    """Fill the database, time every page, and print a line for each; tell whether every limit was kept."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.submitted import fill, official
    from tests.signing_in import signed_in

    call = fill(max(2, count // 10))
    _claims(call, count)
    client, host = signed_in(official(call)), os.environ["MATCHFUND_ALLOWED_HOSTS"].split(",")[0]
    kept = []
    for name, asked in ASKED.items():
        query = asked or {"state": "open"}
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/claims/board", query, headers={"host": host}).status_code == 200
        queries, taken = len(captured), []
        for _ in range(ROUNDS):
            begun = time.process_time()
            client.get("/claims/board", query, headers={"host": host})
            taken.append(1000 * (time.process_time() - begun))
        cpu = statistics.median(taken)
        kept.append(queries <= MOST_QUERIES and cpu < MOST_MILLISECONDS)
        print(f"{name:20}{queries:4} queries{cpu:8.1f} ms CPU  {'kept' if kept[-1] else 'MISSED'}", flush=True)
    return 0 if all(kept) else 1


def _claims(call: object, count: int) -> None:
    """Write ten claims an award, in every state, past the triggers that deeds satisfy."""
    import psycopg
    from django.db import connections

    from accounts.models import User
    from awards.models import Award, Claim
    from bids.models import Bid
    from funds.models import Envelope, Stream

    settings = connections["owner"].settings_dict
    address = {"dbname": settings["NAME"], "user": settings["USER"], "host": settings["HOST"], "port": settings["PORT"]}
    with psycopg.connect(**address, password=settings["PASSWORD"], autocommit=True) as owner:
        for table in ("awards_award", "awards_claim", "funds_envelope"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        user, stream = User.objects.order_by("pk").first(), Stream.objects.order_by("pk").first()
        bids = list(Bid.objects.filter(competition=call).order_by("pk")[: max(1, count // 10)])
        envelopes = Envelope.objects.bulk_create(Envelope(kind="award", stream=stream) for _ in bids)
        begun, first = dt.date(2026, 1, 1), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        awards = Award.objects.bulk_create(
            Award(
                reference=f"MFA-{n:06}", bid=bid, envelope=envelope, state="live", grant_pence=10_000_000,
                starts_on=begun, ends_on=dt.date(2028, 12, 31), responsible_officer=user, offered_at=first,
            )
            for n, (bid, envelope) in enumerate(zip(bids, envelopes, strict=True))
        )  # fmt: skip
        received = [first + dt.timedelta(minutes=10 * n) for n in range(10 * len(awards))]
        Claim.objects.bulk_create(
            Claim(
                reference=f"{award.reference}-P1-C{n}", award=award, organisation_id=award.bid.lead_id, number=n,
                starts_on=begun, ends_on=begun + dt.timedelta(days=89), state=_STATES[(place + n) % len(_STATES)],
                eligible_pence=1_000_000, grant_pence=700_000, match_pence=300_000, submitted_by=user,
                submitted_at=received[10 * place + n - 1], received_at=received[10 * place + n - 1],
            )
            for place, award in enumerate(awards)
            for n in range(1, 11)
        )  # fmt: skip
        owner.execute("ANALYZE")


def main(count: int) -> int:
    """Time the board in a database of its own."""
    with fresh("bench_claims_board"):
        code = f"import sys; from bench.claims_board import time_pages; sys.exit(time_pages({count}))"
        return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
