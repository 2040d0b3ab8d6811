"""The cast of this room."""

from tests.cast_assessments import assessment, bid, seat

__all__ = ["assessment", "bid", "seat"]
