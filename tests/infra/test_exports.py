"""Tables as files: what they hold is what was given, and nothing in them runs."""

import csv
import io

import pytest
from defusedcsv import csv as safe_csv
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from infra.exports import csv_lines
from infra.sheets import CUT, LONGEST, Sheet, xlsx

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def parsed(rows) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_lines(["head"], rows)), newline="")))[1:]


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_a_csv_cell_is_what_was_given_or_defused(row):
    assert [(seen, seen.replace("\\|", "|")[1:])[seen.startswith("'") and seen != text]
            for seen, text in zip(parsed([row])[0], row, strict=True)] == row  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1+1", "-1+1", "|cmd", "%x", "\t=1", "\r=1", "＝1"])
def test_a_formula_is_text_in_csv(text):
    assert parsed([[text, "b"]])[0][0].startswith("'")


@pytest.mark.parametrize("cell", ["-5", "1,234.50", 7, None, 'a "b", c\nd', "plain"])
def test_other_cells_are_as_the_usual_writer_writes_them(cell):
    usual = io.StringIO()
    safe_csv.writer(usual, lineterminator="\n").writerow([cell, "b"])
    assert list(csv_lines(["h"], [[cell, "b"]]))[1] == usual.getvalue()


def read(sheets) -> dict[str, list[tuple]]:
    """Return sheet → rows, as another program reads the workbook."""
    book = load_workbook(io.BytesIO(b"".join(xlsx(sheets))))
    return {sheet.title: list(sheet.values) for sheet in book}


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_workbook_holds_sheets_of_texts_and_numbers(is_packed):
    rows = [("=1+1", 5, None), ("a\n<b>&\"'", True, ""), ("_x", "  blank ", "é")]
    found = read([Sheet("One & <two>", ("a", "b", "c"), rows, is_packed), Sheet("Empty", ("d",), [])])
    assert found == {
        "One & <two>": [("a", "b", "c"), ("=1+1", 5, None), ("a\n<b>&\"'", True, None), ("_x", "  blank ", "é")],
        "Empty": [("d",)],
    }


def test_a_formula_is_no_formula_in_a_workbook():
    book = load_workbook(io.BytesIO(b"".join(xlsx([Sheet("s", ("h",), [("=cmd|' /C calc'!A0",)])]))))
    assert book["s"]["A2"].data_type in ("s", "inlineStr")


def test_signs_that_xml_cannot_hold_are_left_out():
    assert read([Sheet("s", ("h",), [("a\x00\x0b\x1f\ufffe\uffff\ud800b",)])])["s"][1][0] in ("ab", "a?b")


def test_a_text_too_long_for_a_cell_says_that_it_is_cut():
    cell = read([Sheet("s", ("h",), [("x" * 40_000,)])])["s"][1][0]
    assert (len(cell), cell.endswith(CUT)) == (LONGEST, True)


def test_a_workbook_leaves_while_it_is_written():
    seen = []
    rows = ((seen.append(n) or n,) for n in range(500))
    pieces = xlsx([Sheet("s", ("h",), rows)])
    next(pieces)
    assert len(seen) < 500


def test_what_looks_like_a_code_of_excel_stays_what_it_is():
    assert unescape(read([Sheet("s", ("h",), [("_x0041_",)])])["s"][1][0]) == "_x0041_"
