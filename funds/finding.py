"""Find a competition as anybody may: by words, stream, who may lead, and where it stands against its dates."""

import datetime as dt
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, F, Max, Q, QuerySet, TextChoices, When
from django.db.models.functions import Coalesce, Greatest

from funds import queries, rules
from funds.models import Competition
from funds.states import CompetitionState

COLOURS = {"Open": "green", "Opens soon": "blue", "In assessment": "purple", "At panel": "purple", "Decided": "teal"}
SEARCHED = SearchVector("title", "summary", "scope", "eligibility", config="english")


class Standing(TextChoices):
    """Where a competition stands for somebody who looks for one."""

    CURRENT = "", "Open or opening soon"
    OPEN = "open", "Open"
    SOON = "soon", "Opening soon"
    CLOSED = "closed", "Closed"
    ANY = "any", "Any"


class Shown(NamedTuple):
    """A competition with where it stands, in words and in the colour of a tag."""

    competition: Competition
    phase: str
    colour: str


def shown(competition: Competition, at: dt.datetime) -> Shown:
    """Return a competition with where it stands at an instant."""
    phase = rules.phase(competition.state, competition.opens_at, competition.closes_at, at)
    return Shown(competition, phase, COLOURS.get(phase, "grey"))


def published() -> QuerySet[Competition]:
    """Return what the public may see, whoever asks."""
    return queries.visible_to(AnonymousUser())


def standing(which: str, at: dt.datetime) -> Q:
    """Return the condition for competitions that stand so at an instant."""
    out = Q(state=CompetitionState.PUBLISHED)
    closed = ~out | Q(closes_at__lt=at)
    return {
        Standing.CURRENT: ~closed,
        Standing.OPEN: ~closed & Q(opens_at__lte=at),
        Standing.SOON: ~closed & Q(opens_at__gt=at),
        Standing.CLOSED: closed,
        Standing.ANY: Q(),
    }[Standing(which)]


def find(
    *,
    at: dt.datetime,
    words: str = "",
    stream: str = "",
    lead: str = "",
    which: str = Standing.CURRENT,
    days: int | None = None,
) -> QuerySet[Competition]:
    """Return the published competitions that fit all that is asked.

    Args:
        words: as people type them into a search; or a reference.
        lead: a kind of organisation that may lead.
        days: the deadline comes within so many days.
    """
    found = published().filter(standing(which, at))
    if words:
        wanted = SearchQuery(words, config="english", search_type="websearch")
        found = found.annotate(searched=SEARCHED).filter(
            Q(searched=wanted) | Q(reference__iexact=words) | Q(title__icontains=words)
        )
    if stream:
        found = found.filter(stream__code=stream)
    if lead:
        found = found.filter(lead_kinds__contains=[lead])
    if days is not None:
        found = found.filter(closes_at__range=(at, at + dt.timedelta(days=days)))
    return found


def with_changes(at: dt.datetime, most: int) -> QuerySet[Competition]:
    """Return what takes bids or soon will, what changed last first, each with its instant of change `changed_at`."""
    opened = Case(When(opens_at__lte=at, then=F("opens_at")))
    first = Coalesce(F("published_at"), F("opens_at"))
    changed = Greatest(first, opened, Max("changes__at"))  # PostgreSQL passes over NULL
    found = published().filter(standing(Standing.CURRENT, at)).annotate(changed_at=changed)
    return found.order_by("-changed_at", "-pk")[:most]
