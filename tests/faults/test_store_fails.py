"""Whatever S3 does while something is stored, in the end one sound object lies there, and one row says so."""

import hashlib
from io import BytesIO

import pytest
from django.conf import settings as ours
from django.core.files import File

from audit.models import Event
from awards import tasks
from awards.actions.claim_papers import save_item
from awards.models import ClaimDocument, Letter, LetterRequest
from infra import storage, stored_files
from tests.cast_awards import QUARTER_OVER, draft_claim, line
from tests.faults.faulty_store import faulty

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def at_fault(store, settings):
    """Return a function that does a deed while S3 has a fault."""

    def do(fault: str, deed=tasks.make_letters):
        settings.S3_WAIT_SECONDS = 20 if "wrong" in fault else 0.3
        sound = settings.S3
        with faulty(store.port, fault) as address:
            settings.S3 = sound | {"endpoint_url": address}
            storage.client.cache_clear()
            try:
                return deed()
            finally:
                settings.S3, settings.S3_WAIT_SECONDS = sound, 20
                storage.client.cache_clear()

    return do


@pytest.mark.parametrize("faults", [("unavailable", "cut off before"), ("slow", "cut off after")])
def test_the_letter_waits_and_is_made_once_when_s3_is_well(issued_award, store, at_fault, faults):
    before = len(store.letters())
    for fault in faults:
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


def test_an_item_of_a_claim_is_kept_with_its_evidence_or_not_at_all(live_award, people, at_fault):
    claim = draft_claim(live_award, people)

    def save():
        file = File(BytesIO(PDF), "invoice.pdf")
        return save_item(claim=claim, line=line(100), file=file, by=people.applicant, at=QUARTER_OVER)

    for fault in ("unavailable", "slow", "cut off after"):
        with pytest.raises(storage.StorageAway):
            at_fault(fault, save)
    assert (claim.lines.count(), ClaimDocument.objects.count()) == (1, 0)
    at_fault("wrong ETag", save)
    document = ClaimDocument.objects.get()
    assert storage.get(ours.S3_UPLOADS_BUCKET, document.key) == PDF
    assert (claim.lines.count(), stored_files.is_clean(document)) == (2, True)


def test_evidence_that_is_not_what_was_sent_is_never_called_clean(live_award, people):
    claim = draft_claim(live_award, people)
    file = File(BytesIO(PDF), "invoice.pdf")
    save_item(claim=claim, line=line(100), file=file, by=people.applicant, at=QUARTER_OVER)
    document = ClaimDocument.objects.get()
    storage.client().put_object(Bucket=ours.S3_UPLOADS_BUCKET, Key=document.key, Body=PDF[:-9])
    with pytest.raises(storage.StoredDiffers, match="holds other bytes than ours"):
        stored_files.is_clean(document)
