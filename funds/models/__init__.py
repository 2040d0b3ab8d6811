"""Streams, competitions, envelopes, the ledger and approvals."""

from funds.models.approvals import Approval, Proposal
from funds.models.competitions import Ceiling, Competition, Question, Strand, SubsidyRegime
from funds.models.ledger import Envelope, LedgerEntry, Stream

__all__ = [
    "Approval",
    "Ceiling",
    "Competition",
    "Envelope",
    "LedgerEntry",
    "Proposal",
    "Question",
    "Strand",
    "Stream",
    "SubsidyRegime",
]
