"""The envelope of a stream: money for a financial year is put forward by one person and approved by a second."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from funds import approvals, ledger, notices, rules
from funds.models import Envelope, Proposal, Stream
from funds.money import pounds
from funds.reading import change_in_words
from funds.states import EntryKind, EnvelopeKind

KIND = "appropriation"


@transaction.atomic
def propose_appropriation(
    *, stream: Stream, year: str, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put forward more money for a stream in a financial year, or less when `pence` is below zero; tell the managers.

    The content names what the year holds already, so that the same sum for the same reason can be given again later.

    Raises:
        Refused: the sum is zero, the year is none, no reason is given, or more is taken away than is free.
    """
    rules.must_hold(role, rules.SETS_UP)
    _must_be_possible(stream, year, pence, reason)
    content = {
        "stream": stream.code, "year": year, "pence": pence, "reason": reason,
        "year_pence": _counters(stream, EnvelopeKind.YEAR, year).cap_pence,
    }  # fmt: skip
    proposal = approvals.propose(kind=KIND, reference=f"{stream.code}/{year}", content=content, by=by, role=role, at=at)
    notices.tell_managers(
        "approval_waiting", but=by, key=f"{KIND}.proposed/{proposal.pk}", at=at, path=_page(stream, proposal),
        maker=str(by), what=in_words(proposal),
    )  # fmt: skip
    return proposal


@transaction.atomic
def approve_appropriation(
    *, stream: Stream, year: str, by: User, role: str, at: dt.datetime, sha256: str | None = None
) -> None:
    """Approve the change put forward for a stream's year, post it, and tell its maker.

    Args:
        sha256: digest of the proposal as the approver has read it.

    Raises:
        funds.ledger.DoesNotFit: what would be taken away is allocated or committed by now; nothing is written.
    """
    rules.must_hold(role, rules.SETS_UP)
    reference = f"{stream.code}/{year}"
    proposal = approvals.newest(KIND, reference)
    if proposal is None:
        raise Refused("Nobody has put money forward for this year.")
    if sha256 is not None:
        approvals.must_be_as_read(proposal, sha256)
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    ledger.open_envelope(stream=stream, kind=EnvelopeKind.STREAM)
    ledger.open_envelope(stream=stream, kind=EnvelopeKind.YEAR, year=year)
    pence = proposal.content["pence"]
    ledger.post(
        kind=EntryKind.APPROPRIATION if pence > 0 else EntryKind.WITHDRAWAL, reference=f"{reference}/{proposal.pk}",
        pence=abs(pence), stream=stream, year=year, proposal=proposal, reason=proposal.content["reason"],
        by=proposal.by, role=role, at=at,
    )  # fmt: skip
    notices.tell_officers(
        "appropriation_approved", {proposal.by}, key=f"{KIND}.approved/{proposal.pk}", at=at,
        path=f"/streams/{stream.code}/", reader=str(by), what=in_words(proposal),
    )  # fmt: skip


@transaction.atomic
def send_appropriation_back(*, proposal: Proposal, reason: str, by: User, role: str, at: dt.datetime) -> None:
    """Leave an envelope as it is, say why, and tell the maker of the proposal."""
    rules.must_hold(role, rules.SETS_UP)
    approvals.send_back(proposal=proposal, reason=reason, by=by, role=role, at=at)
    notices.tell_officers(
        "sent_back", {proposal.by} - {by}, key=f"{KIND}.sent_back/{proposal.pk}", at=at,
        path=f"/streams/{proposal.content['stream']}/", reader=str(by), reason=reason, what=in_words(proposal),
    )  # fmt: skip


def in_words(proposal: Proposal) -> str:
    """Return a change of an envelope as people say it."""
    stream = Stream.objects.get(code=proposal.content["stream"])
    return change_in_words(proposal.content, stream.title)


def _page(stream: Stream, proposal: Proposal) -> str:
    return f"/streams/{stream.code}/changes/{proposal.pk}"


def _must_be_possible(stream: Stream, year: str, pence: int, reason: str) -> None:
    if not rules.is_financial_year(year):
        raise Refused("Name a financial year, such as 2027-28.")
    if not reason.strip():
        raise Refused("Say why the envelope changes.")
    if pence == 0:
        raise Refused("The amount must not be zero.")
    in_year, whole = _counters(stream, EnvelopeKind.YEAR, year), _counters(stream, EnvelopeKind.STREAM)
    free = min(in_year.left_pence, whole.left_pence, whole.cap_pence - whole.allocated_pence)
    if -pence > free:
        raise Refused(
            f"{pounds(-pence)} cannot be taken away: {pounds(max(0, free))} of {year} is neither allocated to a"
            " competition nor committed to an award."
        )


def _counters(stream: Stream, kind: str, year: str = "") -> Envelope:
    """Return the counters of a stream or of a year of it; all zero when it has had no money yet."""
    found = Envelope.objects.filter(stream=stream, kind=kind, year=year).first()
    return found or Envelope(stream=stream, kind=kind, year=year)
