"""What every random walk over deeds on money shares: its steps are undone at its end, and the ledger stays true."""

import datetime as dt
from contextlib import contextmanager

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, run_state_machine_as_test

from accounts.rules import Refused
from funds import watchdog
from funds.models import Envelope


class MoneyWalk(RuleBasedStateMachine):
    """Deeds in any order, each done whole or refused in words; `done` says which, over all walks."""

    at: dt.datetime
    done: list[str] = []

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @contextmanager
    def deed(self, name: str):
        self.at += dt.timedelta(hours=7)
        try:
            with transaction.atomic():
                yield
            self.done.append(name)
        except Refused:
            self.done.append("refused")

    @invariant()
    def counters_are_the_sum_of_their_entries(self) -> None:
        assert watchdog.differences() == []

    @invariant()
    def nothing_is_above_what_stands_over_it(self) -> None:
        envelopes = list(Envelope.objects.all())
        for e in envelopes:
            assert 0 <= e.paid_pence <= e.instructed_pence <= e.committed_pence <= e.cap_pence
            assert e.allocated_pence <= e.cap_pence
        totals = {kind: sum(e.paid_pence for e in envelopes if e.kind == kind) for kind in ("stream", "award")}
        assert totals["stream"] == totals["award"]


def walk(machine: type[MoneyWalk], walks: int, steps: int) -> set[str]:
    """Walk so often, so many steps; return the names of all that was done."""
    machine.done = []
    how = settings(
        max_examples=walks, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=how)
    return set(machine.done)
