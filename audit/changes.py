"""Read the changes of an event as a person does: what was before, what came after, and the facts beside. Pure."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

# Facts that are lists by nature, of which two items are no change from one to the other.
LISTS = frozenset({"evidence", "same_money_as", "types", "expertise", "clinical_areas", "declared", "register"})
NOTHING = "nothing"


class Change(NamedTuple):
    """One line of an event: a field with its value now, and what it was before (None: this is a fact, no change)."""

    field: str
    before: str | None
    now: str


def lines(changes: Mapping[str, Any]) -> list[Change]:
    """Return the lines of an event's changes, those that changed something first."""
    found = [_line(field, value) for field, value in changes.items()]
    return sorted(found, key=lambda line: line.before is None)


def _line(field: str, value: Any) -> Change:
    name = field.replace("_", " ")
    if isinstance(value, list) and len(value) == 2 and not _is_list(field, value):
        return Change(name, _text(value[0]), _text(value[1]))
    return Change(name, None, _text(value))


def _is_list(field: str, value: list[Any]) -> bool:
    return field in LISTS and not any(isinstance(item, list) for item in value)


def _text(value: Any) -> str:
    """Return a value of JSON in words where there are such, otherwise as JSON."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}" if abs(value) >= 10_000 else str(value)
        case str():
            return value or NOTHING
        case list() | dict() if not value:
            return NOTHING
        case list() if all(isinstance(item, str | int) for item in value):
            return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False)
