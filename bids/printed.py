"""A bid and its receipts as PDFs."""

import datetime as dt
from typing import Any

from audit.record import as_json, digest
from bids import queries
from bids.models import Bid, BidVersion
from bids.paper import paper

LONGEST_AT_ONCE = 100_000  # characters of answers that are set while somebody waits: about a second
MAKE = 1  # raised when the printed page changes, so that what was kept on S3 is made anew


def is_long(content: dict[str, Any]) -> bool:
    """Tell whether a bid takes longer to set than somebody should wait."""
    return sum(len(answer["text"]) for answer in content["answers"]) > LONGEST_AT_ONCE


def key(content: dict[str, Any], number: int) -> str:
    """Return where the PDF of a long bid lies on S3; `number` is that of the version, 0 for a draft."""
    return f"papers/{MAKE}/{number}/{digest(content)}.pdf"


def draft_pdf(bid: Bid, at: dt.datetime) -> bytes:
    """Return a bid as it is now, marked as a draft."""
    from infra import pdf  # the renderer takes 0.7 s and 46 MB, which most processes never need

    content = as_json(queries.content_of(bid))
    return pdf.render("bid.html", bid=bid, paper=paper(content), version=None, at=at)


def version_pdf(version: BidVersion) -> bytes:
    """Return a bid as it was submitted; the same version makes the same bytes."""
    from infra import pdf

    return pdf.render("bid.html", bid=version.bid, paper=paper(version.content), version=version)


def receipt_pdf(version: BidVersion) -> bytes:
    """Return the receipt of a version; the same version makes the same bytes."""
    from infra import pdf

    return pdf.render("receipt.html", bid=version.bid, title=version.content["title"], version=version)
