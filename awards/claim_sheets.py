"""Items of a claim as a spreadsheet: one row an item. Knows no database."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError

from accounts.rules import Refused
from awards import rules
from awards.forms import PenceField
from bids.states import CostCategory as C
from infra.importing import sheets
from infra.importing.sheets import FORMULA, Cells, RowError, plain

COLUMNS = {
    "category": "Category",
    "description": "Description",
    "supplier": "Supplier",
    "invoice_number": "Invoice or payroll number",
    "incurred_on": "Date incurred",
    "pence": "Cost (£)",
    "no_evidence_reason": "Why there is no evidence",
}
TEMPLATE = sheets.Template(COLUMNS, ("category", "description", "incurred_on", "pence"), rules.MOST_LINES, "items")
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d %B %Y", "%d %b %Y", "%d.%m.%Y", "%d-%m-%Y")
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Sheet:
    """The items of a sheet as they can be kept, and what is wrong with the others, row by row."""

    lines: tuple[rules.Line, ...]
    errors: tuple[RowError, ...]


def read(file: BinaryIO, size: int) -> list[Cells]:
    """Return the rows that hold anything, each with its number and its cells by column.

    Raises:
        Refused: it is no XLSX or CSV, too large, damaged, has merged cells or no row of headings.
    """
    return sheets.read(file, size, TEMPLATE)


def checked(found: Sequence[Cells], allowed: Iterable[str]) -> Sheet:
    """Return the items of a sheet and everything that is wrong with them, row by row.

    Args:
        allowed: the categories in which the claimant was awarded something.
    """
    lines, errors, known = [], [], _categories(allowed)
    for number, cells in found:
        line, wrong = _line(number, cells, known)
        errors += wrong
        if line and not wrong:
            lines.append(line)
    return Sheet(tuple(lines), tuple(errors))


def shown(cells: dict[str, str]) -> dict[str, str]:
    """Return the cells of a row as the preview shows them."""
    return {key: "(formula)" if cell == FORMULA else cell[:LONGEST_SHOWN] for key, cell in cells.items()}


def as_json(line: rules.Line) -> dict[str, Any]:
    """Return an item as it waits, sealed, in the page until it is confirmed."""
    texts = ("category", "description", "supplier", "invoice_number", "no_evidence_reason")
    kept = {name: getattr(line, name) for name in texts}
    return kept | {"incurred_on": line.incurred_on.isoformat(), "pence": line.pence}


def from_json(kept: dict[str, Any]) -> rules.Line:
    """Return an item that waited in the page."""
    return rules.Line(**kept | {"incurred_on": dt.date.fromisoformat(kept["incurred_on"])})


def workbook(allowed: Iterable[str]) -> bytes:
    """Return an empty sheet with the headings, and one that says how to fill it in."""
    from openpyxl import Workbook  # it brings numpy, 30 MB, which few processes need
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Items")
    for letter, heading in zip("ABCDEFG", COLUMNS.values(), strict=True):
        sheet.column_dimensions[letter].width = max(16, len(heading) + 4)
    sheet.append([WriteOnlyCell(sheet, heading) for heading in COLUMNS.values()])
    how = book.create_sheet("How to fill it in")
    how.column_dimensions["A"].width, how.column_dimensions["B"].width = 30, 100
    how.append(["Category", "One of: " + ", ".join(str(C(category).label) for category in allowed)])
    how.append(["Date incurred", "A day of the claim's period, such as 27/03/2027."])
    how.append(["Cost (£)", "Pounds and pence without VAT that you can reclaim, such as 1234.50."])
    how.append(["Why there is no evidence", "Leave it blank if you upload the evidence afterwards."])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _categories(allowed: Iterable[str]) -> dict[str, str]:
    return {plain(text): category for category in allowed for text in (str(C(category).label), category)}


def _line(row: int, cells: dict[str, str], known: dict[str, str]) -> tuple[rules.Line | None, list[RowError]]:
    formula = "The cell holds a formula. Copy it and paste its value."
    errors = [RowError(row, COLUMNS[key], formula) for key, cell in cells.items() if cell == FORMULA]
    if errors:
        return None, errors
    category = known.get(plain(cells.get("category", "")))
    if category is None:
        names = ", ".join(dict.fromkeys(str(C(c).label) for c in known.values()))
        errors.append(RowError(row, COLUMNS["category"], f"Enter one of: {names}."))
    day = _day(cells.get("incurred_on", ""))
    if day is None:
        errors.append(RowError(row, COLUMNS["incurred_on"], "Enter a date such as 27/03/2027."))
    pence = None
    try:
        pence = PenceField(least=1, max_length=40).clean(cells.get("pence", ""))
    except ValidationError as error:
        errors.append(RowError(row, COLUMNS["pence"], " ".join(error.messages)))
    if errors or not category or not day or not pence:
        return None, errors
    number, supplier, reason = (cells.get(name, "") for name in ("invoice_number", "supplier", "no_evidence_reason"))
    line = rules.Line(category, cells.get("description", ""), day, pence, number, supplier, reason)
    try:
        rules.must_be_keepable([line], 0)
    except Refused as refused:
        return None, [RowError(row, "", str(refused))]
    return line, []


def _day(text: str) -> dt.date | None:
    text = text.partition("T")[0]
    for form in DATES:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
