"""What officials list of a submitted bid: facts of its content, and the words and labels it is found by. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 60  # characters


def facts_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that lists show of a version's content; money in whole pounds, of all partners together."""
    partners = content["partners"]
    lead = next(partner for partner in partners if partner["is_lead"])
    sums = {name: sum(p[name] for p in partners) for name in ("cost_pounds", "grant_pounds", "match_pounds")}
    return sums | {
        "title": content["title"],
        "category": content["category"],
        "clinical_area": content["clinical_area"],
        "lead_name": lead["name"],
        "lead_identifier": lead["identifier"],
        "lead_size": lead["size"],
        "partners": len(partners),
    }


def terms(reference: str, strand: str, facts: Mapping[str, Any]) -> list[str]:
    """Return what a bid is found by: words of its reference, title, lead and the lead's number, and its labels.

    Args:
        strand: code of the strand.
        facts: those of `facts_of`, with `lead_region`, `within_grace` and `number` of the version.
    """
    number = facts["lead_identifier"].rpartition(" ")[2]  # without the name of its register
    searched = words_of(" ".join([reference, facts["title"], facts["lead_name"], number]))
    labels = [
        label("strand", strand),
        label("area", facts["clinical_area"]),
        label("size", facts["lead_size"]),
        label("region", facts["lead_region"]),
    ]
    if facts["within_grace"]:
        labels.append(label("flag", "grace"))
    if facts["number"] > 1:
        labels.append(label("flag", "again"))
    return sorted({*_with_short_numbers(searched), *labels})


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters without accents, as they are searched."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold())]


def label(kind: str, value: str) -> str:
    """Return what a bid is filtered by, such as region=London; it can never be a word."""
    return f"{kind}={value}"


def query(words: Iterable[str], labels: Iterable[str]) -> str:
    """Return the search in PostgreSQL's notation: every word as the beginning of one, and every label."""
    return " & ".join([*(f"{_quoted(w)}:*" for w in words), *map(_quoted, labels)])


def _quoted(term: str) -> str:
    escaped = term.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _with_short_numbers(words: Iterable[str]) -> Iterator[str]:
    """Yield words, and numbers also without their leading zeros: spreadsheets keep 7682878 of 07682878."""
    for word in words:
        yield word
        if word.startswith("0") and (short := word.lstrip("0")):
            yield short
