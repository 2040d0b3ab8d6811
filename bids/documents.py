"""What the page of a bid's documents shows: the places for documents, what is in them, and what was put aside."""

from dataclasses import dataclass
from itertools import groupby

from bids.models import Bid, Document
from bids.states import DocumentKind
from funds.models import AskedDocument, Competition, Question


@dataclass(frozen=True)
class Place:
    """What a document may be for; `key` names it in forms and addresses."""

    key: str
    title: str
    kind: str
    guidance: str = ""
    is_required: bool = False
    question: Question | None = None
    asked: AskedDocument | None = None

    def holds(self, document: Document) -> bool:
        """Tell whether a document is what this place is for."""
        asked, question = (row.pk if row else None for row in (self.asked, self.question))
        return (document.kind, document.asked_id, document.question_id) == (self.kind, asked, question)


def places(competition: Competition) -> list[Place]:
    """Return what documents of a bid may be for, evidence of match funding left out: what is asked for comes first."""
    asked = [
        Place(f"asked-{a.pk}", a.title, DocumentKind.OTHER, a.guidance, a.is_required, asked=a)
        for a in competition.asked_documents.order_by("position")
    ]
    appendices = [
        Place(f"appendix-{q.slug}", f"Appendix to “{q.heading}”", DocumentKind.APPENDIX, "A PDF.", question=q)
        for q in competition.questions.filter(takes_appendix=True).order_by("position")
    ]
    workings = Place("overhead_workings", DocumentKind.OVERHEAD_WORKINGS.label, DocumentKind.OVERHEAD_WORKINGS)
    return [*asked, *appendices, workings, Place("other", "Another document", DocumentKind.OTHER)]


@dataclass(frozen=True)
class Shown:
    """A document with its earlier versions, the newest first."""

    document: Document
    earlier: list[Document]


@dataclass(frozen=True)
class Shelf:
    """All documents of a bid: place by place, evidence of match funding, and those that were removed."""

    places: list[tuple[Place, list[Shown]]]
    others: list[Shown]
    evidence: list[Document]
    removed: list[Document]


def shelf(bid: Bid) -> Shelf:
    """Return the documents of a bid in three queries, however many there are."""
    rows = list(
        Document.objects.filter(bid=bid).select_related("uploaded_by", "match_source").order_by("series", "-number")
    )
    papers = [row for row in rows if row.match_source_id is None]
    found: list[Shown] = []
    removed: list[Document] = []
    for _, group in groupby(papers, key=lambda row: row.series):
        versions = list(group)
        now = next((row for row in versions if row.deleted_at is None), None)
        if now:
            found.append(Shown(now, [row for row in versions if row != now]))
        else:
            removed.append(versions[0])
    found.sort(key=lambda shown: shown.document.pk)
    by_place = [(place, [s for s in found if place.holds(s.document)]) for place in places(bid.competition)]
    placed = {id(s) for _, held in by_place for s in held}
    evidence = [row for row in rows if row.match_source_id and row.deleted_at is None]
    return Shelf(
        places=by_place,
        others=[s for s in found if id(s) not in placed],
        evidence=sorted(evidence, key=lambda row: row.pk),
        removed=sorted(removed, key=lambda row: row.pk),
    )
