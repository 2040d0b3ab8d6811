"""Tables that leave as files: streamed row by row, and harmless in a spreadsheet."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from defusedcsv import csv as safe_csv
from django.http import StreamingHttpResponse


class _Line:
    """Stand in for a file: what is written is handed back at once."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a table as lines of CSV; cells that a spreadsheet would run as a formula are defused."""
    writer = safe_csv.writer(_Line(), lineterminator="\n")
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(["" if cell is None else str(cell) for cell in row])


def csv_download(filename: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return a table as a CSV file that is sent while it is read."""
    return StreamingHttpResponse(
        csv_lines(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
