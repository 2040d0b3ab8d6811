"""Keep the row by which officials list a bid."""

from functools import cache

from django.db import connection

from bids.models import Bid, BidVersion
from bids.standing import facts_of, terms


@cache
def _statement(names: tuple[str, ...]) -> str:
    columns, values = ", ".join(names), ", ".join(f"%({name})s" for name in names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in (*names, "terms"))
    return (
        f"INSERT INTO bids_standing (bid_id, competition_id, terms, {columns})"
        f" VALUES (%(bid)s, %(competition)s, array_to_tsvector(%(terms)s), {values})"
        f" ON CONFLICT (bid_id) DO UPDATE SET {changes}"
    )


def keep_standing(bid: Bid, version: BidVersion) -> None:
    """Let a version that has just been handed in be the one that officials list, in the caller's transaction."""
    facts = facts_of(version.content) | {
        "number": version.number,
        "within_grace": version.within_grace,
        "lead_region": bid.lead.region,
    }
    changed = {"strand_id": bid.strand_id, "submitted_at": version.at, **facts}
    found_by = terms(bid.reference, bid.strand.code, facts)
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(tuple(changed)),
            {"bid": bid.pk, "competition": bid.competition_id, "terms": found_by, **changed},
        )
