"""What a letter must hold: its fields, and the sums and dates that must agree."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from awards.letters.errors import LetterDoesNotAddUp, UnresolvedField

CATEGORIES = (
    "labour",
    "overheads",
    "materials",
    "capital_usage",
    "subcontracting",
    "travel_and_subsistence",
    "other",
)
STREAMS = ("ahsn_allocation", "sme_match_funded", "testbed", "integration")
AMOUNTS = ("cost", "grant", "other_public", "match")
LONGEST = 10_000
PLACEHOLDER = re.compile(r"\[\s*insert|\{\{", re.IGNORECASE)
NOTHING_BUT_PLACEHOLDER = re.compile(r"\s*(\[\s*insert[^\]]*\]|\{\{.*\}\})\s*", re.IGNORECASE | re.DOTALL)
# What bidders wrote, who may write of “{{ names }}” or “[insert]” keys; nobody could change it after the award.
BIDDERS_WORDS = ("bid.", "recipient.", "partners[", "milestones[")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?")

Leaf = Callable[[Any], str | None]


@dataclass(frozen=True)
class Rows:
    """Describe a list: the shape of each row and the least and greatest number of rows."""

    shape: Any
    most: int
    least: int = 0


def text(value: object) -> str | None:
    """Return what is wrong with a line of text, or None."""
    if not isinstance(value, str):
        return "must be text"
    if len(value) > LONGEST:
        return f"is longer than {LONGEST:,} characters"
    return None if value.strip() else "is missing or blank"


def day(value: object) -> str | None:
    """Return what is wrong with a date such as 2026-11-22, or None."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return "must be a date written as YYYY-MM-DD"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "is not a day in the calendar"
    return None


