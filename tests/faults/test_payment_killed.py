"""A process killed at any place of a payment run leaves nothing half done, and who does it again pays once."""

import pytest

from awards import reconciling
from awards.actions import bank_reports, runs
from awards.models import BankReport, PaymentRun, RunFile
from funds import watchdog
from funds.models import Approval, LedgerEntry
from tests.cast_runs import FINANCE, made, now, payer, proposed, ready, report, second_finance
from tests.faults.dying import killed

__all__ = ["payer", "ready", "second_finance"]
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def entries(kind: str) -> int:
    """Return how many entries of a kind there are, after looking that every figure is true."""
    assert watchdog.differences() == []
    assert {line.difference for line in reconciling.by_stream()} == {0}
    return LedgerEntry.objects.filter(kind=kind).count()


def test_put_forward(ready, second_finance):
    assert all(killed(lambda: proposed(ready, by=second_finance), runs, name) for name in ("digest", "record"))
    assert PaymentRun.objects.count() == 0
    assert killed(lambda: proposed(ready, by=second_finance))
    assert [run.state for run in PaymentRun.objects.all()] == ["proposed"]


def test_made(ready, people, second_finance):
    run = proposed(ready, by=second_finance)

    def make() -> PaymentRun:
        return runs.make_run(run=run, by=people.finance_officer, **FINANCE)

    approved, filed, moved, written = "_write", "_end", "_instruct", "record"
    assert all(killed(make, runs, name) for name in (approved, filed, moved, written))
    assert (now(ready).state, RunFile.objects.count(), entries("instructed")) == ("approved", 0, 0)
    assert Approval.objects.filter(proposal__kind="run").count() == 0
    assert killed(make)
    assert make().state == "made"
    assert (now(ready).state, RunFile.objects.count(), entries("instructed")) == ("instructed", 2, 1)


def test_reported_by_the_bank(ready, people, second_finance):
    made(ready, people=people, second=second_finance)

    def take_in() -> BankReport:
        return report(f"MF{ready.reference},paid,,7000.00", by=people.finance_officer)

    assert all(killed(take_in, bank_reports, name) for name in ("settle", "record"))
    assert (now(ready).state, BankReport.objects.count(), entries("paid")) == ("instructed", 0, 0)
    assert killed(take_in)
    take_in()
    assert (now(ready).state, BankReport.objects.count(), entries("paid")) == ("paid", 1, 1)
