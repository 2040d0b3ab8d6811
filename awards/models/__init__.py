"""Awards, letters, claims and payments."""

from awards.models.awards import Award, AwardPartner, Condition, SpendLine
from awards.models.claims import Claim, ClaimLine, Payment
from awards.models.letters import Letter, LetterRequest

__all__ = [
    "Award",
    "AwardPartner",
    "Claim",
    "ClaimLine",
    "Condition",
    "Letter",
    "LetterRequest",
    "Payment",
    "SpendLine",
]
