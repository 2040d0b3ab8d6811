"""A bank statement that is plainly fictional: one page of PDF, different for every bid."""

import datetime as dt

PAGE = """\
BT /F1 14 Tf 60 760 Td (Bank of Exampleton - statement for demonstration) Tj
0 -30 Td /F1 11 Tf ({holder}) Tj
0 -20 Td (Balance on {day}: GBP {pounds:,}) Tj
0 -20 Td (Available without condition for the project {project}) Tj ET
"""


def statement(holder: str, pounds: int, day: dt.date, project: str) -> bytes:
    """Return the PDF of a statement that shows `pounds` on `day`."""
    name = holder.encode("latin-1", "replace").decode("latin-1").replace("(", "").replace(")", "")
    page = PAGE.format(holder=name, day=day.isoformat(), pounds=pounds, project=project).encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(page), page),
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
