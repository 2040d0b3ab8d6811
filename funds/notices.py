"""Write to the officials of the fund, and to everybody who bids in a competition."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts import post
from accounts.models import User
from accounts.states import Role
from audit.record import as_json
from funds import tasks
from funds.models import Competition


def tell_officers(template: str, people: Iterable[User], *, key: str, at: dt.datetime, path: str, **facts: Any) -> None:
    """Write the same to each of some officials, once."""
    for person in sorted(people, key=lambda p: p.pk):
        post.tell(template, to=person, key=key, at=at, path=path, **facts)


def tell_managers(template: str, *, but: User, key: str, at: dt.datetime, path: str, **facts: Any) -> None:
    """Write to every fund manager but one: the person who has done what they are told of."""
    tell_officers(template, managers().exclude(pk=but.pk), key=key, at=at, path=path, **facts)


def managers() -> QuerySet[User]:
    """Return every fund manager."""
    return officials(Role.FUND_MANAGER)


def officials(*roles: str) -> QuerySet[User]:
    """Return everybody who holds one of these roles of the fund's own."""
    found = User.objects.filter(is_active=True, memberships__role__in=roles, memberships__ended_at=None)
    return found.distinct()


def tell_bidders(
    competition: Competition, template: str, *, key: str, at: dt.datetime, path: str = "", **facts: Any
) -> None:
    """Let a worker write to everybody who has a draft or a submitted bid in a competition, each once.

    Args:
        key: what must be said only once, such as "deadline.moved/12".
        path: page that the message is about; the competition's own when left out.
        facts: what the template needs besides `competition`: plain values, as they travel to the worker as JSON.
    """
    tasks.tell_bidders.defer(
        competition_id=competition.pk, template=template, key=key, at=at.isoformat(),
        path=path or f"/competitions/{competition.reference}/", facts=as_json(facts),
    )  # fmt: skip
