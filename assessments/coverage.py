"""How far the match funding of bids is covered: required, declared, with evidence, verified; whole pounds."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, Sum

from bids.models import MatchSource, Standing
from bids.states import MatchState

_EVIDENCED = Q(state__in=[MatchState.EVIDENCED, MatchState.VERIFIED])


class Coverage(NamedTuple):
    """Match funding of one bid."""

    required: int
    declared: int
    evidenced: int
    verified: int


def of(bids: Iterable[int]) -> dict[int, Coverage]:
    """Return the match funding of bids by their keys; what was rejected is left out. Two queries."""
    keys = list(bids)
    required = dict(Standing.objects.filter(bid__in=keys).values_list("bid", "match_pounds"))
    sources = MatchSource.objects.filter(partner__bid__in=keys).exclude(state=MatchState.REJECTED)
    sums = sources.order_by().values_list("partner__bid").annotate(
        declared=Sum("amount_pounds"),
        evidenced=Sum("amount_pounds", filter=_EVIDENCED),
        verified=Sum("verified_pounds", filter=Q(state=MatchState.VERIFIED)),
    )  # fmt: skip
    found = {bid: (declared or 0, evidenced or 0, verified or 0) for bid, declared, evidenced, verified in sums}
    return {key: Coverage(pounds, *found.get(key, (0, 0, 0))) for key, pounds in required.items()}
