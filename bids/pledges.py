"""Reads of match funding: where the same money is cited twice, and how far a whole project is covered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from accounts.models import User
from bids import overview, queries
from bids.models import Bid, Document, MatchSource, Partner


def cited_twice(sources: Iterable[MatchSource]) -> dict[int, list[MatchSource]]:
    """Return source key → the other sources, of any bid, that cite the same pledge or the same file.

    It tells of many what `queries.same_money` tells of one, in two queries. The sources have their evidence loaded.
    """
    mine = list(sources)
    if not mine:
        return {}
    hashes = {document.sha256 for row in mine for document in row.documents.all()}
    files = Document.objects.filter(sha256__in=hashes, match_source__isnull=False, deleted_at=None)
    cited = Q(pk__in=files.values("match_source"))
    for row in mine:
        cited |= queries.same_pledge(row)
    found = MatchSource.objects.filter(cited).select_related("partner__bid", "partner__organisation")
    evidence = Prefetch("documents", Document.objects.filter(deleted_at=None))
    others = list(found.prefetch_related(evidence).order_by("id"))
    return {row.pk: [other for other in others if other.pk != row.pk and _same(row, other)] for row in mine}


def _same(one: MatchSource, other: MatchSource) -> bool:
    return _is_same_pledge(one, other) or bool(_files(one) & _files(other))


def _is_same_pledge(one: MatchSource, other: MatchSource) -> bool:
    """Tell in Python what `queries.same_pledge` asks the database."""
    if (one.secured_on, one.amount_pounds) != (other.secured_on, other.amount_pounds):
        return False
    is_same_organisation = one.organisation_id is not None and one.organisation_id == other.organisation_id
    return is_same_organisation or one.funder.upper() == other.funder.upper()


def _files(source: MatchSource) -> set[str]:
    return {document.sha256 for document in source.documents.all()}


def cited_in_own_bids(sources: list[MatchSource], user: User) -> dict[int, list[MatchSource]]:
    """Return source key → the others that cite the same money in bids that this person works on; no word of others'."""
    found = cited_twice(sources)
    bids = {other.partner.bid_id for others in found.values() for other in others}
    own = set(queries.worked_on_by(user).filter(pk__in=bids).values_list("pk", flat=True)) if bids else set()
    return {key: [o for o in others if o.partner.bid_id in own] for key, others in found.items()}


@dataclass(frozen=True)
class Covered:
    """A partner's part in the match funding of its project."""

    partner: Partner
    coverage: overview.Coverage
    problems: list[str]


def of_project(bid: Bid) -> list[Covered]:
    """Return how far each partner's match funding is covered, in three queries however many there are."""
    evidence = Prefetch("match_sources__documents", Document.objects.filter(deleted_at=None).order_by("pk"))
    partners = bid.partners.select_related("organisation").prefetch_related("match_sources", evidence)
    found = []
    for partner in partners:
        partner.bid = bid
        sources = list(partner.match_sources.all())
        lacks = overview.match_problems(partner, sources) if bid.competition.match_is_required else []
        found.append(Covered(partner, overview.coverage(partner, sources), lacks))
    return found


@dataclass(frozen=True)
class Flag:
    """A submitted pledge that is cited elsewhere too: where, as officials may know it."""

    source: MatchSource
    places: list[str]


def flags(bid: Bid, content: Mapping[str, Any]) -> list[Flag]:
    """Return which pledges of a submitted version are cited elsewhere; a bid that is not submitted is not named."""
    pledged = {
        (s["funder"], s["amount_pounds"], str(s["secured_on"])) for p in content["partners"] for s in p["match_sources"]
    }
    evidence = Prefetch("documents", Document.objects.filter(deleted_at=None))
    rows = MatchSource.objects.filter(partner__bid=bid).select_related("partner__organisation")
    mine = [s for s in rows.prefetch_related(evidence) if (s.funder, s.amount_pounds, str(s.secured_on)) in pledged]
    found = cited_twice(mine)
    return [Flag(s, [_place(other, bid) for other in found[s.pk]]) for s in mine if found[s.pk]]


def _place(other: MatchSource, bid: Bid) -> str:
    if not other.partner.bid.version:
        return "a bid that is not submitted"
    where = "this bid" if other.partner.bid_id == bid.pk else other.partner.bid.reference
    return f"{where} ({other.partner.organisation}, {other.get_state_display().lower()})"
