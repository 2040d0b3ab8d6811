"""Read files line by line, whatever stands in them, in bounded memory. Pure but for the file itself."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from infra.importing.tables import shown

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
MOST_BYTES = 5_000_000  # a bid of 13 answers has about 50,000
DEEPEST = 20  # levels of lists and objects in a line
_UTF8_MARK = b"\xef\xbb\xbf"


class BadLine(ValueError):
    """A line that cannot be read, in words that say how to mend it."""


class Line(NamedTuple):
    """A line of a file, counted from 1: what stands in it, or why it cannot be read."""

    number: int
    content: dict[str, Any] | None
    problem: str


def json_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a JSON Lines file; blank lines are passed over."""
    for number, raw in _raw_lines(path):
        if raw is None:
            yield Line(number, None, f"The line is longer than {MOST_BYTES // 1_000_000} MB.")
        elif raw.strip():
            try:
                yield Line(number, _object(raw), "")
            except BadLine as error:
                yield Line(number, None, str(error))


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line's bytes, or None for one that is too long to be held."""
    with path.open("rb") as file:
        number = 0
        while piece := file.readline(MOST_BYTES + 1):
            number += 1
            if number == 1:
                piece = piece.removeprefix(_UTF8_MARK)
            if len(piece) <= MOST_BYTES or piece.endswith(b"\n"):
                yield number, piece
                continue
            while piece and not piece.endswith(b"\n"):
                piece = file.readline(MOST_BYTES)
            yield number, None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BadLine(f"The line is not UTF-8 text (byte {error.start + 1}). Save the file as UTF-8.") from error
    try:
        content = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_double)
    except json.JSONDecodeError as error:
        raise BadLine(f"The line is not valid JSON at character {error.pos + 1}. Was it cut off or edited?") from error
    except RecursionError as error:
        raise BadLine("The line is nested too deeply.") from error
    except BadLine:
        raise
    except ValueError as error:
        raise BadLine("The line holds a number that is far too long.") from error
    if not isinstance(content, dict):
        raise BadLine("The line is not a JSON object with named fields.")
    for name, value in content.items():
        if not _can_be_kept([name, value]):
            raise BadLine(
                f"The field “{shown(name)}” holds characters that cannot be kept, such as NUL, or is nested too deeply."
            )
    return content


def _can_be_kept(value: Any, depth: int = 0) -> bool:
    """Tell whether every text within a value can stand in a database and in a file."""
    match value:
        case str():
            return not _UNKEEPABLE.search(value)
        case list() | dict() if depth > DEEPEST:
            return False
        case list():
            return all(_can_be_kept(v, depth + 1) for v in value)
        case dict():
            return all(_can_be_kept(v, depth + 1) for pair in value.items() for v in pair)
    return True


def _no_constant(name: str) -> None:
    raise BadLine(f"The line holds {name}, which is not a number. Give a number or leave it out.")


def _no_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a dict; two values under one name cannot both be meant."""
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise BadLine(f"The field “{shown(double)}” stands twice in the line. Keep one.")
    return content
