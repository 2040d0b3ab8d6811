"""Put a competition forward, read it as a second person, publish it or send it back."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from funds import approvals, notices, queries, rules
from funds.models import Competition, Proposal
from funds.money import pounds
from funds.states import CompetitionState


@transaction.atomic
def propose_publication(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put a finished competition forward for publication, and tell the other fund managers.

    Raises:
        Refused: something is still missing; the message lists it.
    """
    rules.must_hold(role, rules.SETS_UP)
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    missing = queries.missing_before_publication(competition, at)
    if missing:
        raise Refused(" ".join(missing))
    content = queries.content_of(competition)
    competition.content_sha256 = digest(content)
    competition.save(update_fields=["content_sha256"])
    proposal = approvals.propose(
        kind="competition", reference=competition.reference, content=content, by=by, role=role, at=at
    )
    notices.tell_managers(
        "approval_waiting", but=by, key=f"competition.proposed/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/publish", maker=by, what=f"publishing “{competition.title}”",
    )  # fmt: skip
    return proposal


@transaction.atomic
def publish(
    *, competition: Competition, by: User, role: str, at: dt.datetime, sha256: str | None = None
) -> Competition:
    """Approve the competition as it was put forward, and publish it.

    Args:
        sha256: digest of the content as the approver has read it.

    Raises:
        Refused: nobody put it forward, or it has changed since.
    """
    rules.must_hold(role, rules.SETS_UP)
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    proposal = approvals.newest("competition", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put this competition forward for publication.")
    if digest(queries.content_of(competition)) != proposal.content_sha256:
        raise Refused("The competition has changed since it was put forward. Put it forward again.")
    if competition.state != CompetitionState.DRAFT:
        raise Refused("Somebody has published this competition already.")
    if sha256 is not None:
        approvals.must_be_as_read(proposal, sha256)
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    competition.publish()
    competition.published_at = at
    competition.save(update_fields=["state", "published_at"])
    record(
        "competition.published", f"competition:{competition.reference}", by=by, role=role, at=at,
        changes={"state": ["draft", "published"], "pot": pounds(competition.pot.cap_pence)},
    )  # fmt: skip
    notices.tell_officers(
        "competition_published", {proposal.by, competition.responsible_officer} - {by},
        key=f"competition.published/{competition.reference}", at=at,
        path=f"/competitions/{competition.reference}/", competition=competition, publisher=by,
    )  # fmt: skip
    return competition


@transaction.atomic
def send_publication_back(*, competition: Competition, reason: str, by: User, role: str, at: dt.datetime) -> None:
    """Do not publish what was put forward, say why, and tell its maker."""
    rules.must_hold(role, rules.SETS_UP)
    competition = Competition.objects.select_for_update().get(pk=competition.pk)
    proposal = approvals.waiting("competition").filter(reference=competition.reference).first()
    if proposal is None:
        raise Refused("Nothing waits to be published.")
    approvals.send_back(proposal=proposal, reason=reason, by=by, role=role, at=at)
    notices.tell_officers(
        "sent_back", {proposal.by} - {by}, key=f"competition.sent_back/{proposal.pk}", at=at,
        path=f"/competitions/{competition.reference}/setup", reader=by, reason=reason,
        what=f"publishing “{competition.title}”",
    )  # fmt: skip
