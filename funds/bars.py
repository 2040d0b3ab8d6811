"""What the bar of an envelope is made of. Pure."""

from typing import NamedTuple

from funds.models import Envelope


class Part(NamedTuple):
    """A part of a bar: what it is, how many pence, and which fill it is drawn with."""

    text: str
    pence: int
    kind: str


def parts(envelope: Envelope) -> list[Part]:
    """Return the parts of an envelope from left to right; together they are its cap."""
    allocated = max(0, envelope.allocated_pence - envelope.committed_pence)
    return [
        Part("Paid", envelope.paid_pence, "paid"),
        Part("Instructed, not yet paid", envelope.instructed_pence - envelope.paid_pence, "instructed"),
        Part("Committed, not yet instructed", envelope.committed_pence - envelope.instructed_pence, "committed"),
        Part("Allocated, not yet committed", allocated, "allocated"),
        Part("Left", envelope.cap_pence - envelope.committed_pence - allocated, "left"),
    ]
