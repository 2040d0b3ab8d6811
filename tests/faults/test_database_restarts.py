"""A PostgreSQL that is restarted in the middle of a deed undoes it; who does it again finds all as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from audit.models import Event
from awards import tasks
from awards.actions import offers, runs
from awards.models import Award, Letter, RunFile
from funds import watchdog
from funds.models import LedgerEntry
from tests.asking import clock, post
from tests.cast_runs import FINANCE, payer, proposed, ready, second_finance
from tests.faults.dying import cut

__all__ = ["clock", "payer", "ready", "second_finance"]
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def restarted(deed: Callable[[], Any], module: Any, name: str) -> None:
    """Do a deed while PostgreSQL goes away where a function is called, and comes back."""
    whole = getattr(module, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, lambda *args, **facts: (cut(), whole(*args, **facts)))
        with pytest.raises(OperationalError):
            deed()
    connection.close()


def test_a_letter_that_was_stored_but_not_written_down_is_made_once(issued_award, store):
    before = len(store.letters())
    restarted(tasks.make_letters, tasks, "_keep")
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 0)
    assert tasks.make_letters() == (1, 0)
    assert (len(store.letters()) - before, Letter.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="letter.stored").count() == 1


def test_a_payment_run_instructs_nothing_and_is_made_again(ready, people, second_finance):
    run = proposed(ready, by=second_finance)

    def make() -> Any:
        return runs.make_run(run=run, by=people.finance_officer, **FINANCE)

    restarted(make, runs, "record_all")
    assert (RunFile.objects.count(), LedgerEntry.objects.filter(kind="instructed").count()) == (0, 0)
    assert make().state == "made"
    assert (LedgerEntry.objects.filter(kind="instructed").count(), watchdog.differences()) == (1, [])


def test_an_offer_commits_nothing_and_the_next_press_makes_it(bid, people, clock):
    def press() -> Any:
        return post(people.fund_manager, "award_offer", bid.reference)

    restarted(press, offers, "record")
    assert (Award.objects.count(), LedgerEntry.objects.filter(kind="committed").count()) == (0, 0)
    assert press().status_code == 302
    assert (Award.objects.count(), watchdog.differences()) == (1, [])
