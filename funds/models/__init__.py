"""Streams, competitions, envelopes, the ledger and approvals."""

from funds.models.approvals import Approval, Proposal
from funds.models.competitions import Ceiling, Competition, Question, Strand, SubsidyRegime
from funds.models.ledger import Envelope, LedgerEntry, Stream
from funds.models.public import Enquiry, PublishedAnswer, SavedCompetition, SupportingFile

__all__ = [
    "Approval",
    "Ceiling",
    "Competition",
    "Enquiry",
    "Envelope",
    "LedgerEntry",
    "Proposal",
    "PublishedAnswer",
    "Question",
    "SavedCompetition",
    "Strand",
    "Stream",
    "SubsidyRegime",
    "SupportingFile",
]
