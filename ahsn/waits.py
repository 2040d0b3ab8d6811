"""How many returns, shares and releases wait for a person's next step, for where they begin."""

from django.utils import timezone

from accounts.models import User
from ahsn import queries, rules
from ahsn.models import NetworkReturn, Release
from ahsn.states import ReleaseState, ReturnState, Standing
from awards.rules import uk_day
from funds import approvals


def returns(user: User) -> int:
    """Return how many returns a network's lead can write now, or has to correct."""
    own = queries.of_organisations(user.organisation_ids(*rules.WRITES), uk_day(timezone.now()))
    return own.filter(stands__in=(Standing.DUE, Standing.OVERDUE, Standing.SENT_BACK)).count()


def networks(user: User) -> int:
    """Return how much waits: returns and shares for a fund manager, instalments and releases for a finance officer."""
    found = 0
    if user.roles & rules.ACCEPTS:
        found += NetworkReturn.objects.filter(state=ReturnState.SUBMITTED).count()
    if user.roles & rules.SHARES:
        found += approvals.waiting("shares").exclude(by=user).count()
    if user.roles & rules.RELEASES:
        ready = queries.instalments(uk_day(timezone.now())).filter(stands=Standing.READY)
        found += ready.count() + Release.objects.filter(state=ReleaseState.PROPOSED).exclude(proposed_by=user).count()
    return found
