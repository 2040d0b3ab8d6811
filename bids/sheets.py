"""Costs as a spreadsheet: one row a line, one column an input. Reads XLSX and CSV, writes XLSX. Knows no database."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from accounts.rules import Refused
from bids import costs
from bids.states import CostCategory as C
from infra.files import XLSX, facts_of

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = costs.MOST_LINES  # that hold anything
DEEPEST_ROW = 10_000
COLUMNS = {
    "category": "Category",
    "description": "Description",
    "gross_pounds": "Gross annual cost (£)",
    "days": "Days on the project",
    "quantity": "Quantity",
    "unit_pounds": "Cost of one (£)",
    "value_pounds": "Value when bought (£)",
    "residual_pounds": "Residual value (£)",
    "utilisation_percent": "Utilisation (%)",
    "country": "Country",
    "role": "Role",
    "cost_pounds": "Cost (£)",
    "kind": "Overheads",
    "stated_pounds": "Overheads amount (£)",
}
KINDS = {"none": "none", "percent": "20% of labour", "stated": "a stated amount"}
_NEEDED = ("category", "description")
_FORMULA = "\0formula"  # stands for a cell that holds one: no cell can hold NUL
_DAMAGED = "The file cannot be read as a spreadsheet. Save it again as .xlsx or CSV and upload the new file."


@dataclass(frozen=True)
class RowError:
    """What is wrong in a row of the sheet, numbered as the spreadsheet numbers it, and in which column."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """The lines of a sheet, each with its row, ready for `costs.worked_out`; and what is wrong with them."""

    rows: tuple[int, ...]
    lines: tuple[dict[str, Any], ...]
    errors: tuple[RowError, ...]


Cells = tuple[int, dict[str, str]]


def read(file: BinaryIO, size: int) -> list[Cells]:
    """Return the rows that hold anything, each with its number and its cells by input.

    Raises:
        Refused: it is no XLSX or CSV, too large, damaged, has merged cells or no row of headings.
    """
    if size > MOST_BYTES:
        raise Refused("The file is larger than 2 MB. Save only the sheet of costs and upload that.")
    start = file.read(8)
    file.seek(0)
    is_csv = not start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"%PDF"))
    return _by_input(_csv(file.read()) if is_csv else _xlsx(file))


def _xlsx(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    try:
        if facts_of(file).content_type != XLSX:
            raise Refused("The file is no spreadsheet.")
    except Refused as refused:
        why = str(refused).partition(". ")[0].removesuffix(".")
        raise Refused(f"{why}. Give an Excel workbook (.xlsx) or a CSV file.") from refused
    _must_be_flat(file)
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
                raise Refused("The workbook unpacks into far too much. Copy the costs into a new workbook.")
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
        return _FORMULA
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
            yield began, [_FORMULA if cell.startswith("=") else cell for cell in cells]
            began = reader.line_num + 1
    except csv.Error as error:
        raise Refused(_DAMAGED) from error


def _by_input(rows: Iterable[tuple[int, list[str]]]) -> list[Cells]:
    """Return the rows below the headings by input, those that hold nothing left out."""
    rows = iter(rows)
    _, headings = next(rows, (1, []))
    known = {_plain(heading): key for key, heading in COLUMNS.items()}
    keys = [known.get(_plain(heading), "") for heading in headings]
    if missing := [COLUMNS[key] for key in _NEEDED if key not in keys]:
        raise Refused(
            f"The first row must hold the headings of our template; “{missing[0]}” is missing. Download the template."
        )
    if twice := [COLUMNS[key] for key in COLUMNS if keys.count(key) > 1]:
        raise Refused(f"The heading “{twice[0]}” stands there twice. Delete one of the columns.")
    found = []
    for number, cells in rows:
        named = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
        if named:
            found.append((number, named))
        if len(found) > MOST_ROWS:
            raise Refused(f"The sheet has more than {MOST_ROWS:,} rows of costs. Put like costs together.")
    if not found:
        raise Refused("The sheet has no rows of costs below its headings.")
    return found


def _plain(heading: str) -> str:
    return "".join(sign for sign in heading.casefold() if sign.isalnum())


def checked(found: Sequence[Cells], working_days: int, allowed: Iterable[str]) -> Sheet:
    """Return the lines of a sheet and everything that is wrong with them, row by row."""
    rows, lines, errors = [], [], []
    for number, cells in found:
        line, wrong = _line(number, cells)
        errors += wrong
        if line is not None and not wrong:
            rows.append(number)
            lines.append(line)
    try:
        costs.worked_out(lines, working_days, allowed)
    except costs.BadCosts as bad:
        for error in bad.errors:
            sentence = error.sentence.partition(": ")[2] or error.sentence
            row = rows[error.line] if error.line < len(rows) else rows[-1]
            errors.append(RowError(row, COLUMNS.get(error.field, ""), sentence))
    return Sheet(tuple(rows), tuple(lines), tuple(sorted(errors, key=lambda e: e.row)))


def _line(row: int, cells: dict[str, str]) -> tuple[dict[str, Any] | None, list[RowError]]:
    """Return a row as a line of costs, or what is wrong with it before any formula is worked out."""
    formula = "The cell holds a formula. Copy it and paste its value."
    if errors := [RowError(row, COLUMNS[key], formula) for key, cell in cells.items() if cell == _FORMULA]:
        return None, errors
    known = {_plain(str(c.label)): c for c in C} | {_plain(c.value): c for c in C}
    category = known.get(_plain(cells.get("category", "")))
    if category is None:
        wanted = "Enter one of: " + ", ".join(str(c.label) for c in C) + "."
        return None, [RowError(row, COLUMNS["category"], wanted)]
    keys = _keys(category)
    spare = [key for key in cells if key not in ("category", "description", *keys)]
    not_for = f"This column is not for {category.label.lower()}. Leave it blank."
    errors = [RowError(row, COLUMNS[key], not_for) for key in spare]
    inputs = {key: cells[key] for key in keys if key in cells}
    if "kind" in inputs:
        kinds = {_plain(text): kind for kind, text in KINDS.items()} | {kind: kind for kind in KINDS}
        inputs["kind"] = kinds.get(_plain(inputs["kind"]), inputs["kind"])
    return {"category": category.value, "description": cells.get("description", ""), "inputs": inputs}, errors


def _keys(category: str) -> tuple[str, ...]:
    """Return the inputs that a category takes."""
    if category == C.OVERHEADS:
        return ("kind", "stated_pounds")
    return (*(key for key, _ in costs.TEXTS.get(category, ())), *(field.key for field in costs.NUMBERS[category]))


@dataclass(frozen=True)
class ReadRow:
    """A row as the preview shows it: its number, category, description, other cells in words, and its errors."""

    number: int
    category: str
    description: str
    cells: str
    errors: tuple[RowError, ...]


def shown(found: Sequence[Cells], sheet: Sheet) -> list[ReadRow]:
    """Return the rows of a sheet for the preview."""
    wrong: dict[int, list[RowError]] = {}
    for error in sheet.errors:
        wrong.setdefault(error.row, []).append(error)
    rows = []
    for number, cells in found:
        seen = {key: "(formula)" if cell == _FORMULA else cell[: costs.TEXT_LENGTH] for key, cell in cells.items()}
        named = [f"{COLUMNS[key]}: {cell}" for key, cell in seen.items() if key not in _NEEDED]
        errors = tuple(wrong.get(number, ()))
        rows.append(ReadRow(number, seen.get("category", ""), seen.get("description", ""), ", ".join(named), errors))
    return rows


def workbook(lines: Iterable[Any], allowed: Iterable[str]) -> bytes:
    """Return a workbook with the headings, these lines of costs, and a sheet that says how to fill it in."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Costs")
    for key, letter in zip(COLUMNS, "ABCDEFGHIJKLMN", strict=True):
        sheet.column_dimensions[letter].width = 40 if key == "description" else 22
    sheet.append(list(COLUMNS.values()))
    for line in lines:
        cells = {"category": str(C(line.category).label), "description": line.description} | line.inputs
        if "kind" in cells:
            cells["kind"] = KINDS.get(cells["kind"], cells["kind"])
        sheet.append([_cell(sheet, cells.get(key, "")) for key in COLUMNS])
    how = book.create_sheet("How to fill it in")
    how.column_dimensions["A"].width, how.column_dimensions["B"].width = 26, 110
    how.append(["Category", "Columns to fill in besides the description"])
    for category in C:
        if category in allowed:
            how.append([str(category.label), ", ".join(COLUMNS[key] for key in _keys(category))])
    how.append(["Overheads", f"In the column Overheads: {', '.join(KINDS.values())}."])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, text: str) -> WriteOnlyCell:
    """Return a cell: a number where it is one as it stands, else text that no spreadsheet takes for a formula."""
    if costs.is_number(text):
        return WriteOnlyCell(sheet, Decimal(text))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
