"""Drawing the line under a ranked sheet."""

from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from assessments.solve.files import BadInput
from assessments.solve.panel import parse, solve

AMOUNTS = st.integers(0, 30)
SCORES = st.integers(600, 900).map(lambda tenths: Decimal(tenths) / 10)
BIDS = st.lists(st.tuples(SCORES, AMOUNTS, st.sampled_from(["Stroke", "Cancer", None])), max_size=8)


def sheet(*bids: tuple, budget=100, threshold=70, **theme_minimum: int):
    rows = [{"id": f"B{n}", "score": s, "cost": c, "theme": t} for n, (s, c, t) in enumerate(bids)]
    return {"bids": rows, "budget": budget, "threshold": threshold, "theme_minimum": theme_minimum}


def tried(asked: dict, theme_minimum: dict[str, int]) -> Decimal | None:
    """Return the best sum of scores by trying every set."""
    bids = [bid for bid in asked["bids"] if bid["score"] >= asked["threshold"]]
    sets = chain.from_iterable(combinations(bids, size) for size in range(len(bids) + 1))
    return max(
        (
            sum((bid["score"] for bid in some), Decimal(0))
            for some in sets
            if sum(bid["cost"] for bid in some) <= asked["budget"]
            and all(sum(bid["theme"] == t for bid in some) >= least for t, least in theme_minimum.items())
        ),
        default=None,
    )


@given(BIDS, AMOUNTS, st.integers(0, 3), st.integers(0, 2))
@examples(max_examples=150)
def test_totals_are_those_that_trying_every_set_gives(bids, budget, stroke, cancer):
    asked = sheet(*bids, budget=budget, Stroke=stroke, Cancer=cancer)
    panel = solve(parse(asked))
    assert (panel.knapsack_total, panel.portfolio_total) == (tried(asked, {}), tried(asked, asked["theme_minimum"]))


@given(BIDS, AMOUNTS, st.integers(0, 2))
@examples(max_examples=100)
def test_a_portfolio_keeps_threshold_budget_and_minimum_and_adds_up(bids, budget, stroke):
    asked = sheet(*bids, budget=budget, Stroke=stroke)
    panel = solve(parse(asked))
    funded = [bid for bid in asked["bids"] if bid["id"] in panel.portfolio]
    if panel.portfolio_total is not None:
        assert sum(bid["score"] for bid in funded) == panel.portfolio_total
        assert min([bid["score"] for bid in funded], default=70) >= 70
        assert (sum(bid["cost"] for bid in funded) <= budget, panel.because) == (True, "")
        assert sum(bid["theme"] == "Stroke" for bid in funded) >= stroke


@given(BIDS, AMOUNTS)
@examples(max_examples=50)
def test_the_order_of_the_file_does_not_matter(bids, budget):
    asked = sheet(*bids, budget=budget)
    assert solve(parse(asked)) == solve(parse(asked | {"bids": asked["bids"][::-1]}))


def test_from_the_top_it_stops_or_skips_at_what_does_not_fit():
    panel = solve(parse(sheet((90, 60, None), (80, 50, None), (75, 40, None), (60, 1, None))))
    assert (panel.top_down_stop, panel.top_down_skip) == (["B0"], ["B0", "B2"])


def test_rank_is_by_score_then_id():
    panel = solve(parse(sheet((80, 1, None), (90, 1, None), (80, 1, None))))
    assert panel.top_down_stop == ["B1", "B0", "B2"]


def test_the_best_total_may_leave_out_the_best_bid():
    panel = solve(parse(sheet((90, 100, None), (75, 50, None), (74.5, 50, None))))
    assert (panel.knapsack_total, panel.portfolio) == (Decimal("149.5"), ["B1", "B2"])


def test_pennies_count():
    panel = solve(parse(sheet((90, Decimal("50.01"), None), (80, 50, None))))
    assert panel.knapsack_total == 90


def test_large_sums_in_pence_are_exact():
    panel = solve(parse(sheet((90, 5_000_000_001, None), (80, 5_000_000_000, None), budget=10_000_000_000)))
    assert panel.portfolio == ["B0"]


@pytest.mark.parametrize(
    ("asked", "because"),
    [
        (sheet((90, 1, "Stroke"), (60, 1, "Cancer"), Cancer=1),
         "Cancer needs 1, but only 0 of its bids reach the threshold of 70."),
        (sheet((90, 1, "Stroke"), Stroke=2), "Stroke needs 2, but only 1 of its bids reaches the threshold of 70."),
        (sheet((90, 60, "Stroke"), (80, 1_050, "Cancer"), Stroke=1, Cancer=1),
         "The cheapest bids that meet the minimum of every theme cost 1,110 together, "
         "1,010 more than the budget of 100."),
    ],
)  # fmt: skip
def test_a_minimum_that_cannot_be_met_is_answered_in_words(asked, because):
    answer = solve(parse(asked)).as_dict()
    assert (answer["portfolio"], answer["portfolio_total"], answer["because"]) == ([], None, because)


def test_no_bids_is_an_answer_too():
    assert solve(parse(sheet())).as_dict() == {
        "top_down_stop": [], "top_down_skip": [], "knapsack_total": 0, "portfolio_total": 0, "portfolio": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([], "A panel file must hold a JSON object with the keys bids, budget and threshold."),
        ({"bids": 3}, "“bids” is the number 3: it must be a list."),
        (sheet((90, -1, None)), "bids[0].cost is -1: it must be 0 or more."),
        (sheet(("90", 1, None)), "bids[0].score is '90': it must be a number, 0 or more."),
        (sheet((float("nan"), 1, None)), "bids[0].score is nan: it must be a number, 0 or more."),
        (sheet((90, 1, 7)), "bids[0].theme is 7: it must be a word in quotation marks, or null."),
        (sheet(budget=None), "budget is None: it must be a number, 0 or more."),
        (sheet(budget=Decimal("1e400")),
         "budget is 1E+400: it must be below 1,000,000,000,000,000 and have 20 decimals at most."),
        (sheet(Stroke=-1), "theme_minimum.Stroke is -1: it must be a whole number, 0 or more."),
        (sheet() | {"bids": [{"id": "P", "score": 1, "cost": 1}] * 2},
         "bids[1]: the id 'P' stands twice. Give each bid its own id."),
        (sheet() | {"theme_minimum": []}, "“theme_minimum” is a list: it must be an object such as {“Stroke”: 1}."),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_its_place(asked, message):
    with pytest.raises(BadInput) as refusal:
        parse(asked)
    assert str(refusal.value) == message
