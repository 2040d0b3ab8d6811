"""Render the award letter: the same data always makes the same bytes of a tagged, archival PDF.

The PDF is PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) at once and carries its own data as an attached JSON file.
"""

import gc
import hashlib
import json
import zlib
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import pydyf
import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from awards.letters import contents, words
from awards.letters.errors import LetterRefused
from infra.pdf import NothingOutside

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "letters"
ATTACHMENT = "award.json"
LARGEST = 100_000
VARIANT = "pdf/a-3a"
OPENS, CLOSES = b"\nstream\n", b"\nendstream"
# The second claim of conformance, with the schema that PDF/A demands for a property not its own (ISO 19005-3, 6.6.2.3).
PDF_UA = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""
_one_at_a_time = Lock()


def render(data: dict[str, Any]) -> bytes:
    """Return the letter as PDF bytes.

    Raise UnresolvedField for a missing, blank or placeholder value, LetterDoesNotAddUp for contradicting figures or
    dates, and LetterRefused for data beyond 100,000 bytes.
    """
    contents.check(data)
    attached = canonical(data)
    if len(attached) > LARGEST:
        raise LetterRefused(
            f"The letter holds {len(attached):,} bytes of data. Shorten its texts to {LARGEST:,} bytes."
        )
    with _one_at_a_time:
        try:
            return _paint(words.printable(data), attached)
        finally:
            gc.collect()  # a page's boxes hold each other: left lying, those of several letters pile up


def canonical(data: dict[str, Any]) -> bytes:
    """Return the data as JSON with sorted keys and no blanks, in UTF-8: equal data gives equal bytes."""
    try:
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise LetterRefused(
            f"The letter's data cannot be written as JSON: {error}. Use text and whole numbers."
        ) from error


def html(data: dict[str, Any]) -> str:
    """Return the letter's page before it is set, for previews. The data must have passed `contents.check`."""
    categories = contents.categories(data["partners"])
    whole = {"milestones": []} | data
    return str(_house().template.render(**whole, categories=categories, qr=_qr(data["letter"]["check_url"])))


class _House(NamedTuple):
    """What a process needs only once to set letters."""

    template: Any
    fonts: FontConfiguration
    style: CSS
    fetcher: URLFetcher


@cache
def _house() -> _House:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        pounds=words.pounds, long_date=words.long_date, label=words.label, period=words.period, listed=words.listed
    )
    fonts = FontConfiguration()
    fetcher = NothingOutside(fail_on_errors=True)
    style = CSS(string=(TEMPLATES / "letter.css").read_text(), font_config=fonts, url_fetcher=fetcher)
    house = _House(environment.get_template("award.html"), fonts, style, fetcher)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look through it after each letter
    return house


def _paint(data: dict[str, Any], attached: bytes) -> bytes:
    page = HTML(string=html(data), url_fetcher=_house().fetcher)
    try:
        document = page.render(stylesheets=[_house().style], font_config=_house().fonts, pdf_variant=VARIANT)
    except FatalURLFetchingError as error:
        raise LetterRefused(f"{error.__cause__}. Look for markup in the letter's texts.") from error
    _claim_both_standards(document)
    pdf = document.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=hashlib.sha256(attached).hexdigest()[:32].encode(),
        uncompressed_pdf=True,
        attachments=[_attachment(attached, datetime.fromisoformat(data["letter"]["dated_on"]))],
        finisher=_compress,
    )
    missing = {point for font in document.fonts.values() for point in font.missing}
    return _paint(words.spelt(data, missing), attached) if missing else bytes(pdf)


def _attachment(content: bytes, dated: datetime) -> Attachment:
    return Attachment(
        string=content,
        name=ATTACHMENT,
        description="The data of this award letter",
        created=dated,
        modified=dated,
        relationship="Data",
        url_fetcher=_house().fetcher,
    )


def _claim_both_standards(document: Document) -> None:
    """Add the PDF/UA claim to the metadata: the renderer writes one claim at a time."""
    only_archival = document.metadata.generate_rdf_metadata
    document.metadata.generate_rdf_metadata = lambda *claim: only_archival(*claim).replace(b"</rdf:RDF>", PDF_UA)


def _compress(_document: Document, pdf: pydyf.PDF) -> None:
    """Name the attachment once, and compress each stream but the metadata and those that would end in a return.

    A return before the line feed that closes a stream reads as part of the line ending, so that validators count a
    byte too few. The ordinary cross-reference table keeps the seal's own additions free of streams. Compressed metadata
    are not archival (ISO 19005-3, 6.6.2.1).
    """
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") != "/Metadata":
            written = item.data
            packed = zlib.compress(written[written.index(OPENS) + len(OPENS) : -len(CLOSES)], 9)
            if not packed.endswith(b"\r"):
                item.stream = [packed]
                item.extra["Filter"] = "/FlateDecode"


def _qr(url: str) -> str:
    """Draw the check page's address as an inline picture with its own title (ISO/IEC 18004, error correction M)."""
    picture = segno.make(url, error="m", micro=False)
    return picture.svg_inline(border=4, omitsize=True, title=f"QR code that opens {url}")
