"""Upload evidence of match funding and hand it in, in one deed of the applicant."""

import datetime as dt
from typing import BinaryIO, cast

from django.core.files import File

from accounts.models import User
from bids import match
from bids.actions.documents import attach_document
from bids.actions.match import give_evidence
from bids.models import MatchSource
from bids.states import DocumentKind


def hand_in_evidence(*, source: MatchSource, file: File, dated_on: dt.date, by: User, at: dt.datetime) -> MatchSource:
    """Keep a file with a source of match funding and hand it in as its evidence.

    The age is asked before the file is kept, so that a statement that is too old leaves nothing behind.

    Raises:
        Refused: the file is not one we take, it is too old, or the source has been decided on.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    match.must_be_fresh(source.kind, dated_on, at.date())
    document = attach_document(
        bid=source.partner.bid, source=source, kind=DocumentKind.MATCH_EVIDENCE, file=cast(BinaryIO, file),
        filename=file.name or "", dated_on=dated_on, by=by, at=at,
    )  # fmt: skip
    return give_evidence(source=source, document=document, by=by, at=at)
