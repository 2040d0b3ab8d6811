"""Whatever S3 does while a letter is stored, in the end one sound object lies there, and one row says so."""

import hashlib

import pytest
from django.conf import settings as ours

from audit.models import Event
from awards import tasks
from awards.models import Letter, LetterRequest
from infra import storage
from tests.faults.faulty_store import faulty

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
WAITS = ["unavailable", "slow", "cut off before", "cut off after"]


@pytest.fixture
def at_fault(store, settings):
    """Return a function that makes the letters while S3 has a fault."""
    settings.S3_WAIT_SECONDS = 1

    def make(fault: str) -> tasks.Made:
        sound = settings.S3
        with faulty(store.port, fault) as address:
            settings.S3 = sound | {"endpoint_url": address}
            storage.client.cache_clear()
            made = tasks.make_letters()
        settings.S3 = sound
        storage.client.cache_clear()
        return made

    return make


@pytest.mark.parametrize("fault", WAITS)
def test_the_letter_waits_and_is_made_once_when_s3_is_well(issued_award, store, at_fault, fault):
    before = len(store.letters())
    assert at_fault(fault) == (0, 1)
    assert LetterRequest.objects.get().problem.startswith("StorageAway: ")
    assert tasks.make_letters() == (1, 0)
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="letter.stored").count() == 1


def test_an_answer_about_other_bytes_is_not_believed_but_looked_into(issued_award, store, at_fault):
    before = len(store.letters())
    assert at_fault("wrong ETag") == (1, 0)
    letter = Letter.objects.get()
    stored = storage.get(ours.S3_LETTERS_BUCKET, letter.key)
    assert (len(store.letters()) - before, len(stored), letter.key) == (1, letter.bytes, f"letters/{letter.sha256}.pdf")


def test_other_bytes_under_the_key_of_a_letter_stop_it_in_words(issued_award, store):
    sealed = tasks.sealed(LetterRequest.objects.get())
    key = f"letters/{hashlib.sha256(sealed).hexdigest()}.pdf"
    storage.client().put_object(Bucket=ours.S3_LETTERS_BUCKET, Key=key, Body=b"other bytes")
    assert tasks.make_letters() == (0, 1)
    assert "holds other bytes than ours" in LetterRequest.objects.get().problem
