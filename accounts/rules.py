"""Who somebody is allowed to be, and what an identifier must look like. Pure."""

import re

from accounts.states import COMPANY_KINDS, ROLE_KINDS, OrganisationKind, Role, Size

COMPANY_NUMBER = r"^(([A-Z]{2}|[A-Z][0-9]|[0-9]{2})([0-9]{6}|[0-9]{5}[A-Z]))$"
ODS_CODE = r"^[A-Z0-9]{3,6}$"
POSTCODE = re.compile(r"(GIR|[A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})", re.ASCII)


class Refused(Exception):
    """A deed that the rules refuse, in words for the person who tried it."""


class BadIdentifier(Refused):
    """An identifier that cannot be right, in words that say how to mend it."""


def company_number(text: str) -> str:
    """Return a Companies House number in its 8 characters.

    Spaces go, letters become capitals and a number short of leading zeros is padded (Companies House prints
    07682878 where spreadsheets keep 7682878).

    Raises:
        BadIdentifier: nothing that Companies House issues looks like this.
    """
    squeezed = re.sub(r"\s+", "", text).upper()
    padded = squeezed.zfill(8) if re.fullmatch(r"[0-9]{6,7}", squeezed) else squeezed
    if not re.fullmatch(COMPANY_NUMBER, padded):
        raise BadIdentifier(
            f"“{text.strip()}” is not a Companies House number. It has 8 characters, such as 01234567 or SC123456."
        )
    return padded


def ods_code(text: str) -> str:
    """Return an ODS code in capitals without spaces; whether it is in use, only the register knows.

    Raises:
        BadIdentifier: no ODS code looks like this.
    """
    code = re.sub(r"\s+", "", text).upper()
    if not re.fullmatch(ODS_CODE, code):
        raise BadIdentifier(f"“{text.strip()}” is not an ODS code. It has 3 to 6 letters and numbers, such as RJ1.")
    return code


def postcode(text: str) -> str:
    """Return a postcode of the United Kingdom in capitals, with its one space.

    Raises:
        BadIdentifier: no postcode looks like this.
    """
    found = POSTCODE.fullmatch(re.sub(r"\s+", "", text).upper())
    if not found:
        raise BadIdentifier(f"“{text.strip()}” is not a UK postcode. Enter one such as SW1A 2AA.")
    return " ".join(found.groups())


def is_company(kind: str) -> bool:
    """Tell whether organisations of this kind are known by a Companies House number."""
    return kind in COMPANY_KINDS


def size_of(kind: str, size: str) -> str:
    """Return the size that counts for the grant ceiling: a body that is not a business has its own row."""
    return size if is_company(kind) else Size.NON_BUSINESS


def may_hold(role: str, kind: str) -> bool:
    """Tell whether a role makes sense in an organisation of this kind."""
    return OrganisationKind(kind) in ROLE_KINDS[Role(role)]
