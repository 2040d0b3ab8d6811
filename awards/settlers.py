"""Payments besides claims: a room above says here how it takes the bank's word on its own."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from accounts.models import User
from awards.bank_files.judging import Verdict
from awards.bank_files.reports import Line


class Settled(NamedTuple):
    """What a line did, and the reference of what its payment pays."""

    verdict: Verdict
    about: str


class Settle(Protocol):
    """Take the lines of a report that no claim has; return what each did that is the room's own, by its row.

    A line about a whole file did as much as the file has payments.
    """

    def __call__(
        self, lines: Sequence[Line], *, bank_reference: str, by: User, role: str, at: dt.datetime
    ) -> Mapping[int, Sequence[Settled]]:
        """Settle what is the room's own."""


class Settler(NamedTuple):
    """How a room settles its payments, and the address of the page of what one pays."""

    settle: Settle
    path: Callable[[str], str]


_settlers: list[Settler] = []


def add(settle: Settle, path: Callable[[str], str]) -> None:
    """Let a room settle its payments by the bank's report; once, when the portal starts."""
    _settlers.append(Settler(settle, path))


def settle(
    lines: Sequence[Line], *, bank_reference: str, by: User, role: str, at: dt.datetime
) -> dict[int, Sequence[Settled]]:
    """Let every room take the lines that are its own."""
    found: dict[int, Sequence[Settled]] = {}
    for settler in _settlers:
        left = [line for line in lines if line.row not in found]
        found |= settler.settle(left, bank_reference=bank_reference, by=by, role=role, at=at) if left else {}
    return found


def path(about: str) -> str:
    """Return the address of the page of what a payment pays; nothing if no room knows it."""
    return next((path for settler in _settlers if (path := settler.path(about))), "")
