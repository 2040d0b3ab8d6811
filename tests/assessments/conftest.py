"""The cast of this room."""

from tests.asking import clock
from tests.browser import browser_type_launch_args, signed_in_browser
from tests.cast_assessments import assessment, bid, seat

__all__ = ["assessment", "bid", "browser_type_launch_args", "clock", "seat", "signed_in_browser"]
