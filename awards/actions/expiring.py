"""Ask for newer evidence of match funding that was verified on evidence which has grown too old for the letter."""

import datetime as dt

from awards.actions.conditions import open_match_again
from awards.readiness import out_of_date
from bids.actions import expire_match


def expire_evidence(*, at: dt.datetime) -> int:
    """Query each source whose evidence is too old, and open its award's condition again; return how many there were.

    Each is a transaction of its own; a second run changes nothing.
    """
    sources = list(out_of_date(at))
    for source in sources:
        expire_match(source=source, at=at)
        open_match_again(source=source, at=at)
    return len(sources)
