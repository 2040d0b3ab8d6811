"""The command that prints the ranked sheet."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast_assessments import assessed, submitted_bid

pytestmark = pytest.mark.django_db


def ranking(*arguments: str) -> str:
    out = StringIO()
    call_command("ranking", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def sheet(bid, assessment, competition, sme, fund_manager) -> list[str]:
    """References in rank order: a bid of 85 % with a dangerous title, and one that nobody has scored."""
    scored = submitted_bid(competition, sme, title="=HYPERLINK(1), or “so”")
    assessed(scored, [9, 8], fund_manager)
    assessed(scored, [9, 8], fund_manager)
    return [scored.reference, bid.reference]


def test_csv_is_for_spreadsheets_and_runs_no_formula(sheet, bid):
    assert list(csv.reader(StringIO(ranking("DHTC-T-1", "--csv")))) == [
        ["rank", "bid", "title", "lead", "assessments_counted", "score", "spread", "grant_pounds"],
        ["1", sheet[0], "'=HYPERLINK(1), or “so”", "Breathe Example Ltd", "2", "85.0", "0.0", "42000"],
        ["2", sheet[1], "A fictional bid", bid.lead.name, "0", "", "", "42000"],
    ]


def test_a_table_is_for_reading(sheet):
    lines = ranking("DHTC-T-1").splitlines()
    assert lines[1].split() == [
        "1", sheet[0], "=HYPERLINK(1),", "or", "“so”", "Breathe", "Example", "Ltd", "2", "85.0", "0.0", "42,000",
    ]  # fmt: skip
    assert lines[3] == "2 bids. Score and spread in per cent; only assessments handed in and counted."


def test_out_writes_a_file_and_nothing_on_the_screen(sheet, tmp_path):
    out = tmp_path / "sheet.csv"
    assert ranking("DHTC-T-1", "--csv", "--out", str(out)) == ""
    assert out.read_text(encoding="utf-8") == ranking("DHTC-T-1", "--csv")


def test_a_folder_that_is_not_there_is_named(sheet, tmp_path):
    with pytest.raises(CommandError, match=r"gone/sheet.csv cannot be written: No such file or directory"):
        ranking("DHTC-T-1", "--csv", "--out", str(tmp_path / "gone" / "sheet.csv"))


def test_an_unknown_competition_is_answered_with_those_that_exist(competition):
    with pytest.raises(CommandError, match=r"There is no competition NOPE. There are: DHTC-T-1\."):
        ranking("NOPE")


def test_and_says_when_there_are_none():
    with pytest.raises(CommandError, match=r"There are none yet\."):
        ranking("NOPE")


def test_a_competition_without_bids_is_an_empty_sheet(competition):
    assert ranking("DHTC-T-1", "--csv").splitlines() == [
        "rank,bid,title,lead,assessments_counted,score,spread,grant_pounds"
    ]
