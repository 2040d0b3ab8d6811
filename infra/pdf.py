"""Set a page as a PDF that screen readers can read (PDF/UA-1, ISO 14289-1). Nothing outside the page is ever fetched.

Importing this takes 0.7 s and 46 MB, so import it where a PDF is made, not at the head of a module of pages.
"""

import hashlib
import unicodedata
from functools import cache
from threading import Lock
from typing import Any, NoReturn

from django.conf import settings
from django.template import engines
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

TEMPLATES = settings.BASE_DIR / "templates" / "print"
_one_at_a_time = Lock()


class NothingOutside(URLFetcher):
    """Refuse every address: the page holds all that it needs."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> NoReturn:
        raise ValueError(f"A printed page may not fetch {url[:100]}")


def render(template: str, **facts: Any) -> bytes:
    """Return a template of `templates/print` as a PDF; the same facts make the same bytes."""
    page = engines["jinja2"].env.get_template(f"print/{template}").render(facts)  # type: ignore[attr-defined]
    with _one_at_a_time:
        return _paint(_printable(page))


def _printable(page: str) -> str:
    """Return a page without control characters and direction overrides, which hide or reorder what a reader sees."""
    return "".join(c for c in page if c in "\n\t" or unicodedata.category(c)[0] != "C")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style() -> CSS:
    fetcher = NothingOutside(fail_on_errors=True)
    return CSS(string=(TEMPLATES / "paper.css").read_text(), font_config=_fonts(), url_fetcher=fetcher)


def _paint(page: str) -> bytes:
    """Return a page as a PDF; characters that no font can draw are written out, such as [U+6F22]."""
    source = HTML(string=page, url_fetcher=NothingOutside(fail_on_errors=True))
    document = source.render(stylesheets=[_style()], font_config=_fonts(), pdf_variant="pdf/ua-1")
    pdf = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=hashlib.sha256(page.encode()).hexdigest()[:32].encode()
    )
    missing = {point for font in document.fonts.values() for point in font.missing}
    if not missing:
        return bytes(pdf)
    names: dict[int, str | int | None] = {point: f"[U+{point:04X}]" for point in missing}
    return _paint(page.translate(names))
