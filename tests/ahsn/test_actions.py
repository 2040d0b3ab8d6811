"""Two people share out a year's money; every penny is committed in its pot."""

import pytest

from accounts.rules import Refused
from accounts.states import OrganisationKind
from ahsn import actions
from ahsn.models import Allocation, Network
from funds.models import Envelope
from tests.cast import NOW, organisation

FACTS = {"year": "2026-27", "role": "fund_manager", "at": NOW}


@pytest.fixture
def networks(db):
    for i in range(3):
        body = organisation(OrganisationKind.AHSN, f"Network {i}")
        Network.objects.create(organisation=body, acronym=f"N{i}", successor="", population_thousands=1000 + i)


def test_the_shares_fill_the_pot_to_the_penny(networks, stream, fund_manager, second_manager):
    actions.propose_allocations(stream=stream, pence=100_000_000, by=fund_manager, **FACTS)
    made = actions.approve_allocations(stream=stream, by=second_manager, **FACTS)
    pot = Envelope.objects.get(kind="pot", stream=stream)
    assert (pot.cap_pence, pot.committed_pence, sum(a.pence for a in made)) == (100_000_000,) * 3


def test_approving_again_changes_nothing(networks, stream, fund_manager, second_manager):
    actions.propose_allocations(stream=stream, pence=100, by=fund_manager, **FACTS)
    for _ in range(2):
        actions.approve_allocations(stream=stream, by=second_manager, **FACTS)
    assert Allocation.objects.count() == 3


def test_one_person_is_not_enough(networks, stream, fund_manager):
    actions.propose_allocations(stream=stream, pence=100, by=fund_manager, **FACTS)
    with pytest.raises(Refused, match="somebody else"):
        actions.approve_allocations(stream=stream, by=fund_manager, **FACTS)
