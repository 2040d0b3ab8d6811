"""Draw a letter as it would look, marked on every page as a preview. It is neither sealed nor archival."""

from functools import cache
from threading import Lock
from typing import Any, NamedTuple

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from awards.letters import contents, document, words
from infra.pdf import NothingOutside

MARK = """
@page { @top-center { content: "Preview: not issued, not sealed"; color: #d4351c; font: bold 11pt sans-serif; } }
.check { visibility: hidden; }
"""
_one_at_a_time = Lock()


def preview(data: dict[str, Any]) -> bytes:
    """Return the letter that this data would make, as a PDF without its QR code.

    Raises:
        awards.letters.errors.LetterRefused: a field has no value that can be printed, or the letter does not add up.
    """
    contents.check(data)
    with _one_at_a_time:
        return _drawn(words.printable(data))


def _drawn(data: dict[str, Any]) -> bytes:
    press = _press()
    page = HTML(string=document.html(data), url_fetcher=press.fetcher)
    drawn = page.render(stylesheets=press.styles, font_config=press.fonts, pdf_variant="pdf/ua-1")
    pdf = drawn.write_pdf(pdf_variant="pdf/ua-1")
    missing = {point for font in drawn.fonts.values() for point in font.missing}
    return _drawn(words.spelt(data, missing)) if missing else bytes(pdf or b"")


class _Press(NamedTuple):
    """What a process needs only once to draw previews."""

    styles: list[CSS]
    fonts: FontConfiguration
    fetcher: URLFetcher


@cache
def _press() -> _Press:
    fonts, fetcher = FontConfiguration(), NothingOutside(fail_on_errors=True)
    texts = ((document.TEMPLATES / "letter.css").read_text(), MARK)
    return _Press([CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in texts], fonts, fetcher)
