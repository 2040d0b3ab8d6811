"""Seal what is new and publish the heads, every minute; safe to repeat and to run twice at once."""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

import structlog
from django.conf import settings

from audit.lines import seal_line
from audit.models import Seal
from audit.sealing import RecordBusy, close_block

log = structlog.get_logger(__name__)


class Put(Protocol):
    """Store a body under a key that never changes, as `infra.storage.put_once` does."""

    def __call__(self, bucket: str, key: str, body: bytes, content_type: str, retain: bool) -> object: ...


def head_key(number: int) -> str:
    """Return the key of a seal's head in the record bucket."""
    return f"heads/{number:010}.json"


def publish_heads(*, put: Put, exists: Callable[[str, str], bool]) -> list[int]:
    """Publish the seals whose heads are not in the record bucket yet, oldest first; return their numbers.

    The bucket itself says what is published: as heads go out in order, the newest one there is enough to ask for.

    Args:
        put: stores a body once, under retention.
        exists: says whether (bucket, key) is there.
    """
    bucket = settings.S3_RECORD_BUCKET
    newest = Seal.objects.order_by("number").last()
    published = newest.number if newest else 0
    while published and not exists(bucket, head_key(published)):
        published -= 1
    done = []
    for seal in Seal.objects.filter(number__gt=published).order_by("number").iterator(chunk_size=1_000):
        put(bucket, head_key(seal.number), seal_line(seal) + b"\n", "application/json", True)
        done.append(seal.number)
    return done


def seal_and_publish(at: dt.datetime, *, put: Put, exists: Callable[[str, str], bool]) -> list[int]:
    """Close a block of the record, then publish every head not yet published; return the numbers published.

    Args:
        at: the instant to write on the seal, aware.
        put: stores a body once, under retention.
        exists: says whether (bucket, key) is there.
    """
    try:
        close_block(at)
    except RecordBusy as error:
        log.warning("record_busy", reason=str(error))
    return publish_heads(put=put, exists=exists)
