"""An event's changes as a person reads them."""

import pytest

from audit.changes import Change, lines


def test_a_pair_is_what_was_before_and_what_came_after():
    assert lines({"state": ["draft", "submitted"]}) == [Change("state", "draft", "submitted")]


def test_what_changed_stands_before_the_facts():
    told = lines({"sha256": "ab", "state": ["", "green"]})
    assert told == [Change("state", "nothing", "green"), Change("SHA-256", None, "ab")]


def test_a_list_of_two_hashes_is_no_change():
    assert lines({"evidence": ["ab", "cd"]}) == [Change("evidence", None, "ab, cd")]


def test_a_changed_list_is_a_change():
    assert lines({"types": [["lay"], ["clinical", "lay"]]}) == [Change("types", "lay", "clinical, lay")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (700_000, "700,000"),
        ({"2026-27": 5, "2027-28": 6}, "2026-27: 5, 2027-28: 6"),
        ({"2026-27": [5]}, '{"2026-27": [5]}'),
        ("large_company", "large company"),
        ("2026-07-08T21:00:00+00:00", "8 July 2026, 22:00:00 BST"),
        ([1, 2, 3], "1, 2, 3"),
        ([], "nothing"),
    ],
)
def test_values_are_told_in_words(value, text):
    assert lines({"fact": value}) == [Change("fact", None, text)]
