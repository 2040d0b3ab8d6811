"""Papers that are plainly fictional: one page of PDF each, different for every bid."""

import datetime as dt

TITLE = "BT /F1 14 Tf 60 760 Td ({title}) Tj"
LINE = "0 -24 Td /F1 11 Tf ({text}) Tj"


def statement(holder: str, pounds: int, day: dt.date, project: str) -> bytes:
    """Return the PDF of a bank statement that shows `pounds` on `day`."""
    return paper(
        "Bank of Exampleton - statement for demonstration",
        holder,
        f"Balance on {day.isoformat()}: GBP {pounds:,}",
        f"Available without condition for the project {project}",
    )


def paper(title: str, *lines: str) -> bytes:
    """Return a PDF of one page with a title and some short lines."""
    page = " ".join([TITLE.format(title=_plain(title)), *(LINE.format(text=_plain(line)) for line in lines), "ET"])
    drawn = page.encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(out),
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return a text as a string of PDF can hold it."""
    plain = text.encode("latin-1", "replace").decode("latin-1")
    return "".join(sign for sign in plain if sign not in "()\\")
