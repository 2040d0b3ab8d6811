"""Runs and reports raced from two sessions: a claim is paid once, and a report counts once."""

from functools import partial

import pytest

from accounts.models import User
from accounts.states import Role
from awards.actions import recovering, runs, suspending
from awards.models import BankReport, Claim, PaymentRun, Recovery, RunItem
from funds import watchdog
from funds.models import LedgerEntry
from tests.cast import person
from tests.cast_awards import QUARTER_OVER
from tests.cast_runs import made, now, payer, proposed, ready, report, second_finance
from tests.races.racing import at_once, refused

__all__ = ["payer", "ready", "second_finance"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
FO, FM = Role.FINANCE_OFFICER, Role.FUND_MANAGER


def making(run: PaymentRun, by: User):
    return partial(runs.make_run, run=run, by=by, role=FO, at=QUARTER_OVER)


def test_two_officers_make_one_run_once(ready, people, second_finance, department):
    run, third = proposed(ready, by=second_finance), person(Role.FINANCE_OFFICER, department)
    assert len(refused(at_once([making(run, people.finance_officer), making(run, third)]))) == 1
    assert LedgerEntry.objects.filter(kind="instructed").count() == 1


def test_one_officer_in_two_sessions_makes_it_once(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    assert refused(at_once([making(run, people.finance_officer)] * 2)) == []
    assert (LedgerEntry.objects.filter(kind="instructed").count(), PaymentRun.objects.get().state) == (1, "made")


def test_a_claim_is_put_into_one_of_two_runs(ready, people, second_finance):
    both = [partial(proposed, ready, by=by) for by in (second_finance, people.finance_officer)]
    assert len(refused(at_once(both))) == 1
    assert RunItem.objects.count() == 1


def test_making_and_cancelling_at_once_does_one_of_them(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    cancelling = partial(runs.cancel_run, run=run, reason="No", by=second_finance, role=FO, at=QUARTER_OVER)
    assert len(refused(at_once([making(run, people.finance_officer), cancelling]))) == 1
    ended = PaymentRun.objects.get().state
    assert (ended, Claim.objects.get().state) in {("made", "instructed"), ("cancelled", "approved")}


def test_the_same_report_twice_at_once_counts_once(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    taking = partial(report, f"MF{ready.reference},paid,,", by=people.finance_officer)
    assert refused(at_once([taking, taking])) == []
    assert (BankReport.objects.count(), LedgerEntry.objects.filter(kind="paid").count()) == (1, 1)
    assert watchdog.differences() == []


def test_two_reports_that_contradict_each_other_leave_one_truth(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    lines = (f"MF{ready.reference},paid,,", f"MF{ready.reference},returned,AC04,")
    at_once([partial(report, line, by=people.finance_officer) for line in lines])
    assert now(ready).state == "returned"
    assert watchdog.differences() == []


def test_a_run_and_a_suspension_at_once_never_pay_a_held_award(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    holding = partial(
        suspending.suspend, award=ready.award, reason="?", by=people.fund_manager, role=FM, at=QUARTER_OVER
    )
    assert len(refused(at_once([making(run, people.finance_officer), holding]))) <= 1
    assert now(ready).state in {"approved", "instructed"}


def test_two_demands_at_once_never_ask_back_more_than_was_paid(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    asking = [
        partial(recovering.propose_recovery, claim=ready, kind="clawback", pence=400_000, reason="?", by=by, role=FM,
                at=QUARTER_OVER)
        for by in (people.fund_manager, people.second_manager)
    ]  # fmt: skip
    assert len(refused(at_once(asking))) == 1
    assert Recovery.objects.count() == 1
