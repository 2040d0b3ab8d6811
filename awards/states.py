"""States of awards, claims and payments."""

from django.db.models import TextChoices


class AwardState(TextChoices):
    """offered → conditions_met → letter_issued → accepted → live → completed."""

    OFFERED = "offered", "Offered, with conditions"
    CONDITIONS_MET = "conditions_met", "Conditions met"
    LETTER_ISSUED = "letter_issued", "Letter issued"
    ACCEPTED = "accepted", "Accepted"
    LIVE = "live", "Live"
    COMPLETED = "completed", "Completed"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    TERMINATED = "terminated", "Terminated"


A = AwardState
AWARD_EDGES = (
    (A.OFFERED, A.CONDITIONS_MET),
    (A.OFFERED, A.WITHDRAWN),
    (A.OFFERED, A.DECLINED),
    (A.CONDITIONS_MET, A.LETTER_ISSUED),
    (A.CONDITIONS_MET, A.OFFERED),
    (A.CONDITIONS_MET, A.WITHDRAWN),
    (A.CONDITIONS_MET, A.DECLINED),
    (A.LETTER_ISSUED, A.ACCEPTED),
    (A.LETTER_ISSUED, A.DECLINED),
    (A.LETTER_ISSUED, A.LAPSED),
    (A.LETTER_ISSUED, A.WITHDRAWN),
    (A.ACCEPTED, A.LIVE),
    (A.ACCEPTED, A.TERMINATED),
    (A.LIVE, A.COMPLETED),
    (A.LIVE, A.TERMINATED),
)


class ConditionKind(TextChoices):
    """What must be settled before the letter."""

    MATCH = "match", "Match funding verified in full"
    BANK = "bank", "Bank details checked"
    VIABILITY = "viability", "Finance viability rated"
    DUE_DILIGENCE = "due_diligence", "Due diligence rated"


class Rating(TextChoices):
    """A person's judgement."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class LetterState(TextChoices):
    """waiting → stored: what the worker has still to do about a letter."""

    WAITING = "waiting", "Waiting"
    STORED = "stored", "Stored"


class ClaimState(TextChoices):
    """draft → submitted → reviewed → approved → instructed → paid; queried and rejected on the way.

    The network's monitoring officer reviews, the fund manager approves, the finance officer instructs: three people.
    A claim for nothing is noted by the first of them, and that ends it.
    """

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    QUERIED = "queried", "Queried"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    INSTRUCTED = "instructed", "Payment instructed"
    PAID = "paid", "Paid"
    REJECTED = "rejected", "Rejected"
    NIL = "nil", "Nothing claimed"


C = ClaimState
CLAIM_EDGES = (
    (C.DRAFT, C.SUBMITTED),
    (C.SUBMITTED, C.QUERIED),
    (C.SUBMITTED, C.REVIEWED),
    (C.SUBMITTED, C.REJECTED),
    (C.SUBMITTED, C.NIL),
    (C.QUERIED, C.SUBMITTED),
    (C.REVIEWED, C.APPROVED),
    (C.REVIEWED, C.QUERIED),
    (C.REVIEWED, C.REJECTED),
    (C.APPROVED, C.INSTRUCTED),
    (C.APPROVED, C.QUERIED),
    (C.INSTRUCTED, C.PAID),
)
CLAIM_EDITABLE = (C.DRAFT, C.QUERIED)


class QueryState(TextChoices):
    """open → answered → settled; an answer that does not do is asked about again."""

    OPEN = "open", "Waits for an answer"
    ANSWERED = "answered", "Answered"
    SETTLED = "settled", "Settled"


QUERY_EDGES = (
    (QueryState.OPEN, QueryState.ANSWERED),
    (QueryState.OPEN, QueryState.SETTLED),
    (QueryState.ANSWERED, QueryState.OPEN),
    (QueryState.ANSWERED, QueryState.SETTLED),
)


class ReportKind(TextChoices):
    """What has to be sent with claims, and at the end of the project."""

    ACCOUNTANT = "accountant", "Independent accountant’s report"
    STATEMENT = "statement", "Statement of expenditure"
    FINAL = "final", "Final report of the project"


class ReportState(TextChoices):
    """waiting → accepted | sent_back."""

    WAITING = "waiting", "Waits to be read"
    ACCEPTED = "accepted", "Accepted"
    SENT_BACK = "sent_back", "Sent back"


REPORT_EDGES = (
    (ReportState.WAITING, ReportState.ACCEPTED),
    (ReportState.WAITING, ReportState.SENT_BACK),
)


class PaymentState(TextChoices):
    """instructed → paid | returned."""

    INSTRUCTED = "instructed", "Instructed"
    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned by the bank"


PAYMENT_EDGES = (
    (PaymentState.INSTRUCTED, PaymentState.PAID),
    (PaymentState.INSTRUCTED, PaymentState.RETURNED),
    (PaymentState.RETURNED, PaymentState.INSTRUCTED),
)
