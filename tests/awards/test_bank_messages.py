"""The file of a run holds only what a bank takes; reports are read, and nothing hostile with them."""

import contextlib
import datetime as dt
from dataclasses import replace
from importlib.resources import files
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from accounts.rules import Refused
from awards.bank_files import csv_files, pain001, reports, safe_xml
from awards.bank_files.transfers import ALLOWED, Account, Batch, Transfer, decimal, plain

PAYER = Account("Department of Health and Social Care", "100000", "12345678")
TO = Account("Breathe Example Ltd", "200000", "00000001")
ONE = Transfer("MFMFA-000001-P1-C1-A1", "MFMFA-000001-P1-C1", 700_000, TO, "Claim MFA-000001-P1-C1")
TWO = replace(ONE, instruction_id="MFMFA-000002-P1-C1-A1", end_to_end_id="MFMFA-000002-P1-C1", pence=1)
BATCH = Batch("MFR-000001", dt.datetime(2027, 6, 1, 8, tzinfo=dt.UTC), dt.date(2027, 6, 3), PAYER, (ONE, TWO))
MESSAGE = pain001.write(BATCH).decode()
NAMES = {"p": pain001.NAMESPACE}
SCHEMA = etree.XMLSchema(etree.XML(files("sepaxml").joinpath("schemas/pain.001.001.09.xsd").read_bytes()))
REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2027-06-04T08:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>MFR-000001</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}
</OrgnlGrpInfAndSts>{payments}</CstmrPmtStsRpt></Document>"""
RETURNED = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>MFR-000001-1</OrgnlPmtInfId><TxInfAndSts>
<OrgnlInstrId>MFMFA-000001-P1-C1-A1</OrgnlInstrId><OrgnlEndToEndId>MFMFA-000001-P1-C1</OrgnlEndToEndId>
<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Closed account</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="GBP">7000.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts>"""


def report(payments: str = RETURNED, group: str = "") -> bytes:
    return REPORT.format(payments=payments, group=group).encode()


def test_the_message_adds_up():
    found = fromstring(MESSAGE)
    assert [e.text for e in found.iterfind(".//p:NbOfTxs", NAMES)] == ["2", "2"]
    assert [e.text for e in found.iterfind(".//p:CtrlSum", NAMES)] == ["7000.01", "7000.01"]
    assert [e.text for e in found.iterfind(".//p:InstdAmt", NAMES)] == ["7000.00", "0.01"]


def test_the_same_batch_makes_the_same_bytes():
    assert pain001.write(BATCH) == MESSAGE.encode()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("<NbOfTxs>2<", "<NbOfTxs>3<", "GrpHdr/NbOfTxs is not 2."),
        ("7000.01", "7000.02", "GrpHdr/CtrlSum is not 7000.01."),
        (">0.01<", ">0.00<", "A payment is of nothing."),
        ("MFMFA-000002-P1-C1-A1", "MFMFA-000001-P1-C1-A1", "An InstrId is there twice."),
        ("<EndToEndId>MFMFA-000002", "<EndToEndId>MFMFA-000001", "An EndToEndId is there twice."),
        ("<MmbId>200000<", "<MmbId>20-00-00<", "cannot be “20-00-00”."),
        ("<Id>00000001<", "<Id>0000001<", "cannot be “0000001”."),
        ("Breathe Example", "Breathé Example", "cannot be “Breathé Example Ltd”."),
        ('Ccy="GBP"', 'Ccy="EUR"', "is not in pounds sterling."),
        ("MFR-000001</MsgId>", "M" * 36 + "</MsgId>", "GrpHdr/MsgId cannot be"),
        ("<ChrgBr>SLEV</ChrgBr>", "", "PmtInf holds"),
        ("pain.001.001.09", "pain.001.001.03", "It is no pain.001.001.09"),
    ],
)
def test_what_a_bank_would_turn_back_is_told(before, after, told):
    assert told in " ".join(pain001.problems(MESSAGE.replace(before, after).encode()))


def test_a_run_that_would_be_turned_back_is_not_written():
    with pytest.raises(Refused, match=r"The bank would turn this run back: .*cannot be “2”"):
        pain001.write(replace(BATCH, transfers=(replace(ONE, to=replace(TO, sort_code="2")),)))


