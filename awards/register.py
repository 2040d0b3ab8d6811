"""Tell a stranger whether a file is the letter that was sent, and nothing that the letter does not say itself."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from awards import queries
from awards.models import Letter


class Verdict(StrEnum):
    """What a file is."""

    GENUINE = "genuine"
    SUPERSEDED = "superseded"
    ANOTHER = "another"  # genuine, but not the letter with the code that was asked about
    UNKNOWN = "unknown"  # sealed by us, but not in the register
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class FirstFacts:
    """What a letter says at its top: all that the public page tells."""

    award: str
    number: int
    recipient: str
    dated_on: dt.date
    short_code: str
    sha256: str
    is_superseded: bool


@dataclass(frozen=True)
class Answer:
    """What was found out about a file."""

    verdict: Verdict
    sha256: str
    problem: str = ""
    letter: FirstFacts | None = None


def first_facts(letter: Letter) -> FirstFacts:
    """Return the first facts of a letter, as they are printed on it."""
    said = letter.request.data
    return FirstFacts(
        award=said["award"]["reference"],
        number=letter.number,
        recipient=said["recipient"]["name"],
        dated_on=dt.date.fromisoformat(said["letter"]["dated_on"]),
        short_code=letter.short_code,
        sha256=letter.sha256,
        is_superseded=queries.is_superseded(letter),
    )


def answer(pdf: bytes, *, asked_about: Letter | None = None) -> Answer:
    """Return what a file proves: its seal is checked first, then the register is asked for its hash."""
    from awards.letters.check import check  # it reads PDFs: 50 MB, which few processes need

    found = check(pdf, settings.SEAL_TRUST_FILE.read_bytes())
    if not found.authentic:
        return Answer(Verdict.NOT_OURS, found.sha256, problem=next(iter(found.problems), ""))
    letter = Letter.objects.select_related("request").filter(sha256=found.sha256).first()
    if letter is None:
        return Answer(Verdict.UNKNOWN, found.sha256)
    facts = first_facts(letter)
    if asked_about is not None and asked_about.pk != letter.pk:
        return Answer(Verdict.ANOTHER, found.sha256, letter=facts)
    return Answer(Verdict.SUPERSEDED if facts.is_superseded else Verdict.GENUINE, found.sha256, letter=facts)
