"""Streams, competitions, envelopes, the ledger and approvals."""

from funds.models.approvals import Approval, Proposal, SentBack
from funds.models.competitions import (
    AskedDocument,
    Ceiling,
    Change,
    Competition,
    Question,
    Strand,
    SubsidyRegime,
)
from funds.models.ledger import Envelope, LedgerEntry, Stream
from funds.models.past_awards import PastAward
from funds.models.public import Enquiry, PublishedAnswer, SavedCompetition, SupportingFile

__all__ = [
    "Approval",
    "AskedDocument",
    "Ceiling",
    "Change",
    "Competition",
    "Enquiry",
    "Envelope",
    "LedgerEntry",
    "PastAward",
    "Proposal",
    "PublishedAnswer",
    "Question",
    "SavedCompetition",
    "SentBack",
    "Strand",
    "Stream",
    "SubsidyRegime",
    "SupportingFile",
]
