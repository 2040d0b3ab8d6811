"""Keep the row by which officials list a bid."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value

from bids.models import Bid, BidVersion, Standing
from bids.standing import facts_of, terms


def keep_standing(bid: Bid, version: BidVersion) -> None:
    """Let a version that has just been handed in be the one that officials list, in the caller's transaction."""
    facts = facts_of(version.content) | {
        "number": version.number,
        "within_grace": version.within_grace,
        "lead_region": bid.lead.region,
    }
    found_by = Value(terms(bid.reference, bid.strand.code, facts), ArrayField(TextField()))
    changed = {"strand": bid.strand, "submitted_at": version.at, **facts}
    row = Standing(bid=bid, competition=bid.competition, terms=Func(found_by, function="array_to_tsvector"), **changed)
    Standing.objects.bulk_create([row], update_conflicts=True, unique_fields=["bid"], update_fields=[*changed, "terms"])
