"""The worker makes each letter once, whatever happens on the way."""

import hashlib

import pytest
from django.conf import settings
from django.db import connections

from audit.models import Event
from awards import tasks
from awards.letters.check import check
from awards.models import Letter, LetterRequest
from infra import storage
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def request() -> LetterRequest:
    return LetterRequest.objects.get()


def test_a_waiting_letter_is_stored_under_the_hash_of_its_bytes(issued_award, store):
    assert tasks.make_letters(at=NOW) == (1, 0)
    letter = Letter.objects.get()
    stored = storage.get(settings.S3_LETTERS_BUCKET, letter.key)
    assert letter.sha256 == hashlib.sha256(stored).hexdigest()
    assert (letter.key, letter.bytes) == (f"letters/{letter.sha256}.pdf", len(stored))
    assert (request().state, letter.short_code) == ("stored", request().short_code)


def test_the_stored_letter_is_authentic_and_says_the_award(issued_award):
    tasks.make_letters(at=NOW)
    found = check(
        storage.get(settings.S3_LETTERS_BUCKET, Letter.objects.get().key), settings.SEAL_TRUST_FILE.read_bytes()
    )
    assert (found.authentic, found.award, found.sealed_at) == (True, issued_award.reference, NOW)


def test_the_record_holds_hash_key_and_version(issued_award):
    tasks.make_letters(at=NOW)
    letter, changes = Letter.objects.get(), Event.objects.get(verb="letter.stored").changes
    assert (changes["sha256"], changes["key"], changes["version_id"]) == (letter.sha256, letter.key, letter.version_id)


def test_making_letters_again_writes_nothing(issued_award, store):
    tasks.make_letters(at=NOW)
    before = store.letters(), Letter.objects.get().pk, Event.objects.count()
    assert tasks.make_letters(at=NOW) == (0, 0)
    assert (store.letters(), Letter.objects.get().pk, Event.objects.count()) == before


def test_a_letter_stored_but_not_written_down_is_found_again(issued_award, store):
    before = len(store.letters())
    tasks._store(tasks.sealed(request()))
    assert tasks.make_letters(at=NOW) == (1, 0)
    assert len(store.letters()) == before + 1


def test_while_s3_is_away_the_letter_waits_with_its_reason(issued_award, store):
    store.stop()
    assert tasks.make_letters(at=NOW) == (0, 1)
    assert (request().state, request().attempts) == ("waiting", 1)
    assert request().problem.startswith("StorageAway")


def test_when_s3_is_back_it_is_stored(issued_award, store):
    store.stop()
    tasks.make_letters(at=NOW)
    store.start()
    store.wait()
    assert tasks.make_letters(at=NOW) == (1, 0)
    assert (request().attempts, request().problem) == (1, "")


def test_the_job_makes_its_letter(issued_award):
    tasks.make_letter(request_id=request().pk)
    assert request().state == "stored"


def test_the_job_of_a_stored_letter_does_nothing(issued_award):
    tasks.make_letters(at=NOW)
    assert tasks.make_letter(request_id=request().pk) is None


def test_a_letter_that_another_worker_makes_is_left_to_it(issued_award):
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [tasks.LOCK, request().pk])
        assert tasks.make(request().pk, at=NOW) is None
    other.close()
    assert (request().attempts, Letter.objects.count()) == (0, 0)
