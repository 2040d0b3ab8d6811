"""How an open competition goes: counts and sums of what was submitted. Drafts are only counted, never looked into."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from accounts.states import Size
from bids.models import Bid, Standing
from bids.states import STANDING, BidState
from funds.instants import LONDON
from funds.models import Competition


@dataclass(frozen=True)
class Share:
    """Submitted bids with something in common: how many, and what they ask for in whole pounds."""

    text: str
    bids: int
    grant_pounds: int


@dataclass(frozen=True)
class Day:
    """A day in the United Kingdom: bids begun and versions that stand submitted on it."""

    day: dt.date
    started: int
    submitted: int


@dataclass(frozen=True)
class CallProgress:
    """A competition's bids in figures."""

    states: dict[BidState, int]
    days: list[Day]
    shares: dict[str, list[Share]]  # by what they are divided

    @property
    def started(self) -> int:
        """All bids that were ever begun."""
        return sum(self.states.values())

    @property
    def standing(self) -> int:
        """Bids that are in the competition with a submitted version."""
        return sum(self.states.get(state, 0) for state in STANDING)

    @property
    def grant_pounds(self) -> int:
        """What they ask for together."""
        return sum(share.grant_pounds for share in self.shares["Strand"])


DIVIDED_BY = {
    "Strand": "strand__title",
    "Region of the lead": "lead_region",
    "Clinical area": "clinical_area",
    "Size of the lead": "lead_size",
}


def progress_of(competition: Competition, without: Collection[int] = ()) -> CallProgress:
    """Return how a competition goes, in a constant number of queries. Money is that of submitted versions only.

    Args:
        without: keys of bids that a conflict of interest keeps from the reader.
    """
    bids = Bid.objects.filter(competition=competition).exclude(pk__in=without)
    states = dict(bids.values_list("state").annotate(n=Count("pk")).order_by())
    standing = Standing.objects.filter(competition=competition, bid__state__in=STANDING).exclude(bid__in=without)
    return CallProgress(
        states={state: states[state] for state in BidState if states.get(state)},
        days=_days(
            bids.annotate(day=TruncDate("created_at", tzinfo=LONDON)).values_list("day").annotate(n=Count("pk")),
            standing.annotate(day=TruncDate("submitted_at", tzinfo=LONDON)).values_list("day").annotate(n=Count("pk")),
        ),
        shares={
            text: [
                Share(_name(column, value), n, pounds)
                for value, n, pounds in standing.values_list(column)
                .annotate(n=Count("pk"), pounds=Sum("grant_pounds"))
                .order_by("-n", column)
            ]
            for text, column in DIVIDED_BY.items()
        },
    )


def _name(column: str, value: str) -> str:
    return str(Size(value).label) if column == "lead_size" else value or "Not given"


def _days(started: Iterable[tuple[dt.date, int]], submitted: Iterable[tuple[dt.date, int]]) -> list[Day]:
    """Return every day from the first on which something happened to the last, in order."""
    begun, sent = Counter(dict(started)), Counter(dict(submitted))
    first, last = min(begun | sent, default=None), max(begun | sent, default=None)
    if first is None or last is None:
        return []
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [Day(day, begun[day], sent[day]) for day in days]
