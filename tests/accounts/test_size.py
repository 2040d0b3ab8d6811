"""The size of an enterprise follows from its figures as 2003/361/EC says, and the working can be read."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from accounts.size import CEILINGS, Figures, Related, worked_out
from accounts.states import Size

ONE, REAL = D(1), D("0.88723")
ORDER = [Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE]
HUGE = 10**11
FIGURES = st.builds(
    Figures,
    staff=st.decimals(0, 400, places=2),
    turnover=st.integers(0, 60_000_000),
    balance=st.integers(0, 60_000_000),
)
RELATED = st.builds(
    Related, name=st.just("Other"), identifier=st.just(""), share=st.decimals(0, 100, places=2), figures=FIGURES
)


def figures(staff=1, turnover=0, balance=0) -> Figures:
    return Figures(D(staff), turnover, balance)


def related(share, name="Fictional Holdings", **own) -> Related:
    return Related(name, "01234567", D(share), figures(**own))


def size(own: Figures, *others: Related, rate: D = ONE) -> str:
    return worked_out(own, others, rate).size


@pytest.mark.parametrize(
    ("staff", "expected"),
    [("9", "micro"), ("9.99", "micro"), ("10", "small"), ("49.99", "small"), ("50", "medium"), ("249.99", "medium"),
     ("250", "large")],
)  # fmt: skip
def test_staff_decide_at_10_50_and_250(staff, expected):
    assert size(figures(staff)) == expected


@pytest.mark.parametrize(
    ("turnover", "balance", "expected"),
    [(2_000_000, HUGE, "micro"), (2_000_001, 2_000_001, "small"), (HUGE, 2_000_000, "micro"),
     (10_000_000, HUGE, "small"), (10_000_001, 10_000_001, "medium"), (50_000_000, HUGE, "medium"),
     (50_000_001, 43_000_000, "medium"), (50_000_001, 43_000_001, "large")],
)  # fmt: skip
def test_either_turnover_or_balance_sheet_must_be_within_its_ceiling(turnover, balance, expected):
    assert size(figures(1, turnover, balance)) == expected


def test_a_ceiling_in_pounds_is_exact_to_the_pound():
    assert [size(figures(1, pounds, HUGE), rate=REAL) for pounds in (1_774_460, 1_774_461)] == ["micro", "small"]


def test_a_linked_enterprise_is_added_whole():
    working = worked_out(figures(38), [related("50.01", staff=40)], ONE)
    assert (working.size, working.staff) == (Size.MEDIUM, 78)
    assert working.lines[0] == "38 staff + 40 of linked Fictional Holdings = 78."


def test_a_partner_enterprise_is_added_pro_rata():
    working = worked_out(figures(38, 1_000), [related(50, staff=40, turnover=333)], ONE)
    assert (working.staff, working.turnover) == (58, D("1166.5"))
    assert working.lines[0] == "38 staff + 50 % of 40 of partner Fictional Holdings = 58."


def test_less_than_a_quarter_counts_for_nothing_and_says_so():
    working = worked_out(figures(9), [related("24.99", staff=400)], ONE)
    assert working.size == Size.MICRO
    assert "Fictional Holdings: 24.99 % is less than 25 %, so it is not counted." in working.lines


def test_a_quarter_is_a_partner():
    assert worked_out(figures(9), [related(25, staff=4)], ONE).staff == 10


def test_the_working_ends_with_the_ceilings_in_euros_and_pounds():
    assert worked_out(figures(12), [], REAL).lines[-1] == (
        "That is fewer than 50 staff, and turnover of at most €10 million (£8,872,300) or balance sheet of at most"
        " €10 million (£8,872,300): small."
    )


def test_the_working_of_a_large_enterprise_says_why():
    assert (
        worked_out(figures(250), [], ONE)
        .lines[-1]
        .endswith("and balance sheet above €43 million (£43,000,000): large.")
    )


@pytest.mark.parametrize(
    "own",
    [figures(-1), figures("NaN"), figures("Infinity"), figures("1.001"), figures(10**7), figures(1, -1),
     figures(1, 0, 10**15)],
)  # fmt: skip
def test_impossible_figures_are_refused(own):
    with pytest.raises(Refused):
        worked_out(own, [], ONE)


@pytest.mark.parametrize("share", ["-1", "100.01", "NaN", "33.333"])
def test_impossible_shares_are_refused(share):
    with pytest.raises(Refused, match="A share must be a percentage"):
        worked_out(figures(), [related(share)], ONE)


def test_no_more_than_50_enterprises_are_taken():
    with pytest.raises(Refused, match="At most 50"):
        worked_out(figures(), [related(30)] * 51, ONE)


@given(FIGURES, st.lists(RELATED, max_size=3), FIGURES)
def test_more_of_anything_never_makes_an_enterprise_smaller(own, others, more):
    larger = Figures(own.staff + more.staff, own.turnover + more.turnover, own.balance + more.balance)
    assert ORDER.index(size(own, *others)) <= ORDER.index(size(larger, *others))


@given(FIGURES, st.lists(RELATED, max_size=3), RELATED)
def test_another_enterprise_never_makes_one_smaller(own, others, another):
    assert ORDER.index(size(own, *others)) <= ORDER.index(size(own, *others, another))


@given(FIGURES, RELATED, st.decimals(0, 100, places=2))
def test_a_larger_share_never_makes_one_smaller(own, other, share):
    low, high = sorted([other.share, share])
    shares = [Related("Other", "", s, other.figures) for s in (low, high)]
    assert ORDER.index(size(own, shares[0])) <= ORDER.index(size(own, shares[1]))


@given(FIGURES, st.lists(RELATED, max_size=3))
def test_the_size_is_the_smallest_whose_ceilings_hold(own, others):
    working = worked_out(own, others, REAL)
    fits = [
        c.size
        for c in CEILINGS
        if working.staff < c.staff and (working.turnover <= c.turnover * REAL or working.balance <= c.balance * REAL)
    ]
    assert working.size == [*fits, Size.LARGE][0]
