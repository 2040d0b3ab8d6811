"""A year's money is shared by formula, to the penny."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ahsn.rules import formula_shares


def test_thirteen_million_between_two_networks():
    assert formula_shares(1_300_000_000, {"A": 1, "B": 3}) == {
        "A": (325_000_000, 162_500_000),
        "B": (325_000_000, 487_500_000),
    }


@given(
    st.integers(1, 10**10),
    st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 10**4), min_size=1, max_size=15),
    st.integers(0, 100),
)
def test_the_shares_add_up_to_the_total(total, populations, core):
    assert sum(a + b for a, b in formula_shares(total, populations, core).values()) == total


def test_a_core_above_the_whole_is_refused():
    with pytest.raises(ValueError, match="between 0 and 100"):
        formula_shares(100, {"A": 1}, 101)
