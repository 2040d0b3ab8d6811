"""Read the changes of an event as a person does: what was before, what came after, and the facts beside. Pure."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

# Facts that are lists by nature, of which two items are no change from one to the other.
LISTS = frozenset({"evidence", "same_money_as", "types", "expertise", "clinical_areas", "declared", "register"})
NOTHING = "nothing"
UK = ZoneInfo("Europe/London")
CODE = re.compile(r"[a-z]+(_[a-z]+)+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")


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
    name = field.replace("_", " ").replace("sha256", "SHA-256")
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
        case str() if CODE.fullmatch(value):
            return value.replace("_", " ")
        case str() if INSTANT.fullmatch(value):
            local = dt.datetime.fromisoformat(value).astimezone(UK)
            return f"{local.day} {local:%B %Y, %H:%M:%S %Z}"
        case str():
            return value or NOTHING
        case list() | dict() if not value:
            return NOTHING
        case list() if all(isinstance(item, str | int) for item in value):
            return ", ".join(map(_text, value))
        case dict() if all(isinstance(item, str | int) for item in value.values()):
            return ", ".join(f"{_text(key)}: {_text(item)}" for key, item in value.items())
    return json.dumps(value, ensure_ascii=False)
