"""Sort codes and account numbers: how they are typed, shown, sealed and checked.

They are encrypted at rest (Fernet) under MATCHFUND_BANK_KEYS, the newest first; without that setting the key is derived
from MATCHFUND_SECRET_KEY. The modulus check is the banks' own (Pay.UK, "Validating account numbers"). Its table of
weights is theirs to give and changes several times a year, so it is read from the file that MATCHFUND_BANK_WEIGHTS_FILE
names; without one only the form of the numbers is checked, and the row says so.
"""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from accounts.rules import Refused
from awards.states import Modulus

_HOLDER = re.compile(r"[A-Za-z0-9 &'()+,./:?-]{1,70}")  # what payment messages can carry


@dataclass(frozen=True)
class Account:
    """An account at a bank in the United Kingdom: six digits, eight digits and its name."""

    sort_code: str
    number: str
    holder: str

    @property
    def sort_code_in_pairs(self) -> str:
        """The sort code as banks print it, such as 12-34-56."""
        return "-".join((self.sort_code[:2], self.sort_code[2:4], self.sort_code[4:]))

    @property
    def masked(self) -> str:
        """What a page shows: enough to recognise the account, too little to use it."""
        return f"••-••-{self.sort_code[4:]}, account ••••{self.number[-3:]}"


def account(sort_code: str, number: str, holder: str) -> Account:
    """Return an account from what was typed: blanks and dashes are understood, full-width digits too.

    Raises:
        Refused: something is missing or has another form.
    """
    return Account(read_sort_code(sort_code), read_number(number), read_holder(holder))


def read_sort_code(typed: str) -> str:
    """Return six digits."""
    code = _digits(typed)
    if not re.fullmatch(r"[0-9]{6}", code) or code == "000000":
        raise Refused("Enter the sort code as six digits, such as 12-34-56.")
    return code


def read_number(typed: str) -> str:
    """Return eight digits, with zeros before a shorter number."""
    digits = _digits(typed)
    if not re.fullmatch(r"[0-9]{6,8}", digits) or not digits.strip("0"):
        raise Refused("Enter the account number as 8 digits; put zeros before one of 6 or 7.")
    return digits.zfill(8)


def read_holder(typed: str) -> str:
    """Return the name of an account as payment messages can carry it."""
    name = " ".join(unicodedata.normalize("NFKC", typed).replace("’", "'").split())
    if not _HOLDER.fullmatch(name):
        raise Refused(
            "Enter the name of the account in at most 70 plain letters, digits and & ' ( ) + , . / : ? -, as the bank"
            " prints it."
        )
    return name


def _digits(typed: str) -> str:
    return re.sub(r"[\s–-]", "", unicodedata.normalize("NFKC", typed)[:60])


def seal(found: Account) -> str:
    """Return sort code and account number encrypted."""
    return _fernet().encrypt(json.dumps([found.sort_code, found.number]).encode()).decode()


def unseal(sealed: str, holder: str) -> Account:
    """Return what was sealed.

    Raises:
        cryptography.fernet.InvalidToken: the key is not known any more.
    """
    code, number = json.loads(_fernet().decrypt(sealed.encode()))
    return Account(code, number, holder)


def fingerprint(found: Account) -> str:
    """Return a keyed digest of an account, by which the same one is found again without being read."""
    key = hashlib.sha256(b"bank fingerprint" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{found.sort_code}{found.number}".encode(), hashlib.sha256).hexdigest()


@cache
def _fernet() -> MultiFernet:
    derived = base64.urlsafe_b64encode(hashlib.sha256(b"bank details" + settings.SECRET_KEY.encode()).digest()).decode()
    return MultiFernet([Fernet(key) for key in (*settings.BANK_KEYS, derived)])


def modulus(found: Account) -> Modulus:
    """Return what the modulus check says of an account.

    Raises:
        Refused: the account number cannot be one of this sort code.
    """
    if settings.BANK_WEIGHTS_FILE is None:
        return Modulus.NOT_CHECKED
    result = _checker(settings.BANK_WEIGHTS_FILE, settings.BANK_SUBSTITUTIONS_FILE).validate(
        int(found.sort_code), int(found.number)
    )
    if not result.result:
        raise Refused("This account number cannot belong to this sort code. Check both against a bank statement.")
    return Modulus.PASSED if result.known_sort_code else Modulus.UNKNOWN


@cache
def _checker(weights: Path, substitutions: Path | None) -> Any:
    """Return the checker with the banks' tables; importing it here keeps processes without tables free of it."""
    from uk_modulus_check import SortCodeSubstitutionTable, UKModulusChecker, WeightTable

    table, instead = WeightTable(), SortCodeSubstitutionTable()
    table.reload([line for line in weights.read_text().splitlines() if line.strip()])
    if substitutions:
        instead.reload([line for line in substitutions.read_text().splitlines() if line.strip()])
    return UKModulusChecker(table, instead)