@given(st.text(max_size=300))
def test_any_text_becomes_one_that_the_bank_takes(text):
    made = plain(text, 70)
    assert ALLOWED.fullmatch(made)
    assert 1 <= len(made) <= 70


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30), st.text(min_size=1, max_size=200))
def test_whatever_is_written_keeps_the_rules(amounts, name):
    transfers = [
        replace(ONE, instruction_id=f"I{i}", end_to_end_id=f"E{i}", pence=pence, to=replace(TO, name=name))
        for i, pence in enumerate(amounts)
    ]
    written = pain001.write(replace(BATCH, transfers=transfers))
    assert pain001.problems(written) == []
    SCHEMA.assertValid(etree.XML(written))


def test_pence_are_written_with_two_decimals():
    assert [decimal(n) for n in (1, 10, 100, 123_456)] == ["0.01", "0.10", "1.00", "1234.56"]


def test_the_csv_holds_a_line_for_each_payment():
    lines = csv_files.write(BATCH).decode().splitlines()
    assert lines[1].split(",")[2:8] == [
        "MFMFA-000001-P1-C1-A1", "MFMFA-000001-P1-C1", "Breathe Example Ltd", "200000", "00000001", "7000.00"
    ]  # fmt: skip
    assert len(lines) == 3


def test_a_returned_payment_is_read_with_its_reason():
    assert reports.read(report()) == (
        "pain002",
        [reports.Line(1, "RJCT", ONE.end_to_end_id, ONE.instruction_id, "AC04 Closed account", 700_000)],
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [("AC04", "AC04, the account is closed"), ("ZZ99", "ZZ99"), ("AC04 Closed", "AC04 Closed"), ("", "")],
)
def test_a_bare_code_is_put_into_words(said, kept):
    assert reports.in_words(said) == kept


def test_a_payment_of_which_only_the_funds_were_checked_is_on_its_way():
    _, [line] = reports.read(report().replace(b"RJCT", b"ACFC"))
    assert line.status in reports.ON_ITS_WAY


def test_a_report_on_a_whole_run_names_the_run():
    _, [line] = reports.read(report("", "<GrpSts>ACSC</GrpSts>"))
    assert (line.status, line.message_id) == ("ACSC", "MFR-000001")


def test_a_report_on_the_payment_information_is_about_the_whole_run():
    told = (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>MFR-000001-1</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>"
    )
    _, lines = reports.read(report(told, "<GrpSts>ACTC</GrpSts>"))
    assert [(line.status, line.message_id) for line in lines] == [("RJCT", "MFR-000001")]


def test_a_csv_report_is_read():
    data = 'End_To_End_Id,Status,Reason,Amount\nMFX,paid,,"1,000.50"\nMFY,returned,closed,\n'.encode("utf-8-sig")
    assert reports.read(data) == (
        "csv",
        [reports.Line(2, "PAID", "MFX", pence=100_050), reports.Line(3, "RETURNED", "MFY", reason="closed")],
    )


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>'
HOSTILE = {
    "nothing": b"",
    "no table": b"hello",
    "a bomb": BOMB.encode(),
    "a file of ours": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an address": b'<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><a/>',
    "an instruction": b'<?xml-stylesheet href="x"?><a/>',
    "half a file": report()[:300],
    "another message": report().replace(b"pain.002.001.10", b"pain.002.001.03"),
    "an unknown status": report().replace(b"RJCT", b"GONE"),
    "euros": report().replace(b'Ccy="GBP"', b'Ccy="EUR"'),
    "no number": report().replace(b"7000.00", b"NaN"),
    "a huge number": report().replace(b"7000.00", b"1e99"),
    "full-width digits": report().replace(b"7000.00", "７０００".encode()),
    "endless depth": b"<a>" * 100,
    "a long id": report().replace(b"<OrgnlEndToEndId>", b"<OrgnlEndToEndId>" + b"x" * 40),
    "an endless text": b"<a>" + b"x" * 20_000 + b"</a>",
    "not UTF-8": "end_to_end_id,status\nMFé,paid\n".encode("latin-1"),
    "a NUL": b"end_to_end_id,status\nMF\x00,paid\n",
    "no columns": b"a,b\n1,2\n",
    "an unknown encoding": b'<?xml version="1.0" encoding="x-none"?><a/>',
    "too much": b"<a>" + b" " * safe_xml.MOST_BYTES + b"</a>",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_report_is_refused_in_words(data):
    with pytest.raises(Refused):
        reports.read(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(Refused):
        reports.read(data)
