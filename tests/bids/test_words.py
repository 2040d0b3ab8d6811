"""The one word count."""

import pytest

from bids import words

COUNTED = [
    ("", 0),
    ("   \n\t ", 0),
    ("one", 1),
    ("two words", 2),
    ("line\r\nbreaks\ncount\rtoo", 4),
    ("well-known e-mail 3.5%", 3),
    ("a – b", 3),
    ("no\u00a0break", 2),
    ("hidden\u200bjoin", 2),
    ("blank\u2800braille\u3164filler", 3),
    ("\ufeffmark", 1),
    ("مرحبا بالعالم", 2),
]


@pytest.mark.parametrize(("text", "number"), COUNTED)
def test_words_are_runs_between_separators(text, number):
    assert words.count(text) == number


def test_no_text_is_over_a_limit_it_meets():
    assert words.over_limit("word " * 400, 400) == ""


def test_a_text_over_its_limit_says_by_how_much():
    assert words.over_limit("word " * 1_403, 400) == "1,403 words are more than the 400 allowed. Take out 1,003."


@pytest.mark.parametrize("text", ["nul \x00", "half \ud800", "x" * 400_001])
def test_a_text_that_cannot_be_kept_is_told(text):
    assert words.why_not_text(text) != ""


def test_plain_text_can_be_kept():
    assert words.why_not_text("Élan – 50 % 😀\n") == ""
