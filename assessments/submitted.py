"""The content of a bid as it was submitted, for reading: days and pounds instead of the text that is kept. Pure."""

import datetime as dt
from decimal import Decimal
from typing import Any

from bids.states import CostCategory, MatchKind
from funds.money import round_half_up

_COST_LABELS: dict[str, str] = {value: str(label) for value, label in CostCategory.choices}
_MATCH_LABELS: dict[str, str] = {value: str(label) for value, label in MatchKind.choices}


def readable(kept: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the pages show of the content of a version; empty parts where it holds none."""
    kept = kept or {}
    return {
        "clinical_area": kept.get("clinical_area", ""),
        "start_on": _day(kept.get("start_on")),
        "months": kept.get("months", 0),
        "answers": kept.get("answers", []),
        "partners": [_partner(partner) for partner in kept.get("partners", [])],
    }


def _partner(kept: dict[str, Any]) -> dict[str, Any]:
    costs = [
        {
            "description": line["description"],
            "category": _COST_LABELS.get(line["category"], line["category"]),
            "amount": round_half_up(Decimal(line["amount"]), 2),
        }
        for line in kept.get("costs", [])
    ]
    sources = [
        {
            "funder": source["funder"],
            "kind": _MATCH_LABELS.get(source["kind"], source["kind"]),
            "amount_pounds": source["amount_pounds"],
            "secured_on": _day(source["secured_on"]),
            "available_on": _day(source["available_on"]),
        }
        for source in kept.get("match_sources", [])
    ]
    return kept | {"costs": costs, "match_sources": sources}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
