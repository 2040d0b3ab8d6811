"""A bid's content as people read it on paper: labels for codes, workings in words. Pure.

Takes what `queries.content_of` returns and what a submitted version keeps: the same facts, dates perhaps as text.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.states import Size
from bids.costs import TEXTS, day_rate
from bids.states import CostCategory, DocumentKind, MatchKind
from funds.money import in_words
from funds.states import ResearchCategory
from infra import words
from infra.filters import pounds


@dataclass(frozen=True)
class Answer:
    """An answer with its number of words."""

    slug: str
    heading: str
    text: str
    words: int


@dataclass(frozen=True)
class CostRow:
    """A line of costs: its workings in words, its amount in pounds."""

    category: str
    description: str
    workings: str
    amount: Decimal


@dataclass(frozen=True)
class Pledge:
    """A source of match funding, in whole pounds."""

    kind: str
    funder: str
    pounds: int
    secured_on: dt.date
    available_on: dt.date


@dataclass(frozen=True)
class Part:
    """What one partner does for how much: whole pounds, per cent."""

    organisation_id: int
    name: str
    identifier: str
    is_lead: bool
    size: str
    percent: Decimal
    cost: int
    grant: int
    other_public: int
    match: int
    costs: list[CostRow]
    pledges: list[Pledge]
    aid: list[str] | None = None


@dataclass(frozen=True)
class Paper:
    """A whole bid."""

    title: str
    category: str
    clinical_area: str
    start_on: dt.date | None
    months: int
    answers: list[Answer]
    parts: list[Part]
    documents: list[dict[str, Any]]

    def total(self, field: str) -> int:
        """Return the sum of one figure of all partners, in whole pounds."""
        return sum(getattr(part, field) for part in self.parts)


def paper(content: Mapping[str, Any]) -> Paper:
    """Return a bid's content, of now or of a version, as people read it."""
    headings = {a["slug"]: a["heading"] for a in content["answers"]}
    return Paper(
        title=content["title"],
        category=str(ResearchCategory(content["category"]).label),
        clinical_area=content["clinical_area"],
        start_on=_day(content["start_on"]) if content["start_on"] else None,
        months=content["months"],
        answers=[Answer(a["slug"], a["heading"], a["text"], words.count(a["text"])) for a in content["answers"]],
        parts=[_part(partner) for partner in content["partners"]],
        documents=[d | {"label": _purpose(d, headings)} for d in content["documents"]],
    )


def _purpose(document: Mapping[str, Any], headings: Mapping[str, str]) -> str:
    """Return what a document is for; versions of earlier days do not say to which question."""
    slug = document.get("question")
    return f"Appendix to “{headings.get(slug, slug)}”" if slug else str(DocumentKind(document["kind"]).label)


def _part(partner: Mapping[str, Any]) -> Part:
    return Part(
        organisation_id=partner["organisation_id"],
        name=partner["name"],
        identifier=partner["identifier"],
        is_lead=partner["is_lead"],
        size=str(Size(partner["size"]).label),
        percent=Decimal(partner["percent"]),
        cost=partner["cost_pounds"],
        grant=partner["grant_pounds"],
        other_public=partner["other_public_pounds"],
        match=partner["match_pounds"],
        costs=[
            CostRow(
                str(CostCategory(line["category"]).label),
                line["description"],
                workings(line["category"], line["inputs"], partner["working_days"]),
                Decimal(line["amount"]),
            )
            for line in partner["costs"]
        ],
        pledges=[
            Pledge(
                str(MatchKind(s["kind"]).label),
                s["funder"],
                s["amount_pounds"],
                _day(s["secured_on"]),
                _day(s["available_on"]),
            )
            for s in partner["match_sources"]
        ],
        aid=_aid(partner["aid"]) if "aid" in partner else None,
    )


def _aid(declared: Mapping[str, Any]) -> list[str]:
    """Return a declaration of earlier aid in sentences."""
    said = []
    for row in declared["rows"]:
        scheme = f" ({row['scheme']})" if row["scheme"] else ""
        amount = in_words(Decimal(row["amount"]), row["currency"])
        said.append(f"{row['giver']}{scheme}, {_day(row['granted_on']):%-d %B %Y}, {amount}")
    return [*(said or ["None"]), *([] if declared["confirmed_at"] else ["Not confirmed in writing yet"])]


def _day(value: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def workings(category: str, inputs: Mapping[str, str], working_days: int) -> str:
    """Return in words how the amount of a line came about, from its inputs as typed."""

    def typed(key: str) -> str:
        return _grouped(str(inputs.get(key, "?")))

    match category:
        case CostCategory.LABOUR:
            return f"£{typed('gross_pounds')} a year ÷ {working_days} working days × {typed('days')} days"
        case CostCategory.OVERHEADS:
            return {"none": "None", "percent": "20% of labour"}.get(inputs.get("kind", ""), "As stated in the workings")
        case CostCategory.MATERIALS | CostCategory.TRAVEL:
            return f"{typed('quantity')} × £{typed('unit_pounds')}"
        case CostCategory.CAPITAL_USAGE:
            worn = f"(£{typed('value_pounds')} when bought − £{typed('residual_pounds')} left)"
            return f"{worn} × {typed('utilisation_percent')}% used here"
    return ", ".join(typed(key) for key, _ in TEXTS.get(category, ()))


def working(category: str, inputs: Mapping[str, str], working_days: int, amount: Decimal) -> str:
    """Return in words how the amount of a line is worked out, such as £45,000 ÷ 225 days = £200.00000 a day × 30."""
    found = pounds(amount.quantize(Decimal("0.01")))
    if category == CostCategory.LABOUR:
        gross, days = (_grouped(str(inputs.get(key, "?"))) for key in ("gross_pounds", "days"))
        rate = day_rate(Decimal(gross.replace(",", "")), working_days)
        return f"£{gross} ÷ {working_days} days = £{rate:,.5f} a day × {days} days = {found}"
    if category in (CostCategory.SUBCONTRACTING, CostCategory.OTHER):
        return found
    return f"{workings(category, inputs, working_days)} = {found}"


def _grouped(text: str) -> str:
    """Return a number as typed with commas between its thousands; anything else as it is."""
    try:
        return f"{Decimal(text.strip().removeprefix('£').replace(',', '').replace(' ', '')):,}"
    except InvalidOperation:
        return text.strip()
