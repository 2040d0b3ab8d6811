"""Move the deadline of a published competition: one official proposes, another approves, everybody is told."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from funds import approvals, notices, parts, rules
from funds.instants import uk_words
from funds.models import Change, Competition, Proposal
from funds.states import ChangeKind, CompetitionState

REASON_LENGTH = 2_000
Outage = tuple[dt.datetime, dt.datetime]


@transaction.atomic
def propose_deadline(
    *, competition: Competition, closes_at: dt.datetime, reason: str, by: User, role: str, at: dt.datetime,
    outage: Outage | None = None,
) -> Proposal:  # fmt: skip
    """Put a later deadline forward, and tell the other fund managers.

    Args:
        outage: when our own service was away. A deadline that has passed moves for no other reason.

    Raises:
        Refused: it is not later, lies in the past, upsets the dates that follow, has no reason, or comes too late.
    """
    competition = _locked(competition, role)
    rules.deadline_may_move(now=at, before=competition.closes_at, after=closes_at, outage=outage)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise Refused(f"Give a reason of at most {REASON_LENGTH:,} characters. It is published.")
    before, competition.closes_at = competition.closes_at, closes_at
    if wrong := list(parts.order_problems(competition)):
        raise Refused(" ".join(wrong) + " Correct that date first.")
    content = {
        "competition": competition.reference, "before": before, "after": closes_at, "reason": reason,
        "outage": list(outage) if outage else None,
    }  # fmt: skip
    proposal = approvals.propose(
        kind="deadline", reference=competition.reference, content=content, by=by, role=role, at=at
    )
    notices.tell_managers(
        "approval_waiting", but=by, key=f"deadline.proposed/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/deadline", maker=str(by),
        what=f"moving the deadline of “{competition.title}” to {uk_words(closes_at)}",
    )  # fmt: skip
    return proposal


@transaction.atomic
def approve_deadline(*, competition: Competition, sha256: str, by: User, role: str, at: dt.datetime) -> Competition:
    """Approve the deadline that was put forward; it moves in this transaction, in public, and everybody is told.

    Args:
        sha256: digest of the proposal as the approver has read it.

    Raises:
        Refused: nothing waits, it is not what was read, `by` has put it forward, or the new deadline has passed.
    """
    competition = _locked(competition, role)
    proposal = _waiting(competition)
    approvals.must_be_as_read(proposal, sha256)
    content = proposal.content
    before, after = (dt.datetime.fromisoformat(content[name]) for name in ("before", "after"))
    if before != competition.closes_at or after <= at:
        raise Refused("This proposal is out of date. Put the new deadline forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    competition.closes_at = after
    competition.save(update_fields=["closes_at"])
    what = f"The competition closes {uk_words(after)} (it was {uk_words(before)})."
    change = Change.objects.create(
        competition=competition, kind=ChangeKind.DEADLINE, what=what, reason=content["reason"], by=by, at=at
    )
    record(
        "competition.deadline_moved", competition, by=by, role=role, at=at,
        changes={"closes_at": [before, after], "proposal": proposal.pk, "change": change.pk},
    )  # fmt: skip
    notices.tell_bidders(
        competition, "deadline_moved", key=f"deadline.moved/{proposal.pk}", at=at, before=uk_words(before),
        after=uk_words(after), reason=content["reason"],
    )  # fmt: skip
    return competition


@transaction.atomic
def send_deadline_back(*, competition: Competition, reason: str, by: User, role: str, at: dt.datetime) -> None:
    """Leave the deadline as it is, say why, and tell the person who proposed to move it."""
    competition = _locked(competition, role)
    proposal = _waiting(competition)
    approvals.send_back(proposal=proposal, reason=reason, by=by, role=role, at=at)
    notices.tell_officers(
        "sent_back", {proposal.by} - {by}, key=f"deadline.sent_back/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/deadline", reader=str(by), reason=reason,
        what=f"moving the deadline of “{competition.title}”",
    )  # fmt: skip


def _locked(competition: Competition, role: str) -> Competition:
    rules.must_hold(role, rules.SETS_UP)
    found = Competition.objects.select_for_update().get(pk=competition.pk)
    if found.state != CompetitionState.PUBLISHED:
        raise Refused("Only the deadline of a competition that is published and not in assessment yet can move.")
    return found


def _waiting(competition: Competition) -> Proposal:
    proposal = approvals.waiting("deadline").filter(reference=competition.reference).first()
    if proposal is None:
        raise Refused("No new deadline waits for approval.")
    return proposal
