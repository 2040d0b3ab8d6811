"""Two people: put content forward, and approve exactly that content."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.rules import Refused
from audit.record import as_json, digest, record
from funds.models import Approval, Proposal, SentBack

CHANGED = "This has changed since you opened it. Read it again before you decide."


def newest(kind: str, reference: str) -> Proposal | None:
    """Return the proposal that counts for a subject: the newest."""
    return Proposal.objects.filter(kind=kind, reference=reference).order_by("-id").first()


def waiting(*kinds: str) -> QuerySet[Proposal]:
    """Return what was put forward and that nobody has approved, sent back or replaced, the oldest first."""
    newer = Proposal.objects.filter(kind=OuterRef("kind"), reference=OuterRef("reference"), id__gt=OuterRef("id"))
    found = Proposal.objects.filter(kind__in=kinds, sent_back=None).exclude(Exists(newer))
    return found.exclude(Exists(Approval.objects.filter(proposal=OuterRef("pk")))).select_related("by").order_by("id")


def must_be_as_read(proposal: Proposal, sha256: str) -> None:
    """Refuse a deed on a proposal whose content is not what the person has read."""
    if proposal.content_sha256 != sha256:
        raise Refused(CHANGED)


@transaction.atomic
def propose(
    *, kind: str, reference: str, content: Any, by: User, role: str, at: dt.datetime, maker: User | None = None
) -> Proposal:
    """Put content forward. The same content from the same person again is the same proposal, unless it was sent back.

    Anything else replaces it: approvals given to an earlier proposal of the subject count no more.

    Args:
        maker: whose content it is, and who may not approve it, when that is not `by`, who writes it down.
    """
    sha256 = digest(content)
    latest = newest(kind, reference)
    maker = maker or by
    same = latest and latest.content_sha256 == sha256 and latest.by_id == maker.pk
    if latest and same and not SentBack.objects.filter(proposal=latest).exists():
        return latest
    proposal = Proposal.objects.create(
        kind=kind, reference=reference, content=as_json(content), content_sha256=sha256, by=maker, at=at
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
        if "was sent back" in str(error):
            raise Refused("This was sent back, so it cannot be approved any more.") from error
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


@transaction.atomic
def send_back(*, proposal: Proposal, reason: str, by: User, role: str, at: dt.datetime) -> SentBack:
    """End a proposal that is not approved: a second person declines it, or its maker takes it back.

    Raises:
        Refused: no reason is given, or the proposal is approved, replaced or sent back already.
    """
    if not (reason := reason.strip()):
        raise Refused("Say why it is sent back.")
    latest = newest(proposal.kind, proposal.reference)
    if latest is None or latest.pk != proposal.pk:
        raise Refused("A newer proposal has replaced this one.")
    try:
        with transaction.atomic():
            ended = SentBack.objects.create(proposal=proposal, by=by, role=role, at=at, reason=reason)
    except IntegrityError as error:
        if "cannot be sent back" in str(error):
            raise Refused("This was approved, so it cannot be sent back.") from error
        raise Refused("This was sent back already.") from error
    record(
        f"{proposal.kind}.sent_back", f"{proposal.kind}:{proposal.reference}", by=by, role=role, at=at,
        changes={"sha256": proposal.content_sha256, "reason_sha256": digest(reason)},
    )  # fmt: skip
    return ended


def is_approved(kind: str, reference: str, sha256: str, *steps: str) -> bool:
    """Tell whether the newest proposal has this content and carries approvals of all `steps`."""
    latest = newest(kind, reference)
    if latest is None or latest.content_sha256 != sha256:
        return False
    return set(steps or ("approve",)) <= set(latest.approvals.values_list("step", flat=True))
