"""The one word count."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import words

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


# What word processors and hostile hands paste: blanks, line ends and marks that nobody sees.
ODD = (
    "\x00\x01\t\n\x0b\x0c\r\x1c\x1f \x7f\x85\xa0\xad\u061c\u1680\u2000\u200b\u200c\u200d\u200e"
    "\u2028\u202e\u2060\u2066\u2800\u3000\ufe0f\ufeff"
)
TEXTS = st.text(st.sampled_from(ODD) | st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_a_text_made_plain_has_as_many_words(text):
    assert words.count(words.plain(text)) == words.count(text)


@given(TEXTS)
def test_a_plain_text_stays_as_it_is(text):
    assert words.plain(words.plain(text)) == words.plain(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_no_sign_that_can_be_seen_is_taken_out(text):
    assert words.plain(text) == text.replace("\u2800", " ").replace("\u3164", " ")


PLAIN = [
    ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
    ("no\u00a0break\u200bhidden\ufeffmark", "no break hidden mark"),
    ("a\tb", "a\tb"),
    ("\u202eturned\u202c\u200e \u2066round\u2069", "turned round"),
    ("soft\u00adhyphen", "softhyphen"),
    ("👨\u200d👩 می\u200cخواهم ❤\ufe0f", "👨\u200d👩 می\u200cخواهم ❤\ufe0f"),
]


@pytest.mark.parametrize(("pasted", "kept"), PLAIN)
def test_pasted_text_becomes_plain(pasted, kept):
    assert words.plain(pasted) == kept


@pytest.mark.parametrize("text", ["\u202e", "\u00ad \u200d", "\x01 \u200e\u200f", "\ufe0f"])
def test_what_nobody_can_see_is_no_word(text):
    assert words.count(text) == 0


def test_a_long_run_of_unseen_marks_is_counted_at_once():
    began = time.perf_counter()
    assert words.count("\u202e" * 400_000 + "a") == 1
    assert time.perf_counter() - began < 1
