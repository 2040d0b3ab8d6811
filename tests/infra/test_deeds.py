"""Refusals become words on the page."""

import pytest
from django import forms

from accounts.rules import Refused
from infra.deeds import STORAGE_AWAY, carry_out, outcome, refusal
from infra.storage import StorageAway


def refused(**facts):
    raise Refused(f"{facts['what']} cannot be changed.")


def away():
    raise StorageAway("timed out")


def broken():
    raise ValueError


def test_a_deed_that_is_done_says_nothing():
    assert refusal(dict, a=1) == ""


def test_a_refusal_is_told_in_its_own_words():
    assert refusal(refused, what="The bid") == "The bid cannot be changed."


def test_a_store_that_is_away_is_told_in_plain_words():
    assert refusal(away) == STORAGE_AWAY


def test_a_fault_is_not_hidden():
    with pytest.raises(ValueError):  # noqa: PT011 - it has no message
        refusal(broken)


def test_a_refusal_becomes_an_error_of_the_form():
    form = forms.Form({})
    assert not carry_out(form, refused, what="The bid")
    assert form.non_field_errors() == ["The bid cannot be changed."]


def test_what_a_deed_makes_is_handed_on():
    form = forms.Form({})
    assert outcome(form, dict, a=1) == {"a": 1}
    assert outcome(form, refused, what="The bid") is None
