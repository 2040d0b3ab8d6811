"""Awards, letters, claims and payments."""

from awards.models.awards import Award, AwardPartner, Condition, SpendLine
from awards.models.claim_parts import Adjustment, ClaimDocument, Evidence, LineQuery, MatchSpent, QueryMessage
from awards.models.claims import Claim, ClaimLine, Payment
from awards.models.letters import Letter, LetterRequest
from awards.models.reports import AnnualReview, Report

__all__ = [
    "Adjustment",
    "AnnualReview",
    "Award",
    "AwardPartner",
    "Claim",
    "ClaimDocument",
    "ClaimLine",
    "Condition",
    "Evidence",
    "Letter",
    "LetterRequest",
    "LineQuery",
    "MatchSpent",
    "Payment",
    "QueryMessage",
    "Report",
    "SpendLine",
]
