"""Read what the desk of match funding shows: sources, evidence, coverage, and where the same money is cited twice."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from awards import overview
from awards.models import Award, AwardPartner
from bids.models import Document, MatchSource
from bids.pledges import cited_twice
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
    same = cited_twice(mine)
    return [Source(row, list(row.documents.all()), same[row.pk]) for row in mine]
