"""What one line of a public register of awards says, checked and tidied. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from accounts.rules import COMPANY_NUMBER
from funds.states import AidCurrency
from infra.importing.tables import Unacceptable, shown

# Heading of the register → how many characters are kept of its cells.
COLUMNS = {
    "aid_measure_title": 200, "national_id": 40, "beneficiary": 200, "beneficiary_type": 80, "aid_instrument": 120,
    "objective": 200, "amount_as_published": 60, "date_granted": 40, "granting_authority": 160, "region": 80,
}  # fmt: skip
NEEDED = ("national_id", "beneficiary", "amount_as_published", "date_granted", "granting_authority")
# Spellings of one funder in small letters → the one that we use.
FUNDERS = {
    "innovate uk": "Innovate UK",
    "ukri - innovate uk": "Innovate UK",
    "technology strategy board": "Innovate UK",
}
EARLIEST = dt.date(1990, 1, 1)
MOST = Decimal("999999999999.99")
LEGAL_FORM = re.compile(r"( (limited|ltd|plc|public limited company|llp|cic|c i c|community interest company|se))+$")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,2})?"
_RANGE = re.compile(rf"({_NUMBER})(?:-|–|to)({_NUMBER})")


@dataclass(frozen=True)
class Amount:
    """What was granted: an exact sum has equal ends, an open range no upper one, and what was not published none."""

    low: Decimal | None = None
    high: Decimal | None = None
    currency: AidCurrency = AidCurrency.GBP


@dataclass(frozen=True)
class RegisterLine:
    """An award as it can be kept, with how that differs from the line and what a reader should know."""

    funder: str
    funder_as_published: str
    scheme: str
    number_as_published: str
    company_number: str
    name: str
    kind: str
    amount: Amount
    granted_on: dt.date
    objective: str
    instrument: str
    region: str
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def register_line(row: Mapping[str, str], today: dt.date) -> RegisterLine:
    """Return what a line says.

    Raises:
        Unacceptable: with every reason found.
    """
    problems: list[str] = []
    changes: list[str] = []
    cells = {name: _tidy(name, row.get(name) or "", problems, changes) for name in COLUMNS}
    problems += [f"“{n}” is missing." for n in ("beneficiary", "granting_authority", "date_granted") if not cells[n]]
    amount = _or_problem(amount_of, cells["amount_as_published"], problems)
    day = _or_problem(day_of, cells["date_granted"], problems) if cells["date_granted"] else None
    if day and not EARLIEST <= day <= today:
        problems.append(f"“date_granted” is {shown(cells['date_granted'])}: it lies before 1990 or in the future.")
    if problems or amount is None or day is None:
        raise Unacceptable(" ".join(problems))
    number, said = company_number_of(cells["national_id"])
    funder = FUNDERS.get(cells["granting_authority"].casefold(), cells["granting_authority"])
    if said:
        changes.append(said)
    if funder != cells["granting_authority"]:
        changes.append(f"funder “{cells['granting_authority']}” written as “{funder}”")
    return RegisterLine(
        funder=funder, funder_as_published=cells["granting_authority"], scheme=cells["aid_measure_title"],
        number_as_published=cells["national_id"], company_number=number, name=cells["beneficiary"],
        kind=cells["beneficiary_type"], amount=amount, granted_on=day, objective=cells["objective"],
        instrument=cells["aid_instrument"], region=cells["region"], changes=changes, notes=_notes(number, amount),
    )  # fmt: skip


def company_number_of(text: str) -> tuple[str, str]:
    """Return a Companies House number in 8 characters, "" when it is none, and how it differs from the text.

    Registers drop the leading zeros: 33774 is 00033774. Numbers of fewer than five digits, and those of other
    countries, are matched to nobody.
    """
    squeezed = re.sub(r"\s+", "", text).upper()
    padded = squeezed.zfill(8) if re.fullmatch(r"[0-9]{5,8}", squeezed) else squeezed
    if not squeezed:
        return "", "no number: matched to no company"
    if not re.fullmatch(COMPANY_NUMBER, padded):
        return "", f"“{shown(text)}” is no Companies House number: matched to no company"
    missing = len(padded) - len(squeezed)
    return padded, f"leading zeros given back to numbers of {len(squeezed)} digits" if missing else ""


def amount_of(text: str) -> Amount:
    """Return an amount such as 456331.2, £1,000, 60,001 – 500,000, > 30,000,000 or < 60,000; blank is not published.

    Raises:
        ValueError: says what it is instead.
    """
    currency = AidCurrency.EUR if re.search(r"€|EUR", text, re.IGNORECASE) else AidCurrency.GBP
    plain = re.sub(r"£|€|GBP|EUR|,|\s", "", text, flags=re.IGNORECASE).casefold()
    if not plain:
        return Amount(currency=currency)
    if re.fullmatch(_NUMBER, plain, re.ASCII):
        low = high = Decimal(plain)
    elif found := _RANGE.fullmatch(plain):
        low, high = Decimal(found[1]), Decimal(found[2])
    elif found := re.fullmatch(rf"(?:>|over|morethan)({_NUMBER})|({_NUMBER})\+", plain):
        low, high = Decimal(found[1] or found[2]), None
    elif found := re.fullmatch(rf"(?:<|under|lessthan|upto)({_NUMBER})", plain):
        low, high = Decimal(0), Decimal(found[1])
    else:
        raise ValueError(f"“amount_as_published” is {shown(text)}; it must be an amount or a range of amounts.")
    if high is not None and high < low:
        raise ValueError(f"“amount_as_published” is {shown(text)}: it ends below where it begins.")
    return Amount(low, high, currency)


def day_of(text: str) -> dt.date:
    """Return a day such as 2016-07-01 or 01/07/2016.

    Raises:
        ValueError: it is neither.
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    raise ValueError(f"“date_granted” is {shown(text)}; it must be a date such as 2016-07-01.")


def name_key(name: str) -> str:
    """Return what is left of a name when case, signs and legal form are left out; names that share it may be one."""
    plain = " ".join(re.sub(r"[^\w ]", " ", name.casefold().replace("&", " and ").replace("'", "")).split())
    return LEGAL_FORM.sub("", plain) or plain


def _tidy(name: str, cell: str, problems: list[str], changes: list[str]) -> str:
    if _UNKEEPABLE.search(cell):
        problems.append(f"“{name}” holds characters that cannot be kept. Is the file UTF-8?")
        return ""
    tidy = " ".join(cell.split())
    if len(tidy) > COLUMNS[name]:
        problems.append(f"“{name}” has {len(tidy):,} characters; at most {COLUMNS[name]} fit.")
    if tidy != cell:
        changes.append(f"spaces in “{name}” tidied")
    return tidy


def _or_problem[T](read, text: str, problems: list[str]) -> T | None:
    try:
        return read(text)
    except ValueError as error:
        problems.append(str(error))
        return None


def _notes(number: str, amount: Amount) -> list[str]:
    if amount.low is None:
        return ["no amount was published"]
    return [] if amount.low == amount.high else ["the amount was published as a range"]
