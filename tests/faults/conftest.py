"""The cast of awards."""

from tests.cast_awards import (
    accepted_award,
    award,
    bid,
    claim,
    consortium,
    issued_award,
    lettered_award,
    live_award,
    people,
    settled_award,
)
from tests.object_store import store, store_of_the_session

__all__ = [
    "accepted_award",
    "award",
    "bid",
    "claim",
    "consortium",
    "issued_award",
    "lettered_award",
    "live_award",
    "people",
    "settled_award",
    "store",
    "store_of_the_session",
]
