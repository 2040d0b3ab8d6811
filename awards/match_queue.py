"""Read the queue of match funding: what waits for a decision, by age or amount, narrowed as the desk wishes."""

import datetime as dt
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from bids.models import Document, MatchSource, MatchVerification
from bids.queries import kept_from
from bids.states import BidState, MatchOutcome, MatchState

# Money of a bid that is being changed is not looked at: only of one that is submitted and still in the running.
STANDING = (BidState.SUBMITTED, BidState.RESERVE, BidState.SUCCESSFUL)
ORDERS = {"age": "waiting_since", "amount": "amount_pounds"}


def visible(user: User) -> QuerySet[MatchSource]:
    """Return the sources of match funding that an official may see."""
    found = MatchSource.objects.filter(partner__bid__state__in=STANDING, partner__bid__version__gte=1)
    return found.exclude(partner__bid__in=kept_from(user))


def queue(filters: dict[str, Any], user: User) -> QuerySet[MatchSource]:
    """Return the sources of the desk with `is_cited_twice` and `expires_on`.

    Args:
        filters: `state`, `stage` (award or all), `kind`, `whose` (mine or free), `flagged`, `text`.
    """
    found = visible(user).exclude(waiting_since=None)
    found = found.filter(state=filters.get("state") or MatchState.EVIDENCED)
    if (filters.get("stage") or "award") == "award":
        found = found.filter(partner__bid__state=BidState.SUCCESSFUL)
    if kind := filters.get("kind"):
        found = found.filter(kind=kind)
    if filters.get("whose") == "mine":
        found = found.filter(taken_by=user)
    elif filters.get("whose") == "free":
        found = found.filter(taken_by=None)
    if text := (filters.get("text") or "").strip():
        named = Q(funder__icontains=text) | Q(partner__organisation__name__icontains=text)
        found = found.filter(named | Q(partner__bid__reference__iexact=text))
    flagged = with_flags(found)
    return flagged.filter(is_cited_twice=True) if filters.get("flagged") else flagged


def with_flags(rows: QuerySet[MatchSource]) -> QuerySet[Any]:
    """Return sources with whether their money is cited elsewhere, and until when their evidence is recent enough."""
    funder = Q(funder__iexact=OuterRef("funder")) | Q(organisation=OuterRef("organisation"))
    pledge = Q(secured_on=OuterRef("secured_on"), amount_pounds=OuterRef("amount_pounds"))
    same = MatchSource.objects.filter(funder & pledge).exclude(pk=OuterRef("pk"))
    mine = Document.objects.filter(match_source=OuterRef(OuterRef("pk")), deleted_at=None).values("sha256")
    files = Document.objects.filter(sha256__in=mine, deleted_at=None, match_source__isnull=False)
    newest = MatchVerification.objects.filter(source=OuterRef("pk"), outcome=MatchOutcome.VERIFIED)
    return rows.annotate(
        is_cited_twice=Exists(same) | Exists(files.exclude(match_source=OuterRef("pk"))),
        expires_on=Subquery(newest.order_by("-number").values("expires_on")[:1]),
    ).select_related("partner__bid", "partner__organisation", "taken_by", "partner__bid__competition")


def expiring(today: dt.date, user: User, within_days: int = 14) -> QuerySet[Any]:
    """Return verified sources without a letter whose evidence is out of date soon, the first first."""
    found = with_flags(visible(user).filter(state=MatchState.VERIFIED, partner__bid__state=BidState.SUCCESSFUL))
    found = found.exclude(partner__bid__award__state__in=["letter_issued", "accepted", "live", "completed"])
    return found.filter(expires_on__lte=today + dt.timedelta(days=within_days)).order_by(F("expires_on"), "pk")
