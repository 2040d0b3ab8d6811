"""Read what the desk of match funding shows: sources, evidence, coverage, and where the same money is cited twice."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from awards import overview
from awards.models import Award, AwardPartner
from bids.models import Document, MatchSource
from bids.states import MatchState


@dataclass(frozen=True)
class Source:
    """A source of match funding with its evidence and the other sources that cite the same money."""

    row: MatchSource
    evidence: list[Document]
    same: list[MatchSource]

    @property
    def can_decide(self) -> bool:
        """Tell whether it waits for a decision."""
        return self.row.state in (MatchState.EVIDENCED, MatchState.QUERIED)


def desk(award: Award) -> list[tuple[AwardPartner, list[Source]]]:
    """Return each partner that has to bring match funding, with its sources."""
    found = sources(MatchSource.objects.filter(partner__bid=award.bid_id))
    return [
        (part, [source for source in found if source.row.partner_id == part.partner_id])
        for part in overview.parts(award)
        if part.match_pounds
    ]


def sources(rows: QuerySet[MatchSource]) -> list[Source]:
    """Return sources with their evidence and duplicates, in four queries however many there are."""
    documents = Prefetch("documents", Document.objects.filter(deleted_at=None).order_by("id"))
    mine = list(rows.select_related("decided_by", "partner__bid").prefetch_related(documents))
    others = _cited_with(mine) if mine else []
    return [
        Source(row, list(row.documents.all()), [other for other in others if other != row and _same(row, other)])
        for row in mine
    ]


def _cited_with(mine: list[MatchSource]) -> list[MatchSource]:
    """Return every source that cites a pledge or a file of these, as `bids.queries.same_money` tells of one."""
    hashes = {document.sha256 for row in mine for document in row.documents.all()}
    files = Document.objects.filter(sha256__in=hashes, match_source__isnull=False, deleted_at=None)
    cited = Q(pk__in=files.values("match_source"))
    for row in mine:
        cited |= Q(funder__iexact=row.funder, secured_on=row.secured_on, amount_pounds=row.amount_pounds)
    documents = Prefetch("documents", Document.objects.filter(deleted_at=None))
    found = MatchSource.objects.filter(cited).select_related("partner__bid", "partner__organisation")
    return list(found.prefetch_related(documents).order_by("id"))


def _same(one: MatchSource, other: MatchSource) -> bool:
    return _pledge(one) == _pledge(other) or bool(_files(one) & _files(other))


def _pledge(source: MatchSource) -> tuple[object, ...]:
    return source.funder.upper(), source.secured_on, source.amount_pounds


def _files(source: MatchSource) -> set[str]:
    return {document.sha256 for document in source.documents.all()}
