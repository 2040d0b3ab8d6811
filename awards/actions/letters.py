"""Put the award letter forward and issue it, first and after each variation; start the project."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.post import Letter as Post
from accounts.post import tell_all
from accounts.rules import Refused
from audit.record import digest, record
from awards import letter_content, queries, readiness, rules, tasks
from awards.actions.locks import act_for_government, hold_award, move
from awards.letter_preview import UNKNOWN_CODE
from awards.letters import contents
from awards.letters.errors import LetterRefused
from awards.models import Award, LetterRequest
from awards.states import AwardState
from bids import team
from funds import approvals
from funds.models import Proposal

CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


@transaction.atomic
def propose_letter(*, award: Award, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put the letter forward as it would be issued today: the first, or the one that records a variation.

    Raises:
        Refused: a condition is open, a field of the letter is still empty, or nothing has changed since the last one.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.ISSUES)
    content = letter_content.content(award)
    number = _must_be_due(award, at)
    _must_be_whole(_issued(award, content, number, UNKNOWN_CODE, at))
    if number == 1:
        award.content_sha256 = digest(content)
        award.save(update_fields=["content_sha256"])
    return approvals.propose(kind="letter", reference=award.reference, content=content, by=by, role=role, at=at)


@transaction.atomic
def issue_letter(*, award: Award, by: User, role: str, at: dt.datetime, seen: str = "") -> LetterRequest:
    """Approve the letter as a second person and have it made.

    Args:
        seen: digest of the letter that the person read; left out, nothing is compared.

    Raises:
        Refused: nobody put it forward, it has changed since, or the same person tries both.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.ISSUES)
    content = letter_content.content(award)
    proposal = approvals.newest("letter", award.reference)
    if proposal is None:
        raise Refused("Nobody has put this letter forward.")
    if seen:
        approvals.must_be_as_read(proposal, seen)
    number = _must_be_due(award, at)
    agreed = {proposal.content_sha256, digest(content)}
    if len(agreed | ({award.content_sha256} if number == 1 else set())) > 1:
        raise Refused("The letter has changed since it was put forward. Put it forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    changes: dict[str, Any] = {"number": number, "sha256": proposal.content_sha256}
    if number == 1:
        changes["state"] = move(award.issue_letter, at=at, accept_by=rules.accept_by(rules.uk_day(at)))
        changes["accept_by"] = award.accept_by
        award.save(update_fields=["state", "issued_at", "accept_by"])
    request = _request(award, _issued(award, content, number, _short_code(), at), at)
    record("letter.issued", award, by=by, role=role, at=at, changes=changes | {"request": request.pk})
    tasks.make_letter.defer(request_id=request.pk)
    _tell(award, request, at)
    return request


def _must_be_ready(award: Award, at: dt.datetime) -> None:
    """Refuse a letter while something that must stand before it does not, or waits for a decision."""
    if missing := [*readiness.lacks(award), *readiness.undecided(award, at)]:
        raise Refused(f"The letter waits. {' '.join(missing)}")


def _must_be_due(award: Award, at: dt.datetime) -> int:
    """Return the number of the letter that is due now: 1 before the acceptance, then one for each change."""
    if award.state == AwardState.CONDITIONS_MET:
        _must_be_ready(award, at)
        return 1
    if award.state not in (AwardState.ACCEPTED, AwardState.LIVE):
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: settle its conditions first.")
    letters = list(award.letter_requests.order_by("number"))
    if not letter_content.due_again(award, letters):
        raise Refused(f"Nothing that the letter of award {award.reference} says has changed since it was issued.")
    return letters[-1].number + 1


def _issued(award: Award, content: dict, number: int, short_code: str, at: dt.datetime) -> dict:
    return letter_content.issued(
        content, number=number, short_code=short_code, issued_on=rules.uk_day(at), accept_by=award.accept_by,
        accepted_on=rules.uk_day(award.accepted_at) if award.accepted_at else None,
    )  # fmt: skip


def _request(award: Award, data: dict, at: dt.datetime) -> LetterRequest:
    _must_be_whole(data)
    return LetterRequest.objects.create(
        award=award,
        number=data["letter"]["number"],
        data=data,
        short_code=data["letter"]["short_code"],
        requested_at=at,
    )


def _must_be_whole(data: dict) -> None:
    try:
        contents.check(data)
    except LetterRefused as error:
        raise Refused(str(error)) from error


def _short_code() -> str:
    """Return a code that nobody can guess and nobody misreads, such as 7K3F-9QPD (40 bits)."""
    letters = "".join(secrets.choice(CODE) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _tell(award: Award, request: LetterRequest, at: dt.datetime) -> None:
    key, path = f"letter.issued/{award.reference}/{request.number}", f"/awards/{award.reference}/"
    facts = {"award": award, "number": request.number}
    tell_all((Post("letter_issued", p.user, key, path, facts) for p in team.people(award.bid)), at=at)


@transaction.atomic
def go_live(*, award: Award, at: dt.datetime, by: User | None = None, role: str = "") -> Award:
    """Start the project, on its first day or later; without a person the system does it.

    Raises:
        Refused: it has not begun yet, or was not accepted.
    """
    award = hold_award(award)
    if by is not None:
        act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if rules.uk_day(at) < award.starts_on:
        raise Refused(f"The project of {award.reference} begins on {rules.in_words(award.starts_on)}, not before.")
    changes = move(award.go_live)
    award.save(update_fields=["state"])
    record("award.went_live", award, by=by, role=role, at=at, changes={"state": changes})
    return award


def start_due(*, at: dt.datetime) -> int:
    """Start every accepted award whose project has begun; return how many."""
    due = list(queries.awaiting_start(at))
    for award in due:
        go_live(award=award, at=at)
    return len(due)
