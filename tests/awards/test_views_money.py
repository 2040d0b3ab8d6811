"""Every total of the money pages is the sum of the rows that it opens."""

import datetime as dt
import re

import pytest
from dateutil.relativedelta import relativedelta

from accounts.states import Role
from awards import money
from awards.actions import recovering
from funds import movements
from tests.asking import get, queries_of, text
from tests.cast_awards import QUARTER_OVER
from tests.cast_runs import made, payer, ready, report, second_finance

__all__ = ["payer", "ready", "second_finance"]
pytestmark = pytest.mark.django_db
FIGURES = ("cap", "committed", "instructed", "paid", "exposure", "left")


@pytest.fixture(autouse=True)
def in_june(clock) -> None:
    clock(QUARTER_OVER)


@pytest.fixture
def paid(ready, people, second_finance):
    """A claim of £7,000 that the bank has paid."""
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    return ready


def test_every_figure_is_the_sum_of_the_entries_that_it_opens(paid):
    cells = money.matrix()
    assert len(cells) == 4  # three years and the stream
    for cell in cells:
        opened = {f: movements.total(movements.entries(cell.stream, figure=f, year=cell.year)) for f in FIGURES}
        assert opened == {figure: getattr(cell, figure) for figure in FIGURES}


def test_the_years_add_up_to_the_stream(paid):
    *years, stream = money.matrix()
    for figure in FIGURES:
        assert sum(getattr(cell, figure) for cell in years) == getattr(stream, figure)


def test_the_page_shows_exposure_and_what_falls_due(paid, people):
    shown = text(get(people.finance_officer, "money"))
    assert "£33,250" in shown  # £40,250 committed, £7,000 paid
    assert "June 2027" in shown


def test_plan_and_actuals_by_month(paid, live_award):
    months = {f"{m.month:%Y-%m}": m for m in money.forecast()}
    assert sum(m.planned for m in months.values()) == live_award.grant_pence
    assert (months["2027-05"].claimed, months["2027-06"].paid) == (700_000, 700_000)


def test_a_month_opens_the_lines_that_make_it(paid, people):
    [june] = [m for m in money.forecast() if f"{m.month:%Y-%m}" == "2027-06"]
    shown = text(get(people.fund_manager, "money_planned", "2027-06"))
    assert f"£{june.planned / 100:,.2f}" in shown


@pytest.mark.parametrize("month", ["2027-13", "x", "2027-6", "99999-01"])
def test_no_other_month_is_known(month, people):
    assert get(people.fund_manager, "money_planned", month).status_code == 404


def test_another_stream_is_not_known(people):
    assert get(people.fund_manager, "money_forecast", stream="x\x00y").status_code in (400, 404)


def test_the_table_comes_as_a_file(paid, people):
    lines = b"".join(get(people.finance_officer,
                         "money_download", "csv").streaming_content).decode().splitlines()  # fmt: skip
    assert re.match(r"sme_match_funded,all,300000000,4025000,700000,700000,3325000,", lines[-1])
    assert get(people.finance_officer, "money_download", "xlsx").status_code == 200
    assert get(people.finance_officer, "money_download", "pdf").status_code == 404


def test_the_pages_take_few_queries(paid, people):
    assert queries_of(people.finance_officer, "money") <= 10
    assert queries_of(people.finance_officer, "money_forecast") <= 10


@pytest.mark.parametrize(("figure", "column"), [("planned", "pence"), ("claimed", "grant_pence"), ("paid", "moved")])
def test_each_figure_of_the_forecast_is_the_sum_of_the_rows_that_it_opens(figure, column, paid):
    found = {m.month: getattr(m, figure) for m in money.forecast()} | {
        None: sum(getattr(m, figure) for m in money.forecast())
    }
    for month, pence in found.items():
        rows, total = money.rows_of(figure, None, month)
        assert (total, sum(getattr(row, column) for row in rows)) == (pence, pence)


def test_what_came_back_is_taken_off_so_that_both_pages_say_the_same_is_paid(paid, people):
    facts = {"role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
    asked = recovering.propose_recovery(
        claim=paid, kind="clawback", pence=120_050, reason="Not eligible", by=people.fund_manager,
        role=Role.FUND_MANAGER, at=QUARTER_OVER,
    )  # fmt: skip
    asked = recovering.demand_recovery(recovery=asked, by=people.finance_officer, **facts)
    recovering.receive_recovery(recovery=asked, bank_reference="BACS 9", by=people.finance_officer, **facts)
    total = sum(month.paid for month in money.forecast())
    assert (total, money.total(money.matrix(), "paid")) == (579_950, 579_950)
    assert "Recovered from the recipient −£1,200.50" in text(get(people.finance_officer, "money_paid", "all"))


def test_a_line_of_a_profile_stands_under_its_headings(paid, people):
    shown = text(get(people.fund_manager, "money_planned", "2027-06"))
    assert "Award Organisation Month Category Grant planned" in shown
    assert f"{paid.award.reference} Breathe Example Ltd June 2027 Labour £2,333.29" in shown


def test_the_forecast_has_no_gap_between_its_months(paid):
    months = [m.month for m in money.forecast()]
    assert months == [dt.date(2027, 3, 1) + relativedelta(months=n) for n in range(12)]


def test_the_pages_of_claims_and_payments_name_their_rows(paid, people):
    assert paid.reference in text(get(people.finance_officer, "money_claimed", "2027-05"))
    shown = text(get(people.finance_officer, "money_paid", "all", stream="sme_match_funded"))
    assert ("£7,000" in shown, paid.reference in shown) == (True, True)


def test_the_forecast_is_drawn_and_its_figures_are_said(paid, people):
    page = get(people.fund_manager, "money_forecast").content.decode()
    label = "Plan against actuals, March 2027 to February 2028: planned £40,250 at the end, claimed £7,000 at the end"
    assert label in " ".join(page.split())
