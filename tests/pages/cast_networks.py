"""Instalments of a network, as the pages show them: one released, one to be decided on, one being written."""

import pytest

from ahsn.models import Instalment
from tests.cast_networks import (
    accepted,
    account,
    exchanges,
    lead,
    made,
    other_network,
    proposed,
    saved,
    shared_out,
    signed,
)
from tests.cast_runs import payer, second_finance

__all__ = ["account", "exchanges", "lead", "other_network", "payer", "second_finance", "shared_out"]


@pytest.fixture
def shown_instalments(
    shared_out, lead, account, payer, fund_manager, finance_officer, second_finance
) -> list[Instalment]:
    """The instalments of two networks, on different steps of their way."""
    accepted(shared_out[0], lead, fund_manager)
    made(proposed(shared_out[0], second_finance), finance_officer)
    signed(shared_out[1], lead)
    saved(shared_out[2], lead)
    return shared_out
