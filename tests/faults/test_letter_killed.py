"""A worker killed at any place leaves a letter that the next run makes once."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Event
from awards import tasks
from awards.letters.check import check
from awards.models import Letter, LetterRequest
from infra import storage

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
PLACES = ["rendered", "stored", "written"]


def killed_worker(place: str, store) -> int:
    """Run a worker that dies at a place; return how it ended, after the database has let go of it."""
    address = os.environ["MATCHFUND_DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "MATCHFUND_DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "MATCHFUND_S3_ENDPOINT_URL": store.address,
    }
    command = [sys.executable, "-m", "tests.faults.worker_that_dies", place]
    ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, timeout=120).returncode
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                [tasks.LOCK],
            )
            if cursor.fetchone() == (0,):
                return ended
        time.sleep(0.05)
    raise TimeoutError("The database still holds the dead worker's lock.")


@pytest.mark.parametrize("place", PLACES)
def test_the_rerun_leaves_one_object_and_one_row(issued_award, store, place):
    before = len(store.letters())
    assert killed_worker(place, store) == -signal.SIGKILL
    assert (Letter.objects.count(), LetterRequest.objects.get().state) == (0, "waiting")
    assert tasks.make_letters() == (1, 0)
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="letter.stored").count() == 1


def test_killed_at_every_place_in_turn_it_is_still_one_sound_letter(issued_award, store):
    before = len(store.letters())
    assert {killed_worker(place, store) for place in PLACES} == {-signal.SIGKILL}
    tasks.make_letters()
    letter = Letter.objects.get()
    found = check(storage.get(settings.S3_LETTERS_BUCKET, letter.key), settings.SEAL_TRUST_FILE.read_bytes())
    assert (found.authentic, found.sha256, len(store.letters()) - before) == (True, letter.sha256, 1)
