"""A competition's submitted bids as tables: one row a bid with all answers, and rows of partners, costs and match.

Everything is read from the version that stands, in batches by key: memory does not grow with the number of bids. Each
row says of which version it is, as a bid may be handed in again while a file is being written.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, JSONField, QuerySet
from django.db.models.fields.json import KeyTransform

from accounts.states import Size
from bids.models import BidVersion, Standing
from bids.paper import workings
from bids.states import BidState, CostCategory, MatchKind
from funds.models import Competition, Question
from funds.states import ResearchCategory
from infra.filters import UK

BATCH = 200  # bids read at once with their answers
PARTS = 5  # times as many without
BIDS = (
    "bid", "version", "state", "submitted_uk", "within_grace", "title", "strand", "research_category", "clinical_area",
    "lead", "lead_number", "lead_size", "lead_region", "organisations", "start_on", "months", "cost_pounds",
    "grant_pounds", "match_pounds",
)  # fmt: skip
PARTNERS = (
    "bid", "version", "organisation", "number", "is_lead", "size", "working_days", "percent", "cost_pounds",
    "grant_pounds", "other_public_pounds", "match_pounds",
)  # fmt: skip
COSTS = ("bid", "version", "organisation", "category", "description", "workings", "pounds")
MATCH = ("bid", "version", "organisation", "kind", "funder", "pounds", "secured_on", "available_on")
FIRST = ("bid__reference", "number")
LEFT_OUT = {"partners": ("costs", "match_sources"), "costs": ("match_sources",), "match": ("costs",)}
NAMES = {"bids": "Bids", "partners": "Partners", "costs": "Costs", "match": "Match funding"}
_FACTS = (
    "number", "within_grace", "title", "strand__title", "category", "clinical_area", "lead_name", "lead_identifier",
    "lead_size", "lead_region", "partners", "cost_pounds", "grant_pounds", "match_pounds",
)  # fmt: skip
Row = tuple[Any, ...]


def head(table: str, competition: Competition) -> Sequence[str]:
    """Return the head of a table; that of the bids ends with a column for each question."""
    heads = {"bids": BIDS, "partners": PARTNERS, "costs": COSTS, "match": MATCH}
    return (*heads[table], *(q.heading for q in _questions(competition))) if table == "bids" else heads[table]


def rows(table: str, competition: Competition, found: QuerySet[Standing]) -> Iterator[Row]:
    """Yield the rows of a table for the bids of a competition that are in `found`, by bid."""
    if table == "bids":
        yield from _bids([q.slug for q in _questions(competition)], found)
        return
    lines = {"partners": _partner, "costs": _costs, "match": _match}[table]
    for reference, number, partners in _read(found, (*FIRST, _Partners(*LEFT_OUT[table])), BATCH * PARTS):
        for partner in partners:
            for line in lines(partner):
                yield (reference, number, partner["name"], *line)


def _questions(competition: Competition) -> QuerySet[Question]:
    return competition.questions.order_by("position").only("slug", "heading")


class _Partners(Func):
    """The partners of a version without lists that are not asked for: reading those takes longer than all the rest."""

    template = (
        "(SELECT jsonb_agg(one.value - '{%(left_out)s}'::text[] ORDER BY one.ordinality)"
        " FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS one)"
    )

    def __init__(self, *left_out: str) -> None:
        super().__init__(KeyTransform("partners", "content"), left_out=",".join(left_out), output_field=JSONField())


def _read(found: QuerySet[Standing], columns: Sequence[Any], size: int) -> Iterator[Row]:
    """Yield columns of each version that stands, `size` versions at once, by the bid's key."""
    versions = BidVersion.objects.filter(bid__standing__number=F("number")).order_by("bid")
    last = 0
    while keys := list(found.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
        yield from versions.filter(bid__in=keys).values_list(*columns)
        last = keys[-1]


def _bids(slugs: Sequence[str], found: QuerySet[Standing]) -> Iterator[Row]:
    columns: list[Any] = [
        "bid__reference", "bid__state", "at", *(f"bid__standing__{name}" for name in _FACTS),
        *(KeyTransform(name, "content") for name in ("start_on", "months", "answers")),
    ]  # fmt: skip
    for reference, state, at, *facts, start_on, months, answers in _read(found, columns, BATCH):
        (number, grace, title, strand, category, area, lead, register, size, region, *money) = facts
        texts = {answer["slug"]: answer["text"] for answer in answers}
        yield (
            reference, number, BidState(state).label, f"{at.astimezone(UK):%Y-%m-%d %H:%M:%S %Z}", grace, title, strand,
            ResearchCategory(category).label, area, lead, register, Size(size).label, region, money[0], start_on,
            months, *money[1:], *(texts.get(slug, "") for slug in slugs),
        )  # fmt: skip


def _partner(partner: Mapping[str, Any]) -> Iterator[Row]:
    yield (
        partner["identifier"], partner["is_lead"], Size(partner["size"]).label, partner["working_days"],
        Decimal(partner["percent"]), partner["cost_pounds"], partner["grant_pounds"], partner["other_public_pounds"],
        partner["match_pounds"],
    )  # fmt: skip


def _costs(partner: Mapping[str, Any]) -> Iterator[Row]:
    for line in partner["costs"]:
        working = workings(line["category"], line["inputs"], partner["working_days"])
        yield CostCategory(line["category"]).label, line["description"], working, Decimal(line["amount"])


def _match(partner: Mapping[str, Any]) -> Iterator[Row]:
    for source in partner["match_sources"]:
        kind, pounds = MatchKind(source["kind"]).label, source["amount_pounds"]
        yield kind, source["funder"], pounds, source["secured_on"], source["available_on"]
