"""Awards, letters, claims and payments."""

from awards.models.awards import Award, AwardPartner, Condition, SpendLine
from awards.models.changes import Recovery, Suspension, Variation
from awards.models.claim_parts import Adjustment, ClaimDocument, Evidence, LineQuery, MatchSpent, QueryMessage
from awards.models.claims import Claim, ClaimLine, Payment
from awards.models.letters import Letter, LetterRequest, LetterRun, SignedAnnex
from awards.models.milestones import Milestone, MilestoneReached
from awards.models.payments import BankReport, PaymentRun, ReportLine, RunFile, RunItem
from awards.models.preparation import BankCheck, BankDetails, ConditionFile, CostReduction
from awards.models.reports import AnnualReview, Report
from awards.models.underspends import Underspend

__all__ = [
    "Adjustment",
    "AnnualReview",
    "Award",
    "AwardPartner",
    "BankCheck",
    "BankDetails",
    "BankReport",
    "Claim",
    "ClaimDocument",
    "ClaimLine",
    "Condition",
    "ConditionFile",
    "CostReduction",
    "Evidence",
    "Letter",
    "LetterRequest",
    "LetterRun",
    "LineQuery",
    "MatchSpent",
    "Milestone",
    "MilestoneReached",
    "Payment",
    "PaymentRun",
    "QueryMessage",
    "Recovery",
    "Report",
    "ReportLine",
    "RunFile",
    "RunItem",
    "SignedAnnex",
    "SpendLine",
    "Suspension",
    "Underspend",
    "Variation",
]
