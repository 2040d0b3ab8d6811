"""The page of an award's changes, as two fund managers and finance use it."""

import pytest

from awards.models import Award, Recovery, Suspension, Variation
from tests.asking import get, post, text
from tests.cast_awards import QUARTER_OVER
from tests.cast_runs import made, now, payer, ready, report, second_finance

__all__ = ["payer", "ready", "second_finance"]
pytestmark = pytest.mark.django_db
LATER = {"ends_on_day": "31", "ends_on_month": "8", "ends_on_year": "2028", "reason": "Recruitment took longer."}


@pytest.fixture(autouse=True)
def in_june(clock) -> None:
    clock(QUARTER_OVER)


def test_two_managers_agree_to_a_later_end(live_award, people):
    post(people.fund_manager, "variation_time", live_award.reference, **LATER)
    variation = Variation.objects.get()
    mine = text(get(people.fund_manager, "award_changes", live_award.reference))
    theirs = text(get(people.second_manager, "award_changes", live_award.reference))
    assert ("Agree to" in mine, f"Agree to {variation.reference}" in theirs) == (False, True)
    post(people.second_manager, "variation_agree", live_award.reference, variation.pk)
    assert f"{Award.objects.get().ends_on}" == "2028-08-31"


def test_costs_that_do_not_add_up_are_told_beside_the_form(live_award, people):
    part = live_award.partners.get()
    answer = post(
        people.fund_manager, "variation_costs", live_award.reference, part.pk, reason="x", **part.costs | {"labour": 1}
    )
    assert "The costs must still come to £57,501 together" in text(answer)


@pytest.mark.parametrize("typed", ["-1", "NaN", "1e15", "１", "10" * 20, "\x00"])
def test_silly_costs_are_an_error(typed, live_award, people):
    part = live_award.partners.get()
    answer = post(
        people.fund_manager, "variation_costs", live_award.reference, part.pk, reason="x",
        **part.costs | {"labour": typed},
    )  # fmt: skip
    assert (answer.status_code in (200, 400), Variation.objects.count()) == (True, 0)


def test_an_unknown_organisation_is_told(live_award, people):
    part = live_award.partners.get()
    answer = post(
        people.fund_manager, "variation_partner", live_award.reference, part.pk, company_or_ods="XX", reason="x"
    )
    assert "No organisation with this number" in text(answer)


def test_payments_are_held_and_go_on(live_award, people):
    post(people.fund_manager, "award_suspend", live_award.reference, reason="Doubts about invoices.")
    assert "Held now" in text(get(people.fund_manager, "award_changes", live_award.reference))
    post(people.second_manager, "award_lift", live_award.reference)
    assert Suspension.objects.get().lifted_by == people.second_manager


def test_money_is_asked_back_demanded_and_received(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    post(
        people.fund_manager, "recovery_new", ready.reference, kind="clawback", pence="2,000.00", reason="Not eligible."
    )
    due = Recovery.objects.get()
    post(people.second_manager, "recovery_demand", due.reference)
    post(people.finance_officer, "recovery_receive", due.reference, bank_reference="IN 7")
    assert Recovery.objects.get().state == "received"
    assert "Received" in text(get(people.finance_officer, "award_changes", now(ready).award.reference))
