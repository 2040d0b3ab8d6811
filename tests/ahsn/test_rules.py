"""A year's money is shared by formula, to the penny."""

import csv
import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from ahsn import rules
from ahsn.rules import formula_shares
from funds.money import pounds


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


@given(pence=st.integers(12, 10**12), times=st.sampled_from(rules.TIMES))
def test_instalments_come_to_the_allocation_and_cover_the_year(pence, times):
    parts = rules.schedule("2026-27", pence, times)
    sums = [part.pence for part in parts]
    assert (sum(sums), max(sums) - min(sums) <= 1, len(parts)) == (pence, True, times)
    assert (parts[0].starts_on, parts[-1].ends_on) == (dt.date(2026, 4, 1), dt.date(2027, 3, 31))
    assert all(b.starts_on - a.ends_on == dt.timedelta(days=1) for a, b in pairwise(parts))


@pytest.mark.parametrize("wrong", [{"times": 5}, {"times": 0}, {"pence": 3}, {"days": -1}])
def test_a_year_that_cannot_be_cut_so_is_refused(wrong):
    with pytest.raises(Refused):
        rules.schedule("2026-27", **{"pence": 100} | wrong)


def test_the_worked_example_of_the_documents(settings):
    with (settings.BASE_DIR / "infra/demo/reference/networks.csv").open(encoding="utf-8") as file:
        populations = {row["acronym"]: int(row["population_thousands"]) for row in csv.DictReader(file)}
    core, weighted = formula_shares(1_300_000_000, populations)["KSS"]
    assert (core, weighted) == (43_333_333, 52_920_354)
    parts = [part.pence for part in rules.schedule("2026-27", core + weighted)]
    assert parts == [24_063_422, 24_063_422, 24_063_422, 24_063_421]
    told = (settings.BASE_DIR / "docs/money.md").read_text(encoding="utf-8")
    assert [pounds(pence) in told for pence in (core, weighted, core + weighted, *parts)] == [True] * 7
