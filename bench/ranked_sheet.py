"""Time the ranked sheet of a competition with 2,000 bids, three assessments each: CPU of one page and of the CSV.

Run it by: python -m bench.ranked_sheet [--bids 2000]

The page goes through the real WSGI application with its middleware and PostgreSQL, as a signed-in official. CPU is that
of this process, the best of the rounds, as other work on the machine only ever adds. Limits: 12 queries, 150 ms of CPU
for the page; with ten times the bids of the smaller sheet it takes at most ten times as long.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any

from bench.database import ROOT, fresh

ROUNDS, QUERIES, CPU_MS = 7, 12, 150.0
ASSESSORS = 300
_SEAT = "id, bid_id, assessor_id, state, invited_at, decline_reason, withdrawn_reason"
_ASSESSMENT = (
    "id, seat_id, state, is_in_scope, is_fundable, feedback, note, is_counted, left_out_reason, submitted_at,"
    " reopened_reason, version"
)
_SCORE = "assessment_id, question_id, points, reason"


def measure(count: int) -> dict[str, float]:
    """Return milliseconds of CPU and queries of the page, in a process and a database of its own."""
    with fresh(f"bench_ranked_{count}"):
        code = f"from bench.ranked_sheet import time_pages; time_pages({count})"
        out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        found: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
        return found


def time_pages(count: int) -> None:
    """Fill the database, time the pages, and print the figures as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.submitted import fill, official
    from tests.signing_in import signed_in

    call = fill(count)
    score(call.pk)
    client, host = signed_in(official(call)), os.environ["MATCHFUND_ALLOWED_HOSTS"].split(",")[0]
    found: dict[str, float] = {}
    for name, path in (("page", "ranked"), ("manage", "manage"), ("csv", "ranking.csv")):
        address = f"/competitions/{call.reference}/{path}"
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, headers={"host": host})
            assert answer.status_code == 200, answer.status_code
        queries = len(captured)
        best = float("inf")
        for _ in range(ROUNDS):
            begun = time.process_time()
            answer = client.get(address, headers={"host": host})
            if answer.streaming:
                b"".join(answer)
            best = min(best, 1000 * (time.process_time() - begun))
        found |= {name: best, f"{name} queries": queries}
    print(json.dumps(found))


def score(competition: int) -> None:
    """Let three assessors score each bid of a competition, in bulk past the rules of states."""
    import psycopg

    from accounts.models import User
    from assessments.models import Assessor

    people = User.objects.bulk_create(
        User(email=f"assessor.{n}@example.org", full_name=f"Assessor {n}", password="!") for n in range(ASSESSORS)
    )
    assessors = Assessor.objects.bulk_create(Assessor(user=user, types=["clinical"]) for user in people)
    keys = [assessor.pk for assessor in assessors]
    draw = random.Random(2)
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        tables = ("assessments_seat", "assessments_assessment", "assessments_score", "funds_competition")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute("UPDATE funds_competition SET state = 'in_assessment'")
        bids = [row[0] for row in owner.execute("SELECT bid_id FROM bids_standing ORDER BY bid_id")]
        questions = [
            row[0]
            for row in owner.execute(
                "SELECT id FROM funds_question WHERE is_scored AND competition_id = %s", [competition]
            )
        ]
        seats = [(bid, who) for bid in bids for who in draw.sample(keys, 3)]
        _copy(owner, "assessments_seat", _SEAT, (
            (n, bid, who, "accepted", "2027-03-02", "", "") for n, (bid, who) in enumerate(seats, 1)
        ))  # fmt: skip
        numbers = range(1, len(seats) + 1)
        _copy(owner, "assessments_assessment", _ASSESSMENT, (
            (n, n, "submitted", True, draw.random() < 0.8, "", "", True, "", "2027-03-03", "", 1) for n in numbers
        ))  # fmt: skip
        _copy(owner, "assessments_score", _SCORE, (
            (n, question, draw.randint(3, 10), "Because.") for n in numbers for question in questions
        ))  # fmt: skip
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute("ANALYZE")


def _copy(owner: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with owner.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def main(count: int) -> int:
    """Print the figures of a small and of the whole sheet; tell whether every limit was kept."""
    small, whole = measure(count // 10), measure(count)
    print(f"{'':10}{f'{count // 10:,} bids':>14}{f'{count:,} bids':>14}{'ratio':>8}  queries")
    for name in ("page", "manage", "csv"):
        a, b = small[name], whole[name]
        print(f"{name:10}{a:11.1f} ms{b:11.1f} ms{b / a:8.2f}  {whole[f'{name} queries']:.0f}")
    kept = whole["page"] <= CPU_MS and whole["page queries"] <= QUERIES and whole["manage queries"] <= QUERIES
    print("limits kept" if kept else "limits MISSED")
    return 0 if kept else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bids", type=int, default=2_000)
    sys.exit(main(parser.parse_args().bids))
