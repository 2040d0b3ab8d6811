"""How a letter writes amounts, dates, names and codes."""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

NBSP = "\N{NO-BREAK SPACE}"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LABELS = {
    "ahsn_allocation": "Innovation Exchanges",
    "sme_match_funded": "Digital Health Technology Catalyst",
    "testbed": "Real-world testing",
    "integration": "Pathway Transformation Fund",
    "gber_2014": "General Block Exemption Regulation (EU) No 651/2014",
    "de_minimis_2013": "De minimis Regulation (EU) No 1407/2013",
    "subsidy_control_2022": "Subsidy Control Act 2022",
    "no_subsidy": "No subsidy",
    "non_business": "Not a business",
    "capital_usage": "Capital usage",
    "travel_and_subsistence": "Travel and subsistence",
    "own_reserves": "Own reserves",
    "in_kind": "In kind",
}
PERIODS = {"monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year"}


def pounds(amount: int) -> str:
    """Write whole pounds: £1,234."""
    return f"£{amount:,}"


def long_date(day: str) -> str:
    """Write an ISO date in full: 22 November 2026, kept on one line."""
    value = date.fromisoformat(day)
    return f"{value.day}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"


def label(code: str) -> str:
    """Write a code of the domain in words: own_reserves as Own reserves."""
    return LABELS.get(code) or code.replace("_", " ").capitalize()


def period(frequency: str) -> str:
    """Name the period that a claim covers: quarter for quarterly."""
    return PERIODS.get(frequency, "claim period")


def listed(names: list[str]) -> str:
    """Join names in a sentence: the A, the B and the C."""
    names = [f"the {name}" for name in names]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def printable(data: Any) -> Any:
    """Return the data with every text safe to print, its line breaks kept.

    Control characters, direction overrides and characters without a meaning of their own are taken out, because they
    may hide or reorder what a reader sees, and an archived page may not hold them.
    """
    return _each_text(data, _tidy)


def spelt(data: Any, points: set[int]) -> Any:
    """Return the data with the code points that no font can draw written out, such as [U+6F22]."""
    names: dict[int, str | int | None] = {point: f"[U+{point:04X}]" for point in points}
    return _each_text(data, lambda text: text.translate(names))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_each_text(inner, change) for inner in value]
    return value


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join("".join(c for c in line if unicodedata.category(c)[0] != "C") for line in lines).strip()
