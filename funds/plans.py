"""Payments that are planned besides awards; a room above the pages of money says here what it plans."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from funds.models import Stream


class Planned(NamedTuple):
    """A payment that is planned for a month: its reference and page, who receives it, and its pence."""

    reference: str
    path: str
    to: str
    what: str
    month: dt.date
    pence: int


Source = Callable[[Stream | None, dt.date | None], Iterable[Planned]]
_sources: list[Source] = []


def add(source: Source) -> None:
    """Let a room say what it plans, of one stream or all, for one month or all; once, when the portal starts."""
    _sources.append(source)


def besides_awards(stream: Stream | None, month: dt.date | None = None) -> list[Planned]:
    """Return what is planned besides awards."""
    return [planned for source in _sources for planned in source(stream, month)]
