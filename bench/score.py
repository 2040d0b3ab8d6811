"""Time the save of a score while an assessor types, beside the save of an answer of a bid.

Run it by: python -m bench.score [--rounds 20]

Both requests go through the real WSGI application with all its middleware, from a person who is signed in, with a CSRF
token, to a PostgreSQL of their own: an answer of 400 words, and a reason of 100 words as the page sends it. Seconds are
CPU of this process; the median round counts.
"""

import argparse
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable

import psycopg

from bench.autosave import REQUESTS, poster
from bench.database import fresh

LIMIT_RATIO = 1.0


def turning() -> Callable[[bool], None]:
    """Return a function that puts every competition and bid into assessment, or back to where answers are written."""
    owner = psycopg.connect(os.environ["MATCHFUND_OWNER_DATABASE_URL"], autocommit=True)
    for table in ("funds_competition", "bids_bid"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute("UPDATE bids_bid SET version = 1, submitted_at = now(), submitted_by_id = created_by_id")

    def turn(is_assessing: bool) -> None:
        states = ("in_assessment", "submitted") if is_assessing else ("published", "reopened")
        owner.execute("UPDATE funds_competition SET state = %s", states[:1])
        owner.execute("UPDATE bids_bid SET state = %s", states[1:])

    return turn


def seated(reference: str) -> tuple[int, str, str]:
    """Return the seat of an assessor of a submitted bid that asks what bid `reference` asks, and their session."""
    from django.test import Client
    from django.utils import timezone

    from accounts.actions import grant_role
    from accounts.models import Organisation, User
    from accounts.states import OrganisationKind, Role
    from assessments import actions
    from assessments.models import Seat
    from bids.models import Bid

    now = timezone.now()
    bid = Bid.objects.get(reference=reference)
    ahsn, _ = Organisation.objects.get_or_create(kind=OrganisationKind.AHSN, name="Bench AHSN")
    user = User.objects.create_user("assessor@example.org", full_name="Bench Assessor")
    grant_role(user=user, organisation=ahsn, role=Role.ASSESSOR, by=None, at=now)
    assessor = actions.register_assessor(user=user, network=None, types=["clinical"], capacity=8, by=None, at=now)
    seat = Seat.objects.create(bid=bid, assessor=assessor, invited_at=now)
    seat.accept(at=now)
    seat.save()
    client = Client()
    client.force_login(user)
    return seat.pk, client.cookies["sessionid"].value, bid.competition.questions.filter(is_scored=True)[0].slug


def measure(rounds: int) -> tuple[float, float]:
    """Return the CPU milliseconds of the save of a score and of an answer."""
    from bench.people import bidders
    from infra.wsgi import application

    answering, other = bidders(2, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    answer = poster(application, f"sessionid={answering.session}; csrftoken={answering.token}", answering.token)
    turn = turning()
    turn(True)
    seat, session, slug = seated(other.reference)
    score = poster(application, f"sessionid={session}; csrftoken={answering.token}", answering.token)
    version = {"answer": 1, "score": 0}

    def save_answer(number: int) -> None:
        typed = {"text": "biomarker " * 399 + str(number), "version": version["answer"]}
        status, headers = answer(f"/bids/{answering.reference}/questions/{answering.slug}/save", typed)
        assert status == 200, status
        version["answer"] = int(headers["Matchfund-Version"])

    def save_score(number: int) -> None:
        typed = {f"reason-{slug}": "biomarker " * 99 + str(number), "version": version["score"]}
        status, headers = score(f"/assessments/{seat}/save", typed)
        assert status == 200, status
        version["score"] = int(headers["Matchfund-Version"])

    spent: dict[Callable, list[float]] = {save_score: [], save_answer: []}
    for a_round in range(rounds + 2):
        for deed in (save_score, save_answer) if a_round % 2 else (save_answer, save_score):
            turn(deed is save_score)
            began = time.process_time()
            for number in range(REQUESTS):
                deed(a_round * REQUESTS + number + 1)
            spent[deed].append((time.process_time() - began) / REQUESTS * 1000)
    return statistics.median(spent[save_score][2:]), statistics.median(spent[save_answer][2:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    with fresh("bench_score"):
        import django

        django.setup()
        score, answer = measure(rounds)
    ratio = score / answer
    print(f"score {score:.2f} ms CPU, answer {answer:.2f} ms, ratio {ratio:.2f} (limit {LIMIT_RATIO})")
    return int(ratio > LIMIT_RATIO)


if __name__ == "__main__":
    sys.exit(main())
