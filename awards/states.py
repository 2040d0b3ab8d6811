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
UNDER_WAY = (A.ACCEPTED, A.LIVE)
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
    FRAUD = "fraud", "Fraud risk assessed"


class Rating(TextChoices):
    """A person's judgement."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class Modulus(TextChoices):
    """What the modulus check says of a sort code and an account number."""

    PASSED = "passed", "Passed"
    UNKNOWN = "unknown", "The sort code is not in the table"
    NOT_CHECKED = "not_checked", "Not checked: no table is installed"


class BankOutcome(TextChoices):
    """What a second person finds of bank details."""

    VERIFIED = "verified", "Verified"
    REFUSED = "refused", "Refused"


class LetterState(TextChoices):
    """waiting → stored: what the worker has still to do about a letter."""

    WAITING = "waiting", "Waiting"
    STORED = "stored", "Stored"


class LetterDeed(TextChoices):
    """What is done to many letters in one go."""

    PROPOSE = "propose", "Put forward"
    ISSUE = "issue", "Issue"


class AnnexState(TextChoices):
    """waiting → agreed or refused: what an official found on the annex that a director signed."""

    WAITING = "waiting", "Waiting to be checked"
    AGREED = "agreed", "Agreed"
    REFUSED = "refused", "Refused"


ANNEX_EDGES = ((AnnexState.WAITING, AnnexState.AGREED), (AnnexState.WAITING, AnnexState.REFUSED))


class ClaimState(TextChoices):
    """draft → submitted → reviewed → approved → instructed → paid; queried, rejected and returned on the way.

    The network's monitoring officer reviews, the fund manager approves, a run of two finance officers instructs.
    A claim for nothing is noted by the first of them, and that ends it.
    """

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    QUERIED = "queried", "Queried"
    REVIEWED = "reviewed", "Reviewed"
    APPROVED = "approved", "Approved"
    INSTRUCTED = "instructed", "Payment instructed"
    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned by the bank"
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
    (C.INSTRUCTED, C.RETURNED),
    (C.PAID, C.RETURNED),
    (C.RETURNED, C.INSTRUCTED),
    (C.RETURNED, C.REJECTED),
)
CLAIM_EDITABLE = (C.DRAFT, C.QUERIED)
CLAIM_AT_REST = (C.DRAFT, C.PAID, C.REJECTED, C.NIL)  # nobody has to settle these


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
    """instructed → paid | returned; paid → returned; returned → instructed, by a later run."""

    INSTRUCTED = "instructed", "Instructed"
    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned by the bank"


PAYMENT_EDGES = (
    (PaymentState.INSTRUCTED, PaymentState.PAID),
    (PaymentState.INSTRUCTED, PaymentState.RETURNED),
    (PaymentState.PAID, PaymentState.RETURNED),
    (PaymentState.RETURNED, PaymentState.INSTRUCTED),
)


class RunState(TextChoices):
    """proposed → made | cancelled: put forward by one finance officer, made into a file by another."""

    PROPOSED = "proposed", "Waits for a second person"
    MADE = "made", "File made"
    CANCELLED = "cancelled", "Cancelled"


RUN_EDGES = ((RunState.PROPOSED, RunState.MADE), (RunState.PROPOSED, RunState.CANCELLED))


class ItemState(TextChoices):
    """proposed → instructed → paid | returned; paid → returned; proposed → freed when its run is cancelled."""

    PROPOSED = "proposed", "In a proposed run"
    INSTRUCTED = "instructed", "Instructed"
    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned by the bank"
    FREED = "freed", "Freed with its run"


I = ItemState  # noqa: E741
ITEM_EDGES = (
    (I.PROPOSED, I.INSTRUCTED),
    (I.PROPOSED, I.FREED),
    (I.INSTRUCTED, I.PAID),
    (I.INSTRUCTED, I.RETURNED),
    (I.PAID, I.RETURNED),
)
ITEM_LIVE = (I.PROPOSED, I.INSTRUCTED, I.PAID)


class FileKind(TextChoices):
    """What a run is written as."""

    PAIN001 = "pain001", "ISO 20022 pain.001.001.09"
    CSV = "csv", "CSV for the finance system"


class BankReportKind(TextChoices):
    """In what the bank says what became of a run."""

    PAIN002 = "pain002", "ISO 20022 pain.002.001.10"
    CSV = "csv", "CSV"


class LineOutcome(TextChoices):
    """What a line of a bank's report did."""

    PAID = "paid", "Paid"
    RETURNED = "returned", "Returned"
    NO_CHANGE = "no_change", "Nothing new"
    UNKNOWN = "unknown", "Unknown to us"
    REFUSED = "refused", "Not taken"


class RecoveryKind(TextChoices):
    """Why money comes back."""

    CLAWBACK = "clawback", "Clawed back"
    REPAYMENT = "repayment", "Repaid by the organisation"


class RecoveryState(TextChoices):
    """proposed → demanded → received; dropped before the money has come."""

    PROPOSED = "proposed", "Waits for a second person"
    DEMANDED = "demanded", "Demanded"
    RECEIVED = "received", "Received"
    DROPPED = "dropped", "Dropped"


RECOVERY_OPEN = (RecoveryState.PROPOSED, RecoveryState.DEMANDED)
RECOVERY_EDGES = (
    (RecoveryState.PROPOSED, RecoveryState.DEMANDED),
    (RecoveryState.PROPOSED, RecoveryState.DROPPED),
    (RecoveryState.DEMANDED, RecoveryState.RECEIVED),
    (RecoveryState.DEMANDED, RecoveryState.DROPPED),
)


class VariationKind(TextChoices):
    """What changes in an award that is under way."""

    TIME = "time", "A later end"
    COSTS = "costs", "Money between cost categories"
    PARTNER = "partner", "Another organisation in a partner's place"


class VariationState(TextChoices):
    """proposed → agreed | dropped."""

    PROPOSED = "proposed", "Waits for a second person"
    AGREED = "agreed", "Agreed"
    DROPPED = "dropped", "Dropped"


VARIATION_EDGES = (
    (VariationState.PROPOSED, VariationState.AGREED),
    (VariationState.PROPOSED, VariationState.DROPPED),
)


class UnderspendState(TextChoices):
    """proposed → released | dropped."""

    PROPOSED = "proposed", "Waits for a second person"
    RELEASED = "released", "Released"
    DROPPED = "dropped", "Dropped"


UNDERSPEND_EDGES = (
    (UnderspendState.PROPOSED, UnderspendState.RELEASED),
    (UnderspendState.PROPOSED, UnderspendState.DROPPED),
)
