"""Costs as a spreadsheet: one row a line, one column an input. Reads XLSX and CSV, writes XLSX. Knows no database."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from bids import costs
from bids.states import CostCategory as C
from infra.importing import sheets
from infra.importing.sheets import FORMULA, Cells, RowError, plain

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

MOST_ROWS = costs.MOST_LINES  # that hold anything
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
TEMPLATE = sheets.Template(COLUMNS, _NEEDED, MOST_ROWS, "costs")


@dataclass(frozen=True)
class Sheet:
    """The lines of a sheet, each with its row, ready for `costs.worked_out`; and what is wrong with them."""

    rows: tuple[int, ...]
    lines: tuple[dict[str, Any], ...]
    errors: tuple[RowError, ...]


def read(file: BinaryIO, size: int) -> list[Cells]:
    """Return the rows that hold anything, each with its number and its cells by input.

    Raises:
        Refused: it is no XLSX or CSV, too large, damaged, has merged cells or no row of headings.
    """
    return sheets.read(file, size, TEMPLATE)


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
    if errors := [RowError(row, COLUMNS[key], formula) for key, cell in cells.items() if cell == FORMULA]:
        return None, errors
    known = {plain(str(c.label)): c for c in C} | {plain(c.value): c for c in C}
    category = known.get(plain(cells.get("category", "")))
    if category is None:
        wanted = "Enter one of: " + ", ".join(str(c.label) for c in C) + "."
        return None, [RowError(row, COLUMNS["category"], wanted)]
    keys = _keys(category)
    spare = [key for key in cells if key not in ("category", "description", *keys)]
    not_for = f"This column is not for {category.label.lower()}. Leave it blank."
    errors = [RowError(row, COLUMNS[key], not_for) for key in spare]
    inputs = {key: cells[key] for key in keys if key in cells}
    if "kind" in inputs:
        kinds = {plain(text): kind for kind, text in KINDS.items()} | {kind: kind for kind in KINDS}
        inputs["kind"] = kinds.get(plain(inputs["kind"]), inputs["kind"])
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
        seen = {key: "(formula)" if cell == FORMULA else cell[: costs.TEXT_LENGTH] for key, cell in cells.items()}
        named = [f"{COLUMNS[key]}: {cell}" for key, cell in seen.items() if key not in _NEEDED]
        errors = tuple(wrong.get(number, ()))
        rows.append(ReadRow(number, seen.get("category", ""), seen.get("description", ""), ", ".join(named), errors))
    return rows


def workbook(lines: Iterable[Any], allowed: Iterable[str]) -> bytes:
    """Return a workbook with the headings, these lines of costs, and a sheet that says how to fill it in."""
    from openpyxl import Workbook  # it brings numpy, 30 MB, which few processes need

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


def _cell(sheet: Any, text: str) -> "WriteOnlyCell":
    """Return a cell: a number where it is one as it stands, else text that no spreadsheet takes for a formula."""
    from openpyxl.cell import WriteOnlyCell

    if costs.is_number(text):
        return WriteOnlyCell(sheet, Decimal(text))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
