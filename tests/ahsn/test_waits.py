"""What waits for each person is counted where they begin."""

import pytest
from django.utils import timezone

from ahsn import actions, waits
from funds.second_person import waiting_for
from tests.cast import NOW
from tests.cast_networks import FM, proposed, signed


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_each_step_waits_for_who_takes_it(
    due, lead, fund_manager, auditor, account, payer, finance_officer, second_finance
):
    def counted() -> list[int]:
        officials = (fund_manager, finance_officer, second_finance, auditor)
        return [waits.returns(lead), *(waits.networks(user) for user in officials)]

    assert counted() == [4, 0, 0, 0, 0]
    signed(due, lead)
    assert counted() == [3, 1, 0, 0, 0]
    actions.accept_return(network_return=due.network_return, by=fund_manager, role=FM, at=NOW)
    assert counted() == [3, 0, 1, 1, 0]
    proposed(due, finance_officer)
    assert counted() == [3, 0, 0, 1, 0]


def test_shares_wait_for_the_second_fund_manager(shared_out, exchanges, fund_manager, second_manager):
    facts = {"stream": exchanges, "year": "2027-28", "role": FM, "at": NOW}
    actions.propose_allocations(pence=100_000, by=fund_manager, **facts)
    assert [waits.networks(fund_manager), waits.networks(second_manager)] == [0, 1]
    (found,) = waiting_for(second_manager)
    assert (found.what, found.path) == ("£1,000 shared between the networks in 2027-28", "/networks/shares/2027-28/")
