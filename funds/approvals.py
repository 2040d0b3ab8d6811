"""Two people: put content forward, and approve exactly that content."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import as_json, digest, record
from funds.models import Approval, Proposal


def newest(kind: str, reference: str) -> Proposal | None:
    """Return the proposal that counts for a subject: the newest."""
    return Proposal.objects.filter(kind=kind, reference=reference).order_by("-id").first()


@transaction.atomic
def propose(*, kind: str, reference: str, content: Any, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put content forward. The same content from the same person again is the same proposal; anything else replaces it.

    Approvals given to an earlier proposal of the subject count no more.
    """
    sha256 = digest(content)
    latest = newest(kind, reference)
    if latest and latest.content_sha256 == sha256 and latest.by_id == by.pk:
        return latest
    proposal = Proposal.objects.create(
        kind=kind, reference=reference, content=as_json(content), content_sha256=sha256, by=by, at=at
    )
    record(f"{kind}.proposed", f"{kind}:{reference}", by=by, role=role, at=at, changes={"sha256": sha256})
    return proposal


@transaction.atomic
def approve(*, proposal: Proposal, by: User, role: str, at: dt.datetime, step: str = "approve") -> Approval:
    """Approve one step of a proposal; the same person approving the same step again changes nothing.

    Raises:
        Refused: the maker approves, a person approves twice, the step is taken, or the content has changed since.
    """
    given = proposal.approvals.filter(step=step).first()
    if given and given.by_id == by.pk:
        return given
    if proposal.by_id == by.pk:
        raise Refused("You put this forward yourself, so somebody else has to approve it.")
    try:
        with transaction.atomic():
            approval = Approval.objects.create(proposal=proposal, step=step, by=by, role=role, at=at)
    except IntegrityError as error:
        if "each_person_once" in str(error):
            raise Refused("You have approved another step of this already: a different person is needed.") from error
        if "each_step_once" in str(error):
            raise Refused("Somebody has approved this already.") from error
        if "has changed since" in str(error):
            raise Refused("This has changed since you opened it. Read it again before you approve it.") from error
        raise
    record(
        f"{proposal.kind}.approved",
        f"{proposal.kind}:{proposal.reference}",
        by=by,
        role=role,
        at=at,
        changes={"step": step, "sha256": proposal.content_sha256},
    )
    return approval


def is_approved(kind: str, reference: str, sha256: str, *steps: str) -> bool:
    """Tell whether the newest proposal has this content and carries approvals of all `steps`."""
    latest = newest(kind, reference)
    if latest is None or latest.content_sha256 != sha256:
        return False
    return set(steps or ("approve",)) <= set(latest.approvals.values_list("step", flat=True))
