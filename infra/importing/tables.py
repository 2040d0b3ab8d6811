"""Read tables that were made elsewhere, row by row, whatever stands in them. Pure but for the file itself."""

import csv
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class BadFile(Exception):
    """A file that cannot be read at all, in words that say how to mend it."""


class Unacceptable(ValueError):
    """A line that cannot be accepted, with every reason found."""


class Row(NamedTuple):
    """A row of a table: the line where it begins, its cells by heading, and why it cannot be read."""

    number: int
    cells: dict[str, str]
    problem: str


def shown(value: Any) -> str:
    """Return a value as a reason quotes it: short, on one line, without characters that a screen would obey."""
    text = "".join("�" if unicodedata.category(c) in ("Cc", "Cs", "Cf") else c for c in " ".join(str(value).split()))
    return text[:60]


def check(path: Path) -> None:
    """Refuse a file that is missing, no file, unreadable or in another encoding.

    Raises:
        BadFile: says which file and why.
    """
    if not path.exists():
        raise BadFile(f"There is no file {path}.")
    if not path.is_file():
        raise BadFile(f"{path} is not a file.")
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    if start in _UTF16_MARKS:
        raise BadFile(f"{path} is UTF-16. Save it as UTF-8 and import it again.")


def check_report(path: Path | None) -> None:
    """Refuse a report that could not be written.

    Raises:
        BadFile: the path is a folder, or lies in none.
    """
    if path and (path.is_dir() or not path.parent.is_dir()):
        raise BadFile(f"The report {path} cannot be written: name a file in a folder that exists.")


def rows(path: Path, needed: Collection[str]) -> Iterator[Row]:
    """Yield each row of a CSV file that holds anything; headings are read in any case of letters.

    Raises:
        BadFile: a heading of `needed` is missing.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        try:
            headings = [" ".join(cell.split()).casefold() for cell in next(reader, [])]
        except csv.Error as error:
            raise BadFile(f"{path} has no row of headings that can be read.") from error
        if missing := [name for name in needed if name not in headings]:
            raise BadFile(f"{path} lacks the heading {', '.join(missing)}. Its first row must name the columns.")
        while True:
            began = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield Row(began, {}, "The row cannot be read as CSV: a cell is far too long, or a quote is not closed.")
                continue
            if any(cell.strip() for cell in cells):
                yield Row(began, dict(zip(headings, cells, strict=False)), _problem(cells, len(headings)))


def _problem(cells: list[str], headings: int) -> str:
    if any("\n" in cell for cell in cells):
        return "A cell runs over several lines. Is a quote not closed?"
    return "The row has more cells than there are headings." if len(cells) > headings else ""
