"""A worker killed at any place leaves a letter that the next run makes once."""

import time

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Event
from awards import tasks
from awards.letters.check import check
from awards.models import Letter, LetterRequest
from infra import storage
from tests.faults.dying import killed

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
PLACES = {"rendered": (storage, "put_once"), "stored": (tasks, "_keep"), "written": (tasks, "record")}


def make() -> None:
    """Make the letters on connections to S3 of this process's own."""
    storage.client.cache_clear()
    tasks.make_letters()


def killed_worker(place: str) -> bool:
    """Let a worker die at a place; tell whether it did, after the database has let go of it."""
    did = killed(make, *PLACES[place])
    for _ in range(600):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                [tasks.LOCK],
            )
            if cursor.fetchone() == (0,):
                return did
        time.sleep(0.05)
    raise TimeoutError("The database still holds the dead worker's lock.")


@pytest.mark.parametrize(("place", "objects"), [("rendered", 0), ("stored", 1), ("written", 1)])
def test_the_rerun_leaves_one_object_and_one_row(issued_award, store, place, objects):
    before = len(store.letters())
    assert killed_worker(place)
    assert len(store.letters()) - before == objects
    assert (Letter.objects.count(), LetterRequest.objects.get().state) == (0, "waiting")
    assert tasks.make_letters() == (1, 0)
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="letter.stored").count() == 1


def test_killed_at_every_place_in_turn_it_is_still_one_sound_letter(issued_award, store):
    before = len(store.letters())
    assert all(killed_worker(place) for place in PLACES)
    tasks.make_letters()
    letter = Letter.objects.get()
    found = check(storage.get(settings.S3_LETTERS_BUCKET, letter.key), settings.SEAL_TRUST_FILE.read_bytes())
    assert (found.authentic, found.sha256, len(store.letters()) - before) == (True, letter.sha256, 1)
