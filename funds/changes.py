"""Put on the public page of a competition what has changed since it was published."""

import datetime as dt

from accounts.models import User
from funds.models import Change, Competition
from funds.states import ChangeKind, CompetitionState


def show_change(competition: Competition, kind: ChangeKind, what: str, *, by: User, at: dt.datetime) -> None:
    """Say what has changed where bidders read it; a competition that is not out has no changes to tell."""
    if competition.state != CompetitionState.DRAFT:
        Change.objects.create(competition=competition, kind=kind, what=what, by=by, at=at)
