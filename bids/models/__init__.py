"""Bids, their partners, costs, match funding and documents."""

from bids.models.aid import AidDeclaration, AidReceived
from bids.models.bids import Answer, Bid, BidVersion
from bids.models.documents import Document
from bids.models.finance import CostLine, MatchSource, Partner
from bids.models.match import MatchMessage, MatchVerification, SameMoney
from bids.models.parties import LaterParty
from bids.models.standing import Standing
from bids.models.team import Assignment, Invitation, Presence, TeamMember

__all__ = [
    "AidDeclaration",
    "AidReceived",
    "Answer",
    "Assignment",
    "Bid",
    "BidVersion",
    "CostLine",
    "Document",
    "Invitation",
    "LaterParty",
    "MatchMessage",
    "MatchSource",
    "MatchVerification",
    "Partner",
    "Presence",
    "SameMoney",
    "Standing",
    "TeamMember",
]
