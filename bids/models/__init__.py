"""Bids, their partners, costs, match funding and documents."""

from bids.models.bids import Answer, Bid, BidVersion
from bids.models.documents import Document
from bids.models.finance import CostLine, MatchSource, Partner

__all__ = ["Answer", "Bid", "BidVersion", "CostLine", "Document", "MatchSource", "Partner"]
