"""Save a competition to hear about it, or let it go."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from funds.models import Competition, SavedCompetition


@transaction.atomic
def save_competition(*, competition: Competition, by: User, at: dt.datetime) -> SavedCompetition:
    """Write to a person when a competition opens, when its deadline moves and a week before it; once is enough."""
    facts = {"saved_at": at, "closes_at": competition.closes_at}
    return SavedCompetition.objects.get_or_create(user=by, competition=competition, defaults=facts)[0]


@transaction.atomic
def unsave_competition(*, competition: Competition, by: User) -> None:
    """Write no more about a competition."""
    SavedCompetition.objects.filter(user=by, competition=competition).delete()
