"""Hand out what lies on S3, and put on the record who took it."""

import datetime as dt

from django.conf import settings

from accounts.models import User
from audit.record import record
from awards.models import Letter
from infra import storage


def take_letter(*, letter: Letter, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a letter for at most a minute, to a person who has been found to see its award."""
    facts = {"number": letter.number, "sha256": letter.sha256}
    record("letter.downloaded", letter.award, by=by, role=role, at=at, changes=facts)
    filename = f"{letter.award.reference}-letter-{letter.number}.pdf"
    return storage.link(settings.S3_LETTERS_BUCKET, letter.key, filename)
