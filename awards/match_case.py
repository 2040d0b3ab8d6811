"""Read one source of match funding for the desk and for its applicants: evidence, decisions, flags and the thread."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from awards.models import Award
from bids import match
from bids.actions.correspondence import may_answer
from bids.match_checks import CHECKS, Check
from bids.models import Document, MatchMessage, MatchSource, MatchVerification, SameMoney
from bids.queries import same_money
from bids.rules import VERIFIES_MATCH
from bids.states import MatchState, ScanState
from infra import previews, storage
from infra.storage import StorageAway

HELD_SECONDS = 3_600


@dataclass(frozen=True)
class Paper:
    """A document of evidence, with the numbers of its pages that are shown."""

    row: Document
    pages: range


@dataclass(frozen=True)
class Case:
    """Everything about one source."""

    papers: list[Paper]
    verifications: list[MatchVerification]
    thread: list[MatchMessage]
    same: list[MatchSource]
    clearances: list[SameMoney]
    checks: tuple[Check, ...]
    award: Award | None


def of(source: MatchSource, *, is_official: bool) -> Case:
    """Return a case; what is cited in other bids is for officials only."""
    documents = source.documents.filter(deleted_at=None).order_by("-pk").select_related("uploaded_by")
    return Case(
        papers=[Paper(row, range(1, pages_of(row) + 1)) for row in documents],
        verifications=list(source.verifications.select_related("by").order_by("-number")),
        thread=list(source.messages.select_related("by", "document")),
        same=list(same_money(source).select_related("partner__organisation")) if is_official else [],
        clearances=list(source.same_money.select_related("by", "other__partner__bid")) if is_official else [],
        checks=CHECKS[source.kind],
        award=Award.objects.filter(bid=source.partner.bid_id).first(),
    )


def deeds(source: MatchSource, user: User) -> frozenset[str]:
    """Return what an official may do with a case now."""
    bid = source.partner.bid
    if not user.roles & VERIFIES_MATCH or bid.state not in match.VERIFIABLE:
        return frozenset()
    if user.pk == bid.competition.responsible_officer_id:
        return frozenset()
    waits = source.state in (MatchState.EVIDENCED, MatchState.QUERIED)
    is_mine, is_free = source.taken_by_id == user.pk, source.taken_by_id is None
    steps = {"say"}
    if waits:
        steps |= {"leave"} if is_mine else {"take"}
    if source.state == MatchState.EVIDENCED and (is_mine or is_free):
        steps |= {"verify", "query"}
    if waits and (is_mine or is_free):
        steps.add("reject")
    if source.state in (MatchState.VERIFIED, MatchState.REJECTED):
        steps.add("reopen")
    return frozenset(steps)


def may_give(source: MatchSource) -> bool:
    """Tell whether an applicant may add evidence."""
    return may_answer(source) and source.partner.bid.state in match.OPEN_TO_SOURCES


def now() -> dt.datetime:
    """Return the present instant."""
    return timezone.now()


def pages_of(document: Document) -> int:
    """Return how many pages of a document are shown as pictures; 0 when none can be. Kept for an hour."""
    if document.scan != ScanState.CLEAN or not previews.can_show(document.content_type):
        return 0
    key = f"pages/{document.sha256}"
    if (known := cache.get(key)) is not None:
        return known
    try:
        found = previews.pages(storage.get(settings.S3_UPLOADS_BUCKET, document.key), document.content_type)
    except previews.NoPreview:
        found = 0
    except StorageAway:
        return 0
    cache.set(key, found, HELD_SECONDS)
    return found


def picture(document: Document, page: int) -> bytes:
    """Return a page of a document as a PNG, drawn once and kept on S3 under the hash of the file.

    Raises:
        infra.previews.NoPreview: it cannot be drawn.
        infra.storage.StorageAway: S3 does not answer.
    """
    bucket, key = settings.S3_UPLOADS_BUCKET, f"previews/{document.sha256}/{page}.png"
    if not previews.can_show(document.content_type):
        raise previews.NoPreview("Files of this type are not shown.")
    if storage.exists(bucket, key):
        return storage.get(bucket, key)
    made = previews.picture(storage.get(bucket, document.key), document.content_type, page)
    with suppress(storage.StoredDiffers):  # another version of the program has drawn it meanwhile
        storage.put_once(bucket, key, made, "image/png", retain=False)
    return made
