"""Make the letters that were issued: render, seal, store under the hash, and write it down. Safe to repeat."""

import datetime as dt
import hashlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from audit.record import record
from awards import claim_tasks, scanning  # noqa: F401 - jobs that procrastinate finds through this module
from awards.letters.errors import CannotSeal, LetterRefused
from awards.models import Letter, LetterRequest, SignedAnnex
from awards.states import LetterState
from infra import storage, stored_files
from infra.alone import alone
from infra.scan import ScanState

if TYPE_CHECKING:
    from awards.letters.seal import Signer

log = structlog.get_logger(__name__)
LOCK = 1_280_594_002  # "LTR" of this house among PostgreSQL's advisory locks
FAILURES_IN_A_ROW = 3


class Made(NamedTuple):
    """What a run did: letters stored, and requests that wait on."""

    stored: int
    waiting: int


@app.task(name="awards.make_letter", queue="letters")
def make_letter(request_id: int) -> None:
    """Make one letter as soon as it is issued; one that has to wait is left to the next `make_letters`."""
    make(request_id, at=timezone.now())


@app.task(name="awards.scan_annex", queue="scans", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def scan_annex(annex_id: int) -> None:
    """Ask ClamAV about a signed annex; while the scanner or S3 is away, be tried again later."""
    annex = SignedAnnex.objects.get(pk=annex_id)
    if annex.scan != ScanState.WAITING:
        return
    is_clean = stored_files.is_clean(annex)
    with transaction.atomic():
        annex = SignedAnnex.objects.select_for_update().select_related("award").get(pk=annex_id)
        if annex.found(is_clean):
            annex.save(update_fields=["scan"])
            facts = {"annex": annex.pk, "scan": annex.scan}
            record("annex.scanned", annex.award, by=None, at=timezone.now(), changes=facts)


def make_letters(limit: int = 500, *, at: dt.datetime | None = None) -> Made:
    """Make the letters that wait, the least tried first; return what became of them.

    A letter that fails waits on with its problem, and the others go on; after three failures in a row the run ends,
    because then S3 is away or the seal is broken. Several workers may run at once.
    """
    waiting = LetterRequest.objects.filter(state=LetterState.WAITING).order_by("attempts", "id")
    stored = failures = 0
    for request_id in list(waiting.values_list("pk", flat=True)[:limit]):
        if make(request_id, at=at or timezone.now()):
            stored, failures = stored + 1, 0
        else:
            failures += 1
        if failures == FAILURES_IN_A_ROW:
            break
    return Made(stored, LetterRequest.objects.filter(state=LetterState.WAITING).count())


def make(request_id: int, *, at: dt.datetime) -> Letter | None:
    """Return the letter of a request, made if it was not; None when it has to wait or another worker makes it.

    Nothing is held but an advisory lock while the letter is rendered, sealed and sent to S3. The bytes follow from the
    request alone, so a run that was killed at any point is simply repeated.
    """
    with alone(LOCK, request_id) as is_alone:
        if not is_alone:
            return None
        request = LetterRequest.objects.get(pk=request_id)
        if request.state == LetterState.STORED:
            return request.letter
        try:
            stored = _store(sealed(request))
        except (storage.StorageAway, storage.StoredDiffers, LetterRefused, CannotSeal) as error:
            _wait(request_id, error)
            return None
        return _keep(request_id, stored, at)


def sealed(request: LetterRequest) -> bytes:
    """Return the letter of a request, rendered and sealed: the same bytes each time."""
    from awards.letters import document, seal  # the renderer takes 0.7 s and 46 MB, which only the worker needs

    signer = _signer()
    if not signer.is_repeatable:
        signer = _Remembered(signer, request)
    return seal.seal(document.render(request.data), signer=signer, at=request.requested_at)


class _Remembered:
    """A key service whose answer is written down before it is used, so that a repeated run makes the same bytes."""

    is_repeatable = True

    def __init__(self, signer: "Signer", request: LetterRequest) -> None:
        self._signer, self._request = signer, request
        self.certificate, self.chain = signer.certificate, signer.chain

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message, asking the service only the first time."""
        digest = hashlib.sha256(message).digest()
        with transaction.atomic():
            request = LetterRequest.objects.select_for_update().get(pk=self._request.pk)
            if bytes(request.signature[:32]) != digest:
                request.signature = digest + self._signer.sign(message)
                request.save(update_fields=["signature"])
        return bytes(request.signature[32:])


@cache
def _signer() -> "Signer":
    from awards.letters import seal

    if settings.SEAL_KMS_KEY:
        region = str(settings.S3["region_name"])
        return seal.KeyServiceSigner(settings.SEAL_KMS_KEY, settings.SEAL_CERTIFICATE_FILE, region=region)
    return seal.FileSigner(settings.SEAL_KEY_FILE, settings.SEAL_CERTIFICATE_FILE)


def _store(sealed: bytes) -> storage.StoredObject:
    key = f"letters/{hashlib.sha256(sealed).hexdigest()}.pdf"
    return storage.put_once(settings.S3_LETTERS_BUCKET, key, sealed, "application/pdf", retain=True)


def _wait(request_id: int, error: Exception) -> None:
    """Write down why a letter waits."""
    log.warning("letter_waits", request=request_id, problem=str(error))
    with transaction.atomic():
        request = LetterRequest.objects.select_for_update().get(pk=request_id)
        request.attempts, request.problem = request.attempts + 1, f"{type(error).__name__}: {error}"[:2_000]
        request.save(update_fields=["attempts", "problem"])


def _keep(request_id: int, stored: storage.StoredObject, at: dt.datetime) -> Letter:
    """Write down where a letter lies."""
    with transaction.atomic():
        request = LetterRequest.objects.select_for_update().select_related("award").get(pk=request_id)
        if request.state == LetterState.STORED:
            return request.letter
        letter = Letter.objects.create(
            request=request,
            award=request.award,
            number=request.number,
            short_code=request.short_code,
            sha256=stored.sha256,
            key=stored.key,
            bytes=stored.bytes,
            version_id=stored.version_id,
            stored_at=at,
        )
        request.store()
        request.problem = ""
        request.save(update_fields=["state", "problem"])
        facts = {
            "number": letter.number,
            "sha256": stored.sha256,
            "key": stored.key,
            "bytes": stored.bytes,
            "version_id": stored.version_id,
            "state": [LetterState.WAITING, LetterState.STORED],
        }
        record("letter.stored", letter.award, by=None, at=at, changes=facts)
    return letter
