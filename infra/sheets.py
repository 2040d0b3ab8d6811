"""Spreadsheets that leave while they are written: XLSX in constant memory, however many rows there are.

XlsxWriter packs its sheets with the slowest compression and makes a Python object of every cell: 10,000 bids took it
several times as long. A sheet of texts and numbers needs little more than what stands here (ECMA-376, part 1, 18.3).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import batched
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.http import StreamingHttpResponse


class Sheet(NamedTuple):
    """A sheet of a workbook. Long texts are better not packed: packing them takes more time than all the rest."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    is_packed: bool = True


TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 50
LONGEST = 32_767  # characters of a cell
CUT = " … (cut here: a cell holds no more; the CSV file has the whole text)"
UNSEEN = bytes({*range(32)} - {9, 10, 13})  # control characters that XML cannot hold
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPACE = "http://schemas.openxmlformats.org"
_MAIN, _LINKS = f"{_SPACE}/spreadsheetml/2006/main", f"{_SPACE}/officeDocument/2006/relationships"
_BEGIN = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
    ' activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_END = "</sheetData></worksheet>"


class _Pipe:
    """Stand in for a file: hand on what was written since it was last asked."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is nothing below."""

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


def xlsx(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """Yield a workbook piece by piece. Every text is a text: no spreadsheet runs it as a formula."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for path, text in _frame([sheet.name for sheet in sheets]):
            archive.writestr(path, text)
        for number, sheet in enumerate(sheets, start=1):
            entry = ZipInfo(f"xl/worksheets/sheet{number}.xml", (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.compress_level = ZIP_DEFLATED if sheet.is_packed else ZIP_STORED, 1
            with archive.open(entry, "w") as part:
                part.write((_BEGIN + _row(sheet.head)).encode())
                for some in batched(sheet.rows, ROWS_AT_ONCE, strict=False):
                    part.write("".join(map(_row, some)).encode("utf-8", "replace").translate(None, UNSEEN))
                    yield pipe.taken()
                part.write(_END.encode())
    yield pipe.taken()


def xlsx_download(filename: str, sheets: Sequence[Sheet]) -> StreamingHttpResponse:
    """Return a workbook that is sent while it is written."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(xlsx(sheets), content_type=TYPE, headers=headers)


def _row(cells: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if type(value) is str:
        return f'<c t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, Decimal)):
        return f"<c><v>{value}</v></c>"
    return _cell(str(value))


def _text(text: str) -> str:
    """Return a text as a cell holds it; what looks like Excel's code for a character is told apart from it."""
    if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST:
        text = text.encode("utf-16-le")[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
    if "_x" in text:
        text = _CODE.sub("_x005F_", text)
    return escape(text.replace("\ufffe", "").replace("\uffff", ""))


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the files around the sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    package = f"{_SPACE}/package/2006"
    numbers = range(1, len(names) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{types}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets></workbook>'),
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (f'{_XML}<Relationships xmlns="{package}/relationships">{links}</Relationships>'),
    )
