"""Read which letters wait for which step."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from accounts.models import User
from awards.models import Award, LetterRequest, LetterRun
from awards.states import AwardState, LetterDeed, LetterState
from bids.queries import kept_from
from funds.models import Proposal

SHOWN = 20
CHOOSABLE = 500


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for a step: its award and the digest of what was put forward."""

    award: Award
    sha256: str
    proposer: int | None

    @property
    def choice(self) -> str:
        """What a form names it by."""
        return f"{self.award.reference}:{self.sha256}"


def waiting(deed: str, user: User) -> list[Waiting]:
    """Return the first letters, 500 at most, that a person may put forward, or issue as the second person."""
    newest = Proposal.objects.filter(kind="letter", reference=OuterRef("reference")).order_by("-id")
    ready = (
        Award.objects.filter(state=AwardState.CONDITIONS_MET)
        .annotate(sha256=Subquery(newest.values("content_sha256")[:1]), proposer=Subquery(newest.values("by")[:1]))
        .exclude(partners__organisation__in=user.organisation_ids())
        .exclude(bid__in=kept_from(user))
    )
    ready = (
        ready.filter(sha256=None)
        if deed == LetterDeed.PROPOSE
        else ready.exclude(sha256=None).exclude(proposer=user.pk)
    )
    found = ready.select_related("bid__lead", "bid__competition").order_by("id")[:CHOOSABLE]
    return [Waiting(award, award.sha256 or "", award.proposer) for award in found]


def overview() -> dict[str, Any]:
    """Return how many letters wait for each step, those with trouble, and the newest runs. Four queries."""
    put = Proposal.objects.filter(kind="letter", reference=OuterRef("reference"))
    met = Award.objects.filter(state=AwardState.CONDITIONS_MET).annotate(is_put=Exists(put))
    counts = met.aggregate(ready=Count("pk", filter=Q(is_put=False)), put_forward=Count("pk", filter=Q(is_put=True)))
    made = LetterRequest.objects.aggregate(
        waiting=Count("pk", filter=Q(state=LetterState.WAITING)), stored=Count("pk", filter=Q(state=LetterState.STORED))
    )
    trouble = LetterRequest.objects.filter(state=LetterState.WAITING).exclude(problem="").select_related("award")
    return {
        "counts": counts | made,
        "trouble": trouble.order_by("-attempts", "id")[:SHOWN],
        "runs": LetterRun.objects.select_related("by").order_by("-id")[:SHOWN],
    }


def made(run: LetterRun) -> dict[str, int]:
    """Return how many letters of a run that issues them are stored, and how many wait."""
    if run.deed != LetterDeed.ISSUE:
        return {}
    references = [reference for reference, _ in run.awards]
    states = LetterRequest.objects.filter(award__reference__in=references).values_list("state").annotate(n=Count("pk"))
    counts = dict(states)
    return {"stored": counts.get(LetterState.STORED, 0), "waiting": counts.get(LetterState.WAITING, 0)}
