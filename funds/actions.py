"""Deeds of the officials who set up streams and competitions. Each change of money takes two people."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from funds import approvals, ledger, queries, rules
from funds.models import Competition, Proposal, Stream
from funds.money import pounds
from funds.states import EntryKind, EnvelopeKind


def _must(role: str, needed: frozenset) -> None:
    if role not in needed:
        raise Refused("Your role does not allow this.")


@transaction.atomic
def propose_appropriation(
    *, stream: Stream, year: str, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put forward money for a stream in a financial year; a second person approves it."""
    _must(role, rules.SETS_UP)
    if pence <= 0:
        raise Refused("The amount must be above zero.")
    content = {"stream": stream.code, "year": year, "pence": pence, "reason": reason}
    return approvals.propose(
        kind="appropriation", reference=f"{stream.code}/{year}", content=content, by=by, role=role, at=at
    )


@transaction.atomic
def approve_appropriation(*, stream: Stream, year: str, by: User, role: str, at: dt.datetime) -> None:
    """Approve the money put forward for a stream's year, and post it."""
    _must(role, rules.SETS_UP)
    reference = f"{stream.code}/{year}"
    proposal = approvals.newest("appropriation", reference)
    if proposal is None:
        raise Refused("Nobody has put money forward for this year.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    ledger.open_envelope(stream=stream, kind=EnvelopeKind.STREAM)
    ledger.open_envelope(stream=stream, kind=EnvelopeKind.YEAR, year=year)
    ledger.post(
        kind=EntryKind.APPROPRIATION, reference=f"{reference}/{proposal.pk}", pence=proposal.content["pence"],
        stream=stream, year=year, proposal=proposal, reason=proposal.content["reason"], by=proposal.by, role=role,
        at=at,
    )  # fmt: skip


@transaction.atomic
def propose_allocation(
    *, competition: Competition, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put forward money for a competition out of its stream; a second person approves it."""
    _must(role, rules.SETS_UP)
    if pence <= 0:
        raise Refused("The amount must be above zero.")
    content = {"competition": competition.reference, "pence": pence, "reason": reason}
    return approvals.propose(
        kind="allocation", reference=competition.reference, content=content, by=by, role=role, at=at
    )


@transaction.atomic
def approve_allocation(*, competition: Competition, by: User, role: str, at: dt.datetime) -> None:
    """Approve the money put forward for a competition, and post it.

    Raises:
        funds.ledger.DoesNotFit: the stream has not that much left to allocate.
    """
    _must(role, rules.SETS_UP)
    proposal = approvals.newest("allocation", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put money forward for this competition.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    ledger.post(
        kind=EntryKind.ALLOCATED, reference=f"{competition.reference}/{proposal.pk}", pence=proposal.content["pence"],
        stream=competition.stream, pot=competition.pot, proposal=proposal, reason=proposal.content["reason"],
        by=proposal.by, role=role, at=at,
    )  # fmt: skip


@transaction.atomic
def propose_publication(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put a finished competition forward for publication.

    Raises:
        Refused: something is still missing; the message lists it.
    """
    _must(role, rules.SETS_UP)
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    competition.pot.refresh_from_db()
    missing = rules.missing_before_publication(
        opens_at=competition.opens_at,
        closes_at=competition.closes_at,
        strands=competition.strands.count(),
        scored_questions=competition.questions.filter(is_scored=True).count(),
        pot_pence=competition.pot.cap_pence,
        at=at,
    )
    if missing:
        raise Refused(" ".join(missing))
    content = queries.content_of(competition)
    competition.content_sha256 = digest(content)
    competition.save(update_fields=["content_sha256"])
    return approvals.propose(
        kind="competition", reference=competition.reference, content=content, by=by, role=role, at=at
    )


@transaction.atomic
def publish(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Competition:
    """Approve the competition as it was put forward, and publish it.

    Raises:
        Refused: nobody put it forward, or it has changed since.
    """
    _must(role, rules.SETS_UP)
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    proposal = approvals.newest("competition", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put this competition forward for publication.")
    if digest(queries.content_of(competition)) != proposal.content_sha256:
        raise Refused("The competition has changed since it was put forward. Put it forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    competition.publish()
    competition.save(update_fields=["state"])
    record(
        "competition.published", f"competition:{competition.reference}", by=by, role=role, at=at,
        changes={"state": ["draft", "published"], "pot": pounds(competition.pot.cap_pence)},
    )  # fmt: skip
    return competition
