"""The commands that solve a file: an answer, or a refusal in words with nothing written."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.assessments.solve_cases import question

QUESTIONS = {
    "solve_allocation": question(),
    "solve_calibration": {"scores": [["P", "a", 80], ["P", "b", 60]], "lambda": 3},
    "solve_panel": {"bids": [{"id": "P", "score": 71.5, "cost": 5, "theme": "Stroke"}], "budget": 9, "threshold": 70},
}


@pytest.fixture
def ask(tmp_path):
    """Write a file, run a command on it, and return what it wrote."""

    def _ask(command: str, text: str, out: str = "out.json", **options) -> dict:
        (tmp_path / "in.json").write_text(text)
        call_command(command, tmp_path / "in.json", out=tmp_path / out, verbosity=0, **options)
        return json.loads((tmp_path / out).read_text())

    return _ask


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_allocation_writes_what_was_agreed(ask):
    answer = ask("solve_allocation", json.dumps(question(1, 1, k=2)))
    assert answer == {
        "pairs": [["B0", "A0"]], "unfilled": 1, "rule_violations": 0, "min_bid_total": 900, "total": 900,
        "optimal": True, "bound": 900, "shortfalls": [
            {"bid": "B0", "missing": 1, "because": "Only 1 eligible assessor is left, and 2 are wanted."}
        ],
    }  # fmt: skip


def test_calibration_writes_what_was_agreed(ask):
    answer = ask("solve_calibration", json.dumps(QUESTIONS["solve_calibration"]))
    assert answer == {"quality": {"P": 70.0}, "leniency": {"a": 2.5, "b": -2.5}, "components": 1}


def test_panel_writes_what_was_agreed(ask):
    assert ask("solve_panel", json.dumps(QUESTIONS["solve_panel"])) == {
        "top_down_stop": ["P"], "top_down_skip": ["P"],
        "knapsack_total": 71.5, "portfolio_total": 71.5, "portfolio": ["P"],
    }  # fmt: skip


@pytest.mark.parametrize("command", QUESTIONS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not whole JSON: Expecting value at line 1, column 1. It may have been cut short."),
        ('{"bids": [', "is not whole JSON: Expecting value at line 1, column 11. It may have been cut short."),
        ('{"bids": NaN}', "NaN is not a number that can be used. Replace it."),
        ("[" * 200_000, "is nested too deeply to be a question."),
        ("[]", "must"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_written(ask, tmp_path, command, text, message):
    with pytest.raises(CommandError) as refusal:
        ask(command, text)
    assert message in str(refusal.value)
    assert names(tmp_path) == {"in.json"}


@pytest.mark.parametrize("command", QUESTIONS)
def test_half_of_a_good_file_is_refused(ask, command):
    text = json.dumps(QUESTIONS[command])
    with pytest.raises(CommandError, match="is not whole JSON"):
        ask(command, text[: len(text) // 2])


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path):
    (tmp_path / "in.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match=r"absent\.json cannot be read: No such file or directory"):
        call_command("solve_panel", tmp_path / "absent.json", out=tmp_path / "out.json")
    with pytest.raises(CommandError, match="is not UTF-8 text: byte 0 cannot be read"):
        call_command("solve_panel", tmp_path / "in.json", out=tmp_path / "out.json")


def test_a_folder_that_is_not_there_is_named_before_any_work(ask, tmp_path):
    with pytest.raises(CommandError, match=r"there is no folder .*nowhere\. Make it first"):
        ask("solve_allocation", "not looked at", out="nowhere/out.json")
    with pytest.raises(CommandError, match="it is a folder"):
        ask("solve_allocation", "not looked at", out=".")


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_silly_time_limit_is_refused(ask, seconds):
    with pytest.raises(CommandError, match=r"--seconds is .*: it must be more than 0"):
        ask("solve_allocation", json.dumps(question()), seconds=seconds)


def test_an_answer_that_was_there_is_replaced_whole(ask, tmp_path):
    (tmp_path / "out.json").write_text("old")
    ask("solve_panel", json.dumps(QUESTIONS["solve_panel"]))
    assert names(tmp_path) == {"in.json", "out.json"}
    with pytest.raises(CommandError):
        ask("solve_panel", "{")
    assert json.loads((tmp_path / "out.json").read_text())["portfolio"] == ["P"]


def test_stages_and_the_answer_are_told(tmp_path, capsys):
    (tmp_path / "in.json").write_text(json.dumps(question()))
    call_command("solve_allocation", tmp_path / "in.json", out=tmp_path / "out.json", verbosity=2)
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("first program")
    assert told[-1].startswith("4 seats, 0 unfilled, 0 rule misses, worst bid 1700, total 3402 (at most 3402): proved")


def test_ids_that_are_numbers_come_back_as_numbers(ask):
    people = [{"id": 1, "capacity": 1}, {"id": "2", "capacity": 1}]
    asked = {
        "bids": [{"id": 10, "k": 1}, {"id": 9, "k": 2}],
        "assessors": people,
        "affinity": [[10, 1, 7], [9, "2", 8]],
    }
    found = ask("solve_allocation", json.dumps(asked))
    assert (found["pairs"], [short["bid"] for short in found["shortfalls"]]) == ([[10, 1], [9, "2"]], [9])
    bids = [{"id": key, "score": 80, "cost": 5} for key in (10, 9)]
    assert ask("solve_panel", json.dumps({"bids": bids, "budget": 5}))["top_down_stop"] == [9]


def test_true_is_not_the_bid_1(ask):
    asked = {"bids": [{"id": 1, "k": 1}], "assessors": [{"id": "A", "capacity": 1}], "affinity": [[True, "A", 7]]}
    with pytest.raises(CommandError, match="names the bid True"):
        ask("solve_allocation", json.dumps(asked))


def test_half_a_character_is_refused_before_anything_is_written(ask, tmp_path):
    with pytest.raises(CommandError, match="holds half a character"):
        ask("solve_calibration", '{"scores": [["\\ud800", "a", 5]]}')
    assert names(tmp_path) == {"in.json"}
