"""The people and money of the networks' tests."""

from tests.cast_networks import (  # noqa: F401 - fixtures
    account,
    due,
    exchanges,
    lead,
    other_lead,
    other_network,
    shared_out,
)
from tests.cast_runs import payer, second_finance  # noqa: F401 - fixtures
