"""How far the match funding of bids is covered: required, declared, with evidence, verified; whole pounds."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

_COVERAGE = """
SELECT sent.bid_id, sent.match_pounds, coalesce(sum(source.amount_pounds), 0),
       coalesce(sum(source.amount_pounds) FILTER (WHERE source.state IN ('evidenced', 'verified')), 0),
       coalesce(sum(source.verified_pounds) FILTER (WHERE source.state = 'verified'), 0)
FROM bids_standing sent
LEFT JOIN bids_partner partner ON partner.bid_id = sent.bid_id
LEFT JOIN bids_matchsource source ON source.partner_id = partner.id AND source.state <> 'rejected'
WHERE sent.bid_id = ANY(%s)
GROUP BY sent.bid_id, sent.match_pounds
"""


class Coverage(NamedTuple):
    """Match funding of one bid."""

    required: int
    declared: int
    evidenced: int
    verified: int


def of(bids: Iterable[int]) -> dict[int, Coverage]:
    """Return the match funding of bids by their keys, in one query; what was rejected is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERAGE, [list(bids)])
        return {key: Coverage(*map(int, pounds)) for key, *pounds in cursor.fetchall()}
