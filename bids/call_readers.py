"""Who is told when a competition changes: everybody who works on one of its bids."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.states import Role
from bids.models import Bid, TeamMember
from bids.states import BidState, TeamRole
from funds.models import Competition

GONE = (BidState.WITHDRAWN, BidState.INELIGIBLE, BidState.UNSUCCESSFUL)


def readers_of(competition: Competition) -> QuerySet[User]:
    """Return the applicants of every organisation that is in a bid, and the members of its team."""
    bids = Bid.objects.filter(competition=competition).exclude(state__in=GONE)
    members = TeamMember.objects.filter(bid__in=bids)
    colleagues = Q(
        memberships__role=Role.APPLICANT, memberships__ended_at=None,
        memberships__organisation__in=bids.values("partners__organisation"),
    )  # fmt: skip
    return (
        User.objects.filter(is_active=True)
        .filter(colleagues | Q(pk__in=members.values("user")))
        .exclude(pk__in=members.filter(role=TeamRole.REMOVED).values("user"))
        .distinct()
        .order_by("pk")
    )
