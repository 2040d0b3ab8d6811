"""A PDF without what it says about who made it."""

import io
from typing import Any

from pikepdf import Array, Dictionary, Pdf, PdfError

from accounts.rules import Refused

_OF_MAKERS = ("/Metadata", "/PieceInfo", "/LastModified")


def without_makers(body: bytes) -> bytes:
    """Return a PDF without its author, title and history, without files inside it and the names of who commented.

    Raises:
        Refused: it cannot be read as a PDF.
    """
    try:
        with Pdf.open(io.BytesIO(body)) as pdf:
            del pdf.docinfo
            _clear(pdf.Root, *_OF_MAKERS)
            if "/Names" in pdf.Root:
                _clear(pdf.Root.Names, "/EmbeddedFiles")
            for page in pdf.pages:
                _clear(page.obj, *_OF_MAKERS)
                for note in page.obj.get("/Annots", Array()):
                    if isinstance(note, Dictionary):
                        _clear(note, "/T", "/RC", "/Contents")
            written = io.BytesIO()
            pdf.save(written, deterministic_id=True)
    except PdfError as error:
        raise Refused("This document cannot be read as a PDF, so the names in it cannot be taken out.") from error
    return written.getvalue()


def _clear(part: Any, *names: str) -> None:
    for name in names:
        if name in part:
            del part[name]
