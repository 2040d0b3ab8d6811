"""Read a table that somebody filled in as a spreadsheet: XLSX or CSV, one row below another. Knows no database."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from accounts.rules import Refused
from infra.files import XLSX, facts_of

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
DEEPEST_ROW = 10_000
FORMULA = "\0formula"  # stands for a cell that holds one: no cell can hold NUL
_DAMAGED = "The file cannot be read as a spreadsheet. Save it again as .xlsx or CSV and upload the new file."
Cells = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Template:
    """What a sheet holds: the key and heading of each column, those that must be there, and at most how many rows."""

    columns: Mapping[str, str]
    needed: Sequence[str]
    most_rows: int
    what: str


@dataclass(frozen=True)
class RowError:
    """What is wrong in a row of the sheet, numbered as the spreadsheet numbers it, and in which column."""

    row: int
    column: str
    sentence: str


def read(file: BinaryIO, size: int, template: Template) -> list[Cells]:
    """Return the rows that hold anything, each with its number and its cells by the key of their column.

    Raises:
        Refused: it is no XLSX or CSV, too large, damaged, has merged cells or no row of headings.
    """
    if size > MOST_BYTES:
        raise Refused(f"The file is larger than 2 MB. Save only the sheet of {template.what} and upload that.")
    start = file.read(8)
    file.seek(0)
    is_csv = not start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF"))
    return _by_column(_csv(file.read()) if is_csv else _xlsx(file), template)


def plain(heading: str) -> str:
    """Return a heading or a choice as it is recognised: small letters, no blanks, no punctuation."""
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


def _xlsx(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        if facts_of(file).content_type != XLSX:
            raise Refused("The file is no spreadsheet.")
    except Refused as refused:
        why = str(refused).partition(". ")[0].removesuffix(".")
        raise Refused(f"{why}. Give an Excel workbook (.xlsx) or a CSV file.") from refused
    _must_be_flat(file)
    from openpyxl import load_workbook  # it brings numpy, 30 MB, which few processes need

    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=60), 1):
            if number > DEEPEST_ROW:
                raise Refused(f"The sheet goes below row {DEEPEST_ROW:,}. Delete the empty rows and upload it again.")
            yield number, [_text(cell) for cell in cells]
    except Refused:
        raise
    except Exception as error:  # openpyxl lets many kinds of error of zip, XML and its own through
        raise Refused(_DAMAGED) from error


def _must_be_flat(file: BinaryIO) -> None:
    """Refuse a workbook that unpacks into too much, or whose sheets have merged cells."""
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED:
                raise Refused("The workbook unpacks into far too much. Copy the rows into a new workbook.")
            sheets = [name for name in packed.namelist() if name.startswith("xl/worksheets/")]
            if any(b"<mergeCell " in packed.read(name) for name in sheets):
                raise Refused("The sheet has merged cells. Unmerge them, so that each row stands for itself.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Refused(_DAMAGED) from error
    file.seek(0)


def _text(cell: Any) -> str:
    """Return a cell as somebody would have typed it: numbers with the 15 digits that spreadsheets keep."""
    value = cell.value
    if cell.data_type == "f":
        return FORMULA
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}")
        if "%" in (cell.number_format or "") and number.is_finite():
            number *= 100
        return f"{number:f}" if number.is_finite() else str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value)


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise Refused("The file is no CSV that can be read. Save it as “CSV UTF-8” or as .xlsx.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    began = 1
    try:
        for cells in reader:
            yield began, [FORMULA if cell.startswith("=") else cell for cell in cells]
            began = reader.line_num + 1
    except csv.Error as error:
        raise Refused(_DAMAGED) from error


def _by_column(rows: Iterable[tuple[int, list[str]]], template: Template) -> list[Cells]:
    """Return the rows below the headings by column, those that hold nothing left out."""
    rows, columns = iter(rows), template.columns
    _, headings = next(rows, (1, []))
    known = {plain(heading): key for key, heading in columns.items()}
    keys = [known.get(plain(heading), "") for heading in headings]
    if missing := [columns[key] for key in template.needed if key not in keys]:
        raise Refused(
            f"The first row must hold the headings of our template; “{missing[0]}” is missing. Download the template."
        )
    if twice := [columns[key] for key in columns if keys.count(key) > 1]:
        raise Refused(f"The heading “{twice[0]}” stands there twice. Delete one of the columns.")
    strange = {
        at: heading.strip().replace(FORMULA, "(formula)")
        for at, heading in enumerate(headings)
        if heading.strip() and not keys[at]
    }
    found = []
    for number, cells in rows:
        if lost := [strange[at] for at, cell in enumerate(cells) if at in strange and cell.strip()]:
            raise Refused(
                f"“{lost[0][:60]}” is no heading of our template, and row {number} holds something there. Name the"
                " column as the template does, or delete it."
            )
        named = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
        if named:
            found.append((number, named))
        if len(found) > template.most_rows:
            what, most = template.what, template.most_rows
            raise Refused(f"The sheet has more than {most:,} rows of {what}. Put like {what} together.")
    if not found:
        raise Refused(f"The sheet has no rows of {template.what} below its headings.")
    return found
