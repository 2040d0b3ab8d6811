"""Two people on one form: what somebody saw when they began, and what stands when they save. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from accounts.rules import Refused
from audit.record import digest


def key_of(row: Any, fields: Iterable[str]) -> str:
    """Return what a row is known by as it stands: a digest of these fields."""
    values = [getattr(row, field) for field in fields]
    return digest([f"{v.normalize():f}" if isinstance(v, Decimal) else v for v in values])[:16]


class Outdated(Refused):
    """Somebody else has saved the same form meanwhile: what stands now, so that both can be compared."""

    def __init__(self, theirs: Any, key: str) -> None:
        self.theirs, self.key = theirs, key
        super().__init__("Somebody else has saved this since you opened it. Compare both and save again.")


def must_be_as_seen(row: Any, fields: Iterable[str], seen: str) -> None:
    """Refuse to write over what the writer has not seen; `seen` is empty when they never read it.

    Raises:
        Outdated: the row has changed since.
    """
    if seen and seen != (now := key_of(row, fields)):
        raise Outdated(row, now)
