"""Read what the bank says became of payments: ISO 20022 pain.002.001.10, or CSV.

Codes are those of ISO 20022 (external payment transaction status): settled is paid, rejected or cancelled is returned,
and what is only on its way says nothing yet.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from accounts.rules import Refused
from awards.bank_files import safe_xml
from awards.states import BankReportKind

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
PAID = frozenset({"ACSC", "ACCC", "PAID"})
RETURNED = frozenset({"RJCT", "CANC", "RETURNED"})
ON_ITS_WAY = frozenset({"RCVD", "PRES", "PDNG", "ACCP", "ACTC", "ACFC", "ACIS", "ACPD", "ACSP", "ACWC", "ACWP", "ACPT",
                        "PATC", "PART", "BLCK"})  # fmt: skip
# What the commonest reasons for a returned payment mean (ISO 20022 external status reason).
REASONS = {
    "AC01": "the account number is not right",
    "AC04": "the account is closed",
    "AC06": "the account is blocked",
    "AG01": "the account takes no payments of this kind",
    "BE01": "the name is not the one of the account",
    "MD07": "the holder of the account has died",
    "MS02": "the holder of the account gave no reason",
    "MS03": "the bank gave no reason",
    "RC01": "the sort code is not right",
    "RR04": "a regulation does not allow it",
}
COLUMNS = {"end_to_end_id", "status"}
MOST_LINES = 50_000
_ID = re.compile(r"[ -~]{0,35}")


@dataclass(frozen=True)
class Line:
    """What the bank says of one payment; of a whole batch when it only names the message.

    Attributes:
        pence: the amount that it names, if it does.
        message_id: the run, for a line that is about all its payments.
    """

    row: int
    status: str
    end_to_end_id: str = ""
    instruction_id: str = ""
    reason: str = ""
    pence: int | None = None
    message_id: str = ""


def read(data: bytes) -> tuple[BankReportKind, list[Line]]:
    """Return the kind of a report and its lines, in their order.

    Raises:
        Refused: it is neither, too large, hostile, or says nothing.
    """
    if not data.strip():
        raise Refused("The file is empty. Choose the report as the bank sent it.")
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    kind = BankReportKind.PAIN002 if is_xml else BankReportKind.CSV
    lines = list(_xml(data) if is_xml else _csv(data))
    if not lines:
        raise Refused("The report speaks of no payment.")
    if len(lines) > MOST_LINES:
        raise Refused(f"The report has more than {MOST_LINES:,} lines. Ask the bank for it in parts.")
    return kind, [_checked(line) for line in lines]


def _checked(line: Line) -> Line:
    if line.status not in PAID | RETURNED | ON_ITS_WAY:
        raise Refused(f"Line {line.row}: “{line.status[:20]}” is no status that we know.")
    if not _ID.fullmatch(line.end_to_end_id) or not _ID.fullmatch(line.instruction_id):
        raise Refused(f"Line {line.row}: an id has at most 35 plain characters.")
    return replace(line, reason=in_words(line.reason))


def in_words(reason: str) -> str:
    """Return the bank's reason, and what it means when it is a bare code that people would have to look up."""
    return f"{reason}, {REASONS[reason]}" if reason in REASONS else reason


def _path(*names: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{name}" for name in names)


def _xml(data: bytes) -> Iterator[Line]:
    document = safe_xml.read(data)
    report = document.find(_path("CstmrPmtStsRpt"))
    if report is None:
        raise Refused(f"The file is no pain.002.001.10: it does not say {NAMESPACE}.")
    original = report.find(_path("OrgnlGrpInfAndSts"))
    message_id = _text(original, "OrgnlMsgId") if original is not None else ""
    transactions = report.findall(_path("OrgnlPmtInfAndSts", "TxInfAndSts"))
    for row, transaction in enumerate(transactions, start=1):
        yield Line(
            row=row,
            status=_text(transaction, "TxSts"),
            end_to_end_id=_text(transaction, "OrgnlEndToEndId"),
            instruction_id=_text(transaction, "OrgnlInstrId"),
            reason=_reason(transaction),
            pence=_amount(transaction, row),
        )
    # A message of ours holds one payment information, so a word on that is a word on the whole run.
    whole = report.find(_path("OrgnlPmtInfAndSts"))
    status = _text(whole, "PmtInfSts") or _text(original, "GrpSts")
    if not transactions and status:
        yield Line(row=1, status=status, message_id=message_id[:35], reason=_reason(whole) or _reason(original))


def _text(element: Element | None, *names: str) -> str:
    return (element.findtext(_path(*names), "") if element is not None else "").strip()


def _reason(element: Element | None) -> str:
    """Return the bank's reason with what it adds in words."""
    parts = [
        _text(element, "StsRsnInf", "Rsn", "Cd") or _text(element, "StsRsnInf", "Rsn", "Prtry"),
        _text(element, "StsRsnInf", "AddtlInf"),
    ]
    return " ".join(part for part in parts if part)[:140]


def _amount(element: Element, row: int) -> int | None:
    amount = element.find(_path("OrgnlTxRef", "Amt", "InstdAmt"))
    if amount is None:
        return None
    if amount.get("Ccy") != "GBP":
        raise Refused(f"Line {row}: the amount is not in pounds sterling.")
    return _pence(amount.text or "", row)


def _pence(typed: str, row: int) -> int | None:
    plain = typed.strip().removeprefix("£").replace(",", "")
    if not plain:
        return None
    try:
        pence = Decimal(plain) * 100
    except InvalidOperation:
        pence = Decimal("NaN")
    if not plain.isascii() or not pence.is_finite() or not 0 < pence <= 10**13 or pence != int(pence):
        raise Refused(f"Line {row}: “{typed[:30]}” is no amount in pounds and pence.")
    return int(pence)


def _csv(data: bytes) -> Iterator[Line]:
    if len(data) > safe_xml.MOST_BYTES:
        raise Refused(f"The file has more than {safe_xml.MOST_BYTES // 1_000_000} MB. Ask the bank for it in parts.")
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        heads = {(name or "").strip().lower() for name in rows.fieldnames or ()}
        if not heads >= COLUMNS:
            raise Refused("The first line names the columns: end_to_end_id and status, and reason and amount if known.")
        for row, cells in enumerate(rows, start=2):
            yield _of_cells(row, {(k or "").strip().lower(): v for k, v in cells.items() if isinstance(v, str)})
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"The file is neither XML nor CSV in UTF-8: {error}.") from error


def _of_cells(row: int, cells: dict[str, str]) -> Line:
    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    if "\x00" in "".join(cells.values()):
        raise Refused(f"Line {row} holds a character that cannot be kept.")
    return Line(
        row=row,
        status=cell("status").upper(),
        end_to_end_id=cell("end_to_end_id"),
        instruction_id=cell("instruction_id"),
        reason=cell("reason")[:140],
        pence=_pence(cell("amount"), row),
    )
