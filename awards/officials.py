"""Who of the department may do a deed on an award, so that they can be told that it waits for them."""

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from accounts.models import User
from awards.models import Award
from bids.queries import kept_away
from funds import notices


def of(award: Award, roles: Collection[str]) -> QuerySet[User]:
    """Return the officials of these roles, but for those who belong to the award or have an interest in its bid."""
    parties = award.partners.values("organisation")
    theirs = User.objects.filter(memberships__organisation__in=parties, memberships__ended_at=None)
    return notices.officials(*roles).exclude(pk__in=theirs).exclude(pk__in=kept_away(award.bid_id))


def tell_second_person(
    award: Award, what: str, *, roles: Collection[str], maker: User, key: str, at: dt.datetime, page: str = "changes/"
) -> None:
    """Write to everybody but the maker that something was put forward, and waits for another person.

    Args:
        what: a noun that ends “… has put this forward: ”.
        page: of the award, on which it waits.
    """
    notices.tell_officers(
        "approval_waiting", of(award, roles).exclude(pk=maker.pk), key=key, at=at, maker=str(maker),
        path=f"/awards/{award.reference}/{page}", what=what,
    )  # fmt: skip
