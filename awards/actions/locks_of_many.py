"""Hold the rows of many claims in the one order of the house. A run of payments is held before all of them."""

from collections.abc import Iterable

from accounts.models import User
from awards import rules
from awards.models import Award, AwardPartner, Claim
from bids.queries import kept_from
from funds.models import Stream


def hold_claims(keys: Iterable[int]) -> list[Claim]:
    """Return claims by their keys as they are now with their awards, all held: first every award, then every claim."""
    keys = list(keys)
    awards = set(Claim.objects.filter(pk__in=keys).values_list("award_id", flat=True))
    list(Award.objects.select_for_update(no_key=True).filter(pk__in=awards).order_by("pk").values_list("pk"))
    held = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    parents = ("bid__competition__stream", "bid__competition__pot", "envelope")
    return list(held.select_related("organisation", "submitted_by", *(f"award__{parent}" for parent in parents)))


def hold_streams(claims: Iterable[Claim]) -> None:
    """Hold the streams of many claims by key before the entries that move their counters."""
    keys = {claim.award.bid.competition.stream_id for claim in claims}
    list(Stream.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def must_be_outsider_of(claims: Iterable[Claim], by: User) -> None:
    """Refuse an official who belongs to an organisation of the claims' awards, or has an interest in one."""
    rules.must_be_free(is_kept=not kept_from(by).isdisjoint(claim.award.bid_id for claim in claims))
    ours = by.organisation_ids()
    parties = AwardPartner.objects.filter(award__in={claim.award_id for claim in claims}, organisation__in=ours)
    rules.must_be_outsider(ours, set(parties.values_list("organisation_id", flat=True)))
