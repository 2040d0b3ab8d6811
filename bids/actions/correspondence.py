"""What is written between the department and the applicant about a source of match funding."""

import datetime as dt
from typing import Any, BinaryIO

from django.core.files import File
from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell, tell_all
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from bids import match, queries, rules, team
from bids.actions.evidence import hand_in_evidence
from bids.actions.locks import locked_source, must_edit_part
from bids.models import Document, MatchMessage, MatchSource
from bids.states import MatchState
from infra import words

MESSAGE_WORDS = 400


def tell_applicants(template: str, source: MatchSource, key: str, at: dt.datetime, **facts: Any) -> None:
    """Write to the people of the partner that a source is of, and of its lead."""
    partner = source.partner
    bid = partner.bid
    concerned = {partner.organisation_id, bid.lead_id}
    facts |= {"bid": bid, "source": source}
    path = f"/match/{source.pk}/"
    tell_all(
        (
            Letter(template, person.user, f"{template}/{source.pk}/{key}", path, facts)
            for person in team.people(bid)
            if person.organisation.pk in concerned
        ),
        at=at,
    )


@transaction.atomic
def write_to_applicant(*, source: MatchSource, text: str, by: User, role: str, at: dt.datetime) -> MatchMessage:
    """Say something to the applicant about a source; its state stays as it is.

    Raises:
        Refused: `by` is no finance officer or belongs to the applicant, or the text is empty or too long.
    """
    bid, source = locked_source(source)
    if role not in rules.VERIFIES_MATCH or role not in by.roles:
        raise Refused("Only a finance officer can write to the applicant about match funding.")
    if queries.is_of_applicant(by, bid):
        raise Refused("You belong to an organisation of this bid, so somebody else has to write.")
    made = _write(source, text, by, at, is_from_department=True)
    record("match.written_to", bid, by=by, role=role, at=at, changes=_facts(made))
    tell_applicants("match_message", source, f"{made.pk}", at, message=made)
    return made


@transaction.atomic
def answer_department(
    *,
    source: MatchSource,
    text: str,
    by: User,
    at: dt.datetime,
    file: File | BinaryIO | None = None,
    dated_on: dt.date | None = None,
) -> MatchMessage:
    """Answer the department about a source, perhaps with new evidence, which puts the source back in the queue.

    Raises:
        Refused: `by` may not change this partner's money, the text is empty, or the file is not one we take.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    bid, source = locked_source(source)
    must_edit_part(bid, source.partner, by)
    if bid.state not in match.OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so nothing more is asked about its match funding.")
    document = None
    if file is not None:
        if dated_on is None:
            raise Refused("Enter the date that stands on the evidence.")
        hand_in_evidence(source=source, file=file, dated_on=dated_on, by=by, at=at)  # type: ignore[arg-type]
        document = source.documents.order_by("-pk").first()
    made = _write(source, text, by, at, is_from_department=False, document=document)
    record("match.answered", bid, by=by, role=Role.APPLICANT, at=at, changes=_facts(made))
    if officer := source.taken_by or source.decided_by:
        tell(
            "match_answered", to=officer, key=f"match_answered/{made.pk}", at=at, path=f"/match/{source.pk}/",
            bid=bid, source=source, message=made,
        )  # fmt: skip
    return made


def may_answer(source: MatchSource) -> bool:
    """Tell whether an answer with evidence puts the source back in the queue."""
    return source.state in (MatchState.DECLARED, MatchState.EVIDENCED, MatchState.QUERIED)


def _write(
    source: MatchSource,
    text: str,
    by: User,
    at: dt.datetime,
    *,
    is_from_department: bool,
    document: Document | None = None,
) -> MatchMessage:
    text = text.strip()
    if problem := words.why_not_text(text) or words.over_limit(text, MESSAGE_WORDS):
        raise Refused(problem)
    if words.is_blank(text):
        raise Refused("Type the message.")
    return MatchMessage.objects.create(
        source=source, is_from_department=is_from_department, text=text, document=document, by=by, at=at
    )


def _facts(message: MatchMessage) -> dict[str, Any]:
    return {
        "source": message.source_id,
        "message": message.pk,
        "text_sha256": digest(message.text),
        "sha256": message.document.sha256 if message.document else None,
    }