def whole(value: object) -> str | None:
    """Return what is wrong with a whole number of pounds or days, or None."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return "must be a whole number, zero or more"
    return None


def percent(value: object) -> str | None:
    """Return what is wrong with a rate in per cent such as 66.67, or None."""
    if not isinstance(value, str) or not PERCENT.fullmatch(value) or Decimal(value) > 100:
        return "must be a rate from 0 to 100 with at most two decimals, written as text"
    return None


def flag(value: object) -> str | None:
    """Return what is wrong with a yes or no, or None."""
    return None if isinstance(value, bool) else "must be true or false"


def stream(value: object) -> str | None:
    """Return what is wrong with a stream, or None: each has a text of its own in the letter."""
    return None if value in STREAMS else f"must be one of {', '.join(STREAMS)}"


def address_of_page(value: object) -> str | None:
    """Return what is wrong with a web address, or None."""
    if not isinstance(value, str) or not re.fullmatch(r"https?://[A-Za-z0-9.:/?&=#%~_-]{1,200}", value):
        return "must be a web address that starts with https://"
    return None


SOURCE = {"kind": text, "funder": text, "amount": whole}
PARTNER = {
    "organisation": text,
    "identifier": text,
    "is_lead": flag,
    "size": text,
    "costs": dict.fromkeys(CATEGORIES, whole),
    "percent": percent,
    **dict.fromkeys(AMOUNTS, whole),
    "match_sources": Rows(SOURCE, most=50),
}
MILESTONE = {"title": text, "due_on": day}
MOST_MILESTONES = 30
SHAPE = {
    "letter": {"reference": text, "number": whole, "dated_on": day, "short_code": text, "check_url": address_of_page},
    "award": {"reference": text, "starts_on": day, "ends_on": day, "accept_by": day, "responsible_officer": text},
    "bid": {"reference": text, "title": text, "public_description": text},
    "competition": {"reference": text, "title": text, "stream": stream, "departments": Rows(text, most=10, least=1)},
    "legal_basis": {"regime": text, "text": text, "article": text},
    "conditions": Rows(text, most=100),
    "recipient": {"name": text, "identifier": text, "address": Rows(text, most=10, least=1)},
    "partners": Rows(PARTNER, most=50, least=1),
    "totals": dict.fromkeys(AMOUNTS, whole),
    "claims": {"frequency": text, "due_days": whole, "accountants_reports": text},
    "signatory": {"name": text, "title": text, "department": text},
}


def check(data: dict[str, Any]) -> None:
    """Refuse data of a letter that is incomplete or contradicts itself.

    Raise UnresolvedField for a value that is missing, blank, of the wrong kind or still a placeholder, and
    LetterDoesNotAddUp for sums (whole pounds), rates and dates that disagree.
    """
    _fits(SHAPE, data, "")
    if data["letter"]["number"] > 1:
        _fits({"accepted_on": day}, data["award"], "award")
    if "milestones" in data:
        _fits({"milestones": Rows(MILESTONE, most=MOST_MILESTONES, least=1)}, data, "")
    for path, value in _strings(data, ""):
        is_open = NOTHING_BUT_PLACEHOLDER.fullmatch if path.startswith(BIDDERS_WORDS) else PLACEHOLDER.search
        if is_open(value):
            raise UnresolvedField(path, "still holds a placeholder")
    _sums(data)
    _dates(data["letter"], data["award"])


def categories(partners: list[dict[str, Any]]) -> list[str]:
    """Return the cost categories of the schedule: the usual seven, then any others that a competition adds."""
    return list(dict.fromkeys([*CATEGORIES, *(name for partner in partners for name in partner["costs"])]))


def _fits(shape: Any, value: Any, path: str) -> None:
    if value is None:
        raise UnresolvedField(path or "data")
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise UnresolvedField(path or "data", "must be a group of fields")
        for name, inner in shape.items():
            _fits(inner, value.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(shape, Rows):
        if not isinstance(value, list):
            raise UnresolvedField(path, "must be a list")
        if len(value) < shape.least:
            raise UnresolvedField(path, "is empty")
        if len(value) > shape.most:
            raise UnresolvedField(path, f"has more than {shape.most} rows")
        for number, row in enumerate(value):
            _fits(shape.shape, row, f"{path}[{number}]")
    elif problem := shape(value):
        raise UnresolvedField(path, problem)


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(inner, f"{path}[{number}]")


def _sums(data: dict[str, Any]) -> None:
    partners, totals = data["partners"], data["totals"]
    for number, partner in enumerate(partners):
        _partner_sums(partner, f"partners[{number}]")
    for name in AMOUNTS:
        _equal(f"totals.{name}", totals[name], sum(partner[name] for partner in partners), "the partners together have")
    _identity("totals", totals)
    if [partner["is_lead"] for partner in partners].count(True) != 1:
        raise LetterDoesNotAddUp("partners", "must have exactly one lead")


def _partner_sums(partner: dict[str, Any], path: str) -> None:
    """Hold one organisation to its sums in whole pounds.

    Grant, other public funding and match funding meet its cost; its rate limits grant and other public funding together
    (Commission Regulation (EU) No 651/2014, article 8); its verified sources cover its match funding.
    """
    for name, amount in partner["costs"].items():
        if problem := whole(amount):
            raise UnresolvedField(f"{path}.costs.{name}", problem)
    _equal(f"{path}.cost", partner["cost"], sum(partner["costs"].values()), "its categories come to")
    _identity(path, partner)
    ceiling = int((partner["cost"] * Decimal(partner["percent"]) / 100).to_integral_value(ROUND_FLOOR))
    if partner["grant"] > max(0, ceiling - partner["other_public"]):
        raise LetterDoesNotAddUp(
            f"{path}.grant",
            f"is £{partner['grant']:,}, but {partner['percent']}% of £{partner['cost']:,} less other public funding of "
            f"£{partner['other_public']:,} allows £{max(0, ceiling - partner['other_public']):,}",
        )
    verified = sum(source["amount"] for source in partner["match_sources"])
    if verified < partner["match"]:
        raise LetterDoesNotAddUp(
            f"{path}.match_sources", f"come to £{verified:,}, but the match funding needed is £{partner['match']:,}"
        )


def _identity(path: str, row: dict[str, int]) -> None:
    paid = row["grant"] + row["other_public"] + row["match"]
    _equal(f"{path}.cost", row["cost"], paid, "grant, other public funding and match funding come to")


def _equal(path: str, stated: int, found: int, words: str) -> None:
    if stated != found:
        raise LetterDoesNotAddUp(path, f"is £{stated:,}, but {words} £{found:,}")


def _dates(letter: dict[str, Any], award: dict[str, Any]) -> None:
    dated, accept, start, end = (
        date.fromisoformat(value)
        for value in (letter["dated_on"], award["accept_by"], award["starts_on"], award["ends_on"])
    )
    if start.day != 1:
        raise LetterDoesNotAddUp("award.starts_on", "is not the first day of a month")
    if end.day != calendar.monthrange(end.year, end.month)[1]:
        raise LetterDoesNotAddUp("award.ends_on", "is not the last day of a month")
    if end < start:
        raise LetterDoesNotAddUp("award.ends_on", "is before the start")
    if letter["number"] == 1 and accept < dated:
        raise LetterDoesNotAddUp("award.accept_by", "is before the date of the letter")
