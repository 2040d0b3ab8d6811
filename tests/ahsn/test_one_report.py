"""One report of the bank settles a claim and an instalment together, in one transaction."""

from ahsn.models import Release
from awards import reconciling
from awards.models import Claim
from funds import watchdog
from tests.awards.conftest import *  # noqa: F403 - its fixtures: an award with a claim
from tests.cast import NOW
from tests.cast_networks import accepted, proposed
from tests.cast_networks import made as released
from tests.cast_runs import made, ready, report

__all__ = ["ready"]


def test_each_line_settles_what_is_its_own(
    ready, people, second_finance, due, lead, fund_manager, account, finance_officer
):
    made(ready, people=people, second=second_finance)
    accepted(due, lead, fund_manager)
    released(proposed(due, second_finance), finance_officer)
    lines = (f"MF{due.reference},returned,AC04 closed,", f"MF{ready.reference},paid,,7000.00", "MFX,paid,,")
    kept = report(*lines, by=finance_officer, at=NOW)
    assert list(kept.lines.values_list("outcome", "about", "item__claim__reference")) == [
        ("returned", due.reference, None), ("paid", "", ready.reference), ("unknown", "", None),
    ]  # fmt: skip
    assert (Claim.objects.get().state, Release.objects.get().state) == ("paid", "returned")
    assert (watchdog.differences(), [line.difference for line in reconciling.by_stream()]) == ([], [0])
