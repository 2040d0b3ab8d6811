"""Where a new competition begins: a template for each of the four streams, as data that officials then change."""

from funds.starters import dhtc, exchanges, integration, testbed
from funds.starters.shape import Starter
from funds.states import StreamCode

STARTERS: dict[str, Starter] = {
    StreamCode.SME_MATCH_FUNDED: dhtc.STARTER,
    StreamCode.TESTBED: testbed.STARTER,
    StreamCode.INTEGRATION: integration.STARTER,
    StreamCode.AHSN_ALLOCATION: exchanges.STARTER,
}

__all__ = ["STARTERS", "Starter"]
