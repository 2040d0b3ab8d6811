"""The cast of awards for the tests of this folder."""

from tests.cast_awards import (
    accepted_award,
    award,
    bid,
    claim,
    consortium,
    issued_award,
    live_award,
    people,
    settled_award,
)

__all__ = [
    "accepted_award",
    "award",
    "bid",
    "claim",
    "consortium",
    "issued_award",
    "live_award",
    "people",
    "settled_award",
]
