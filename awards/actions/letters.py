"""Propose, issue and accept the award letter, and start the project."""

import datetime as dt
import secrets

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import letter_content, queries, readiness, rules, tasks
from awards.actions import endings
from awards.actions.locks import act_for_government, hold_award, move
from awards.letters import contents
from awards.letters.errors import LetterRefused
from awards.models import Award, LetterRequest
from awards.states import AwardState
from funds import approvals
from funds.models import Proposal

CODE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else


@transaction.atomic
def propose_letter(*, award: Award, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put the letter forward as it would be issued today.

    Raises:
        Refused: a condition is open, or a field of the letter is still empty.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.ISSUES)
    if award.state != AwardState.CONDITIONS_MET:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: settle its conditions first.")
    _must_be_ready(award)
    content = letter_content.content(award)
    _must_be_whole(letter_content.issued(content, number=1, short_code="0000-0000", issued_on=rules.uk_day(at)))
    award.content_sha256 = digest(content)
    award.save(update_fields=["content_sha256"])
    return approvals.propose(kind="letter", reference=award.reference, content=content, by=by, role=role, at=at)


@transaction.atomic
def issue_letter(*, award: Award, by: User, role: str, at: dt.datetime) -> LetterRequest:
    """Approve the letter as a second person and have it made.

    Raises:
        Refused: nobody put it forward, it has changed since, or the same person tries both.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.ISSUES)
    content = letter_content.content(award)
    proposal = approvals.newest("letter", award.reference)
    if proposal is None:
        raise Refused("Nobody has put this letter forward.")
    _must_be_ready(award)
    if not proposal.content_sha256 == award.content_sha256 == digest(content):
        raise Refused("The letter has changed since it was put forward. Put it forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    day = rules.uk_day(at)
    changes = move(award.issue_letter, at=at, accept_by=rules.accept_by(day))
    award.save(update_fields=["state", "issued_at", "accept_by"])
    request = _request(award, letter_content.issued(content, number=1, short_code=_short_code(), issued_on=day), at)
    record(
        "letter.issued", award, by=by, role=role, at=at,
        changes={"state": changes, "sha256": award.content_sha256, "accept_by": award.accept_by, "request": request.pk},
    )  # fmt: skip
    tasks.make_letter.defer(request_id=request.pk)
    return request


def _must_be_ready(award: Award) -> None:
    """Refuse a letter while something that must stand before it does not."""
    if missing := readiness.lacks(award):
        raise Refused(f"The letter waits. {' '.join(missing)}")


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


def accept(*, award: Award, name: str, by: User, at: dt.datetime) -> Award:
    """Accept the award for its lead organisation, under a director's typed name.

    After the last day the award lapses instead, and its money returns.

    Raises:
        Refused: it is too late, the letter is not made yet, no name is typed, or the person is not of the lead.
    """
    with transaction.atomic():
        award = hold_award(award)
        name = rules.kept(name, "the full name of the director who accepts", 120)
        _must_accept(award, by=by)
        missed = award.accept_by if award.accept_by and rules.uk_day(at) > award.accept_by else None
        if missed:
            endings.end(award.lapse, by=None, at=at, verb="award.lapsed")
        else:
            changes = move(award.accept, by=by, name=name, at=at)
            award.save(update_fields=["state", "accepted_by", "accepted_name", "accepted_at"])
            facts = {"state": changes, "name_sha256": digest(name)}
            record("award.accepted", award, by=by, role=Role.APPLICANT, at=at, changes=facts)
    if missed:
        last = rules.in_words(missed)
        raise Refused(f"This award could be accepted until {last}. It has lapsed. Write to its officer.")
    return award


def _must_accept(award: Award, *, by: User) -> None:
    rules.must_belong(by.organisation_ids(Role.APPLICANT), award.bid.lead_id)
    if award.state == AwardState.LETTER_ISSUED and not award.letters.exists():
        raise Refused("The letter is still being made. Try again in a few minutes, and read it first.")


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
