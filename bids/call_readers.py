"""Who is told when a competition changes: everybody who works on one of its bids."""

from django.db.models import QuerySet

from accounts.models import User
from bids import team
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition

GONE = (BidState.WITHDRAWN, BidState.INELIGIBLE, BidState.UNSUCCESSFUL)


def readers_of(competition: Competition) -> QuerySet[User]:
    """Return everybody who works on a bid of a competition; who was removed from one may still work on another."""
    bids = Bid.objects.filter(competition=competition).exclude(state__in=GONE).only("pk")
    people = {one.user.pk for those in team.people_on(bids).values() for one in those}
    return User.objects.filter(pk__in=people).order_by("pk")
