"""Time the officials' live board over 2,000 bids with three assessors each.

Run it by: python -m bench.board

Pages go through the real WSGI application with its middleware and PostgreSQL, as a signed-in official. Milliseconds are
CPU of this process, the median of the rounds; PostgreSQL's share is the difference to the clock on an idle machine.
"""

import os
import statistics
import sys
import time

import psycopg

from bench.database import fresh

BIDS, SEATS, ROUNDS = 2_000, 3, 15
MOST_QUERIES, MOST_MS = 12, 150
# Everybody has handed in on the first half of the bids, has begun on a quarter, and is invited on the rest.
FILL = """
    ALTER TABLE assessments_seat DISABLE TRIGGER USER;
    ALTER TABLE assessments_assessment DISABLE TRIGGER USER;
    ALTER TABLE assessments_score DISABLE TRIGGER USER;
    ALTER TABLE funds_competition DISABLE TRIGGER USER;
    UPDATE funds_competition SET state = 'in_assessment', assess_by = current_date - 1;
    INSERT INTO assessments_seat (bid_id, assessor_id, state, invited_at, decline_reason, withdrawn_reason)
        SELECT b.id, a.id, CASE WHEN b.id % 4 < 3 THEN 'accepted' ELSE 'invited' END, now(), '', ''
        FROM bids_bid b JOIN assessments_assessor a ON a.id % 100 IN (b.id % 100, (b.id + 1) % 100, (b.id + 2) % 100);
    INSERT INTO assessments_assessment (seat_id, state, is_in_scope, is_fundable, feedback, note, is_counted,
            left_out_reason, submitted_at, reopened_reason, version, saved_at)
        SELECT seat.id, CASE WHEN bid_id % 4 < 2 THEN 'submitted' ELSE 'in_progress' END, TRUE, seat.id % 3 > 0, '', '',
            TRUE, '', CASE WHEN bid_id % 4 < 2 THEN now() END, '', 1, now()
        FROM assessments_seat seat WHERE state = 'accepted';
    INSERT INTO assessments_score (assessment_id, question_id, points, reason)
        SELECT a.id, q.id, (a.id * 7 + q.id) % 11, 'Because.' FROM assessments_assessment a CROSS JOIN funds_question q;
    ANALYZE;
"""


def fill() -> tuple[str, object]:
    """Write the competition; return its reference and an official."""
    from accounts.models import User
    from assessments.models import Assessor
    from bench.submitted import fill as bids
    from bench.submitted import official

    call = bids(BIDS)
    people = User.objects.bulk_create(
        User(email=f"assessor.{n}@example.org", full_name=f"Assessor {n}", password="!") for n in range(100)
    )
    Assessor.objects.bulk_create(Assessor(user=user, types=["clinical"]) for user in people)
    with psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True) as owner:
        for statement in FILL.split(";"):
            if statement.strip():
                owner.execute(statement)
    return call.reference, official(call)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    worst = 0
    with fresh("bench_board"):
        import django

        django.setup()
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from tests.signing_in import signed_in

        reference, user = fill()
        client, host = signed_in(user), {"host": os.environ["MATCHFUND_ALLOWED_HOSTS"].split(",")[0]}
        for page in ("board", "board?show=disagree", "board?after=B001000", "board/assessors", "board.csv"):
            address = f"/competitions/{reference}/{page}"
            spent, clock = [], []
            for _ in range(ROUNDS):
                began, at = time.process_time(), time.perf_counter()
                answer = client.get(address, headers=host)
                assert answer.status_code == 200, answer.status_code
                len(b"".join(answer))
                spent.append((time.process_time() - began) * 1000)
                clock.append((time.perf_counter() - at) * 1000)
            with CaptureQueriesContext(connection) as asked:
                b"".join(client.get(address, headers=host))
            queries, cpu = len(asked), statistics.median(spent)
            print(f"{page:20} {cpu:6.1f} ms CPU, {min(clock):6.1f} ms clock at best, {queries} queries")
            worst |= cpu > MOST_MS or queries > MOST_QUERIES
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
