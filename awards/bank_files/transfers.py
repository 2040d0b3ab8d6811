"""What a run asks the bank to do, and the signs that a payment message may hold."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# The Latin set that ISO 20022 payment messages share with SWIFT.
ALLOWED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_OTHERS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
LETTERS = str.maketrans({"&": "+", "ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "’": "'",
                         "‘": "'", "–": "-", "—": "-", "_": "-"})  # fmt: skip


@dataclass(frozen=True)
class Account:
    """Whose account it is: name, sort code of six digits, number of eight."""

    name: str
    sort_code: str
    number: str


@dataclass(frozen=True)
class Transfer:
    """One payment to one account."""

    instruction_id: str
    end_to_end_id: str
    pence: int
    to: Account
    about: str


@dataclass(frozen=True)
class Batch:
    """All payments of a run."""

    reference: str
    made_at: dt.datetime
    pay_on: dt.date
    payer: Account
    transfers: Sequence[Transfer]

    @property
    def pence(self) -> int:
        """The sum of all payments."""
        return sum(transfer.pence for transfer in self.transfers)


def plain(text: str, longest: int) -> str:
    """Return a text in the signs that a payment message may hold: accents fall away, others become a full stop.

    Args:
        longest: characters; what is beyond is cut off.
    """
    bare = unicodedata.normalize("NFKD", text.translate(LETTERS))
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(_OTHERS.sub(".", bare).split())[:longest].strip() or "."


def decimal(pence: int) -> str:
    """Return pence as pounds with two decimals, such as 7000.00."""
    return f"{pence // 100}.{pence % 100:02d}"


def instruction_id(end_to_end_id: str, attempt: int) -> str:
    """Return the id of one attempt to make a payment; the payment's end-to-end id stays the same for ever.

    Args:
        attempt: 1, and one more for each run that was cancelled or payment that came back.
    """
    return f"{end_to_end_id}-A{attempt}"
