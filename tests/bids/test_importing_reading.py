"""Files are read line by line, whatever stands in them."""

import pytest

from bids.importing import reading
from infra.importing import tables
from infra.importing.report import Entry, Outcome, Report


def read(tmp_path, body: bytes) -> list[tuple[int, dict | None, str]]:
    path = tmp_path / "bids.jsonl"
    path.write_bytes(body)
    return [tuple(line) for line in reading.json_lines(path)]


def problem(tmp_path, body: bytes) -> str:
    ((_, content, words),) = read(tmp_path, body)
    assert content is None
    return words


def test_lines_are_counted_from_1_and_blank_ones_passed_over(tmp_path):
    assert read(tmp_path, b'{"a": 1}\n\n  \n{"b": 2}') == [(1, {"a": 1}, ""), (4, {"b": 2}, "")]


def test_a_byte_order_mark_and_dos_line_ends_are_understood(tmp_path):
    assert read(tmp_path, b'\xef\xbb\xbf{"a": 1}\r\n{"b": 2}\r\n') == [(1, {"a": 1}, ""), (2, {"b": 2}, "")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": 1', "not valid JSON at character 8"),
        (b'{"a": "nul \x00"}', "not valid JSON"),
        (b'{"a": "nul \\u0000"}', "The field “a” holds characters that cannot be kept"),
        (b'{"a": {"b": ["half \\ud800"]}}', "The field “a” holds characters"),
        (b'{"a": "\xff"}', "not UTF-8 text (byte 8)"),
        (b"[1, 2]", "not a JSON object"),
        (b'{"a": NaN}', "holds NaN, which is not a number"),
        (b'{"a": -Infinity}', "holds -Infinity"),
        (b'{"a": 1, "a": 2}', "The field “a” stands twice"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "a number that is far too long"),
        (b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}", "nested too deeply"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"a": "' + b"x" * reading.MOST_BYTES + b'"}\n', "longer than 5 MB"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(tmp_path, body, words):
    assert words in problem(tmp_path, body)


def test_the_line_after_one_that_is_far_too_long_is_read(tmp_path):
    body = b'{"a": "' + b"x" * 12_000_000 + b'"}\n{"b": 2}\n'
    assert read(tmp_path, body)[1] == (2, {"b": 2}, "")


def test_a_file_that_is_none_or_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "utf16.jsonl").write_bytes("é".encode("utf-16"))
    for path in (tmp_path / "none.jsonl", tmp_path, tmp_path / "utf16.jsonl"):
        with pytest.raises(tables.BadFile, match=str(path)):
            tables.check(path)


def told() -> Report:
    report = Report("Import into DHTC-R1")
    for number in (1, 2, 4):
        report.add(Entry("bids.jsonl", number, Outcome.ACCEPTED, "A", f"B{number:06d}", ["start moved"]))
    report.add(Entry("bids.jsonl", 5, Outcome.REFUSED, "=cmd()", reason="“title” is missing."))
    return report


def test_the_report_tells_each_refusal_and_each_change_once():
    assert list(told().text()) == [
        "Import into DHTC-R1",
        "",
        "bids.jsonl: 4 lines, 0 accepted, 3 changed, 0 already there, 1 refused",
        "  line 5 refused (=cmd()): “title” is missing.",
        "  changed: start moved (lines 1–2, 4)",
    ]


def test_the_report_as_csv_holds_every_line_and_no_formula(tmp_path):
    told().write_csv(tmp_path / "report.csv")
    rows = (tmp_path / "report.csv").read_text().splitlines()
    assert rows[0] == "file,line,outcome,reference,subject,changes,notes,reason"
    assert rows[1] == "bids.jsonl,1,changed,B000001,A,start moved,,"
    assert rows[4] == "bids.jsonl,5,refused,,'=cmd(),,,“title” is missing."
