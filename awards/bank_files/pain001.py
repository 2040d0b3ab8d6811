"""Write a run as ISO 20022 pain.001.001.09 (customer credit transfer initiation), and check such a message.

The same batch always makes the same bytes. UK accounts are named by sort code (clearing system GBDSC) and number.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from accounts.rules import Refused
from awards.bank_files import safe_xml
from awards.bank_files.transfers import ALLOWED, Account, Batch, Transfer, decimal, plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_ID, LONGEST_NAME, LONGEST_ABOUT = 35, 70, 140


def write(batch: Batch) -> bytes:
    """Return the message of a batch.

    Raises:
        Refused: it would break a rule of the message; nothing that the bank turns back leaves the house.
    """
    document = Element("Document", xmlns=NAMESPACE)
    message = SubElement(document, "CstmrCdtTrfInitn")
    sums = {"NbOfTxs": str(len(batch.transfers)), "CtrlSum": decimal(batch.pence)}
    made_at = batch.made_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    payer_name = {"Nm": plain(batch.payer.name, LONGEST_NAME)}
    _fill(message, {"GrpHdr": {"MsgId": batch.reference, "CreDtTm": made_at, **sums, "InitgPty": payer_name}})
    payment = SubElement(message, "PmtInf")
    _fill(
        payment,
        {
            "PmtInfId": f"{batch.reference}-1",
            "PmtMtd": "TRF",
            **sums,
            "PmtTpInf": {"SvcLvl": {"Cd": "NURG"}},
            "ReqdExctnDt": {"Dt": batch.pay_on.isoformat()},
            "Dbtr": payer_name,
            "DbtrAcct": _account(batch.payer),
            "DbtrAgt": _agent(batch.payer),
            "ChrgBr": "SLEV",
        },
    )
    for transfer in batch.transfers:
        _transfer(payment, transfer)
    data = b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(document, encoding="utf-8")
    if found := problems(data):
        raise Refused("The bank would turn this run back: " + " ".join(found[:5]))
    return data


def _transfer(payment: Element, transfer: Transfer) -> None:
    made = SubElement(payment, "CdtTrfTxInf")
    _fill(made, {"PmtId": {"InstrId": transfer.instruction_id, "EndToEndId": transfer.end_to_end_id}})
    SubElement(SubElement(made, "Amt"), "InstdAmt", Ccy="GBP").text = decimal(transfer.pence)
    _fill(
        made,
        {
            "CdtrAgt": _agent(transfer.to),
            "Cdtr": {"Nm": plain(transfer.to.name, LONGEST_NAME)},
            "CdtrAcct": _account(transfer.to),
            "RmtInf": {"Ustrd": plain(transfer.about, LONGEST_ABOUT)},
        },
    )


def _account(account: Account) -> dict[str, Any]:
    return {"Id": {"Othr": {"Id": account.number, "SchmeNm": {"Cd": "BBAN"}}}}


def _agent(account: Account) -> dict[str, Any]:
    return {"FinInstnId": {"ClrSysMmbId": {"ClrSysId": {"Cd": "GBDSC"}, "MmbId": account.sort_code}}}


def _fill(parent: Element, parts: dict[str, Any]) -> None:
    for name, part in parts.items():
        child = SubElement(parent, name)
        if isinstance(part, dict):
            _fill(child, part)
        else:
            child.text = part


# What each element holds, in the order of the message: the elements below it, or the pattern of its text.
_ID = re.compile(r"(?! )[A-Za-z0-9/\-?:().,'+ ]{1,35}")
_NAME, _ABOUT = re.compile(r".{1,70}"), re.compile(r".{1,140}")
_SUM = re.compile(r"[0-9]{1,15}\.[0-9]{2}")
_COUNT, _INSTANT = re.compile(r"[1-9][0-9]{0,14}"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SORT_CODE, _NUMBER = re.compile(r"[0-9]{6}"), re.compile(r"[0-9]{8}")
_PARTY = {"Nm": _NAME}
_ACCOUNT = {"Id": {"Othr": {"Id": _NUMBER, "SchmeNm": {"Cd": re.compile("BBAN")}}}}
_AGENT = {"FinInstnId": {"ClrSysMmbId": {"ClrSysId": {"Cd": re.compile("GBDSC")}, "MmbId": _SORT_CODE}}}
_TRANSFER = {
    "PmtId": {"InstrId": _ID, "EndToEndId": _ID},
    "Amt": {"InstdAmt": _SUM},
    "CdtrAgt": _AGENT,
    "Cdtr": _PARTY,
    "CdtrAcct": _ACCOUNT,
    "RmtInf": {"Ustrd": _ABOUT},
}
_GROUP = {"MsgId": _ID, "CreDtTm": _INSTANT, "NbOfTxs": _COUNT, "CtrlSum": _SUM, "InitgPty": _PARTY}
_PAYMENT = {
    "PmtInfId": _ID,
    "PmtMtd": re.compile("TRF"),
    "NbOfTxs": _COUNT,
    "CtrlSum": _SUM,
    "PmtTpInf": {"SvcLvl": {"Cd": re.compile("NURG")}},
    "ReqdExctnDt": {"Dt": _DAY},
    "Dbtr": _PARTY,
    "DbtrAcct": _ACCOUNT,
    "DbtrAgt": _AGENT,
    "ChrgBr": re.compile("SLEV"),
}


def problems(data: bytes) -> list[str]:
    """Return everything in which a message breaks its rules, each as a sentence: order, lengths, signs, sums, ids."""
    try:
        document = safe_xml.read(data)
    except Refused as refused:
        return [str(refused)]
    message = document.find(f"{{{NAMESPACE}}}CstmrCdtTrfInitn")
    if document.tag != f"{{{NAMESPACE}}}Document" or message is None or [_name(e) for e in message] != _PARTS:
        return [f"It is no pain.001.001.09 of one group header and one payment, in the namespace {NAMESPACE}."]
    header, payment = message
    transfers = list(payment)[len(_PAYMENT) :]
    found = list(_breaks(header, _GROUP, "GrpHdr"))
    found += _breaks(_first(payment, len(_PAYMENT)), _PAYMENT, "PmtInf")
    for number, transfer in enumerate(transfers, start=1):
        found += _breaks(transfer, _TRANSFER, f"payment {number}")
    return found or list(_sums([header, payment], transfers))


_PARTS = ["GrpHdr", "PmtInf"]


def _name(element: Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def _first(element: Element, count: int) -> Element:
    """Return the element with its first children only."""
    cut = Element(element.tag)
    cut.extend(list(element)[:count])
    return cut


def _breaks(element: Element, rules: dict[str, Any], where: str) -> Iterator[str]:
    if (there := [_name(child) for child in element]) != list(rules):
        yield f"{where} holds {', '.join(there)}, not {', '.join(rules)}."
        return
    for child, rule in zip(element, rules.values(), strict=True):
        place = f"{where}/{_name(child)}"
        if isinstance(rule, dict):
            yield from _breaks(child, rule, place)
            continue
        text = child.text or ""
        if not rule.fullmatch(text) or not ALLOWED.fullmatch(text):
            yield f"{place} cannot be “{text[:40]}”."
        if child.get("Ccy", "GBP") != "GBP":
            yield f"{place} is not in pounds sterling."


def _sums(heads: list[Element], transfers: list[Element]) -> Iterator[str]:
    def texts(path: str) -> list[str]:
        return [t.findtext("/".join(f"{{{NAMESPACE}}}{n}" for n in path.split("/")), "") for t in transfers]

    amounts = [int(text.replace(".", "")) for text in texts("Amt/InstdAmt")]
    as_it_should: list[tuple[str, Callable[[], str]]] = [
        ("NbOfTxs", lambda: str(len(transfers))),
        ("CtrlSum", lambda: decimal(sum(amounts))),
    ]
    for head in heads:
        for name, expected in as_it_should:
            if head.findtext(f"{{{NAMESPACE}}}{name}") != expected():
                yield f"{_name(head)}/{name} is not {expected()}."
    if min(amounts, default=0) <= 0:
        yield "A payment is of nothing."
    for name in ("InstrId", "EndToEndId"):
        ids = texts(f"PmtId/{name}")
        if len(set(ids)) < len(ids):
            yield f"An {name} is there twice."
