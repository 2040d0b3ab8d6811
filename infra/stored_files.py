"""Files that people give: their bytes go to S3 under their own hash before a row says that they are there."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, transition

from accounts.rules import Refused
from infra import files, scan, storage
from infra.scan import ScanState


class StoredFile(models.Model):
    """A file: its name, hash, where it lies and whether it has been found clean."""

    filename = models.CharField(max_length=160)
    content_type = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    key = models.CharField(max_length=200)
    scan = FSMField(max_length=10, choices=ScanState, default=ScanState.WAITING, protected=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_not_empty", condition=Q(bytes__gt=0)),
            models.CheckConstraint(name="%(app_label)s_%(class)s_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self) -> str:
        return self.filename

    @transition(field=scan, source=ScanState.WAITING, target=ScanState.CLEAN)
    def find_clean(self) -> None:
        """The scanner found nothing."""

    @transition(field=scan, source=ScanState.WAITING, target=ScanState.INFECTED)
    def find_infected(self) -> None:
        """The scanner found something."""

    def found(self, clean: bool) -> bool:
        """Take what the scanner found; tell whether that is news, so that the row has to be saved.

        Raises:
            Refused: the scanner found something else before.
        """
        if self.scan == (ScanState.CLEAN if clean else ScanState.INFECTED):
            return False
        if self.scan != ScanState.WAITING:
            raise Refused("This document was scanned before with another finding.")
        (self.find_clean if clean else self.find_infected)()
        return True


class Kept(NamedTuple):
    """What a row about a file keeps of it."""

    filename: str
    content_type: str
    bytes: int
    sha256: str
    key: str


def keep(file: BinaryIO, filename: str, *, only: tuple[str, str] | None = None) -> Kept:
    """Stream a file to S3 under its hash, and return what its row keeps.

    Args:
        only: the one type that is taken here, and the refusal of any other.

    Raises:
        Refused: the file is not one we take.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    if only and not files.begins_as(file, only[0]):
        raise Refused(only[1])
    facts = files.facts_of(file)
    key = f"documents/{facts.sha256}"
    storage.put_file(settings.S3_UPLOADS_BUCKET, key, file, facts.content_type)
    return Kept(files.tidy_name(filename, facts.content_type), *facts, key)


def is_clean(stored: StoredFile) -> bool:
    """Ask the scanner about a file on S3, and look on the way whether it is the one that was sent.

    Raises:
        infra.scan.ScannerAway: it gives no verdict; try again later.
        infra.storage.StorageAway: S3 does not answer.
        infra.storage.StoredDiffers: other bytes lie there, so nobody can open the file.
    """
    sha256 = hashlib.sha256()

    def chunks() -> Iterator[bytes]:
        for chunk in storage.chunks(settings.S3_UPLOADS_BUCKET, stored.key):
            sha256.update(chunk)
            yield chunk

    if not scan.scan(chunks()).is_clean:
        return False
    if sha256.hexdigest() != stored.sha256:
        raise storage.StoredDiffers(f"{settings.S3_UPLOADS_BUCKET}/{stored.key} holds other bytes than ours.")
    return True


def address_of(stored: StoredFile) -> str:
    """Return an address that serves a file for at most a minute.

    Raises:
        Refused: the file has not been scanned and found clean.
    """
    if stored.scan != ScanState.CLEAN:
        raise Refused(f"{stored.filename} is {ScanState(stored.scan).label.lower()}, so it cannot be opened.")
    return storage.link(settings.S3_UPLOADS_BUCKET, stored.key, stored.filename)
