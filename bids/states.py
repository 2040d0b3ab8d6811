"""States and kinds of bids, costs, match funding and documents."""

from django.db.models import TextChoices

from accounts.states import INVITATION_EDGES as INVITATION_EDGES
from accounts.states import InvitationState as InvitationState
from funds.states import CostCategory as CostCategory
from funds.states import MatchKind as MatchKind
from infra.scan import SCAN_EDGES as SCAN_EDGES
from infra.scan import ScanState as ScanState


class BidState(TextChoices):
    """draft → submitted → successful | reserve | unsuccessful; a later decision leads from one outcome to another.

    A submitted bid may be reopened while the competition is open; its last submitted version stands until the new one
    is in. Officials may find it ineligible and reinstate it. It may be withdrawn until a letter is signed.
    """

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    REOPENED = "reopened", "Reopened"
    INELIGIBLE = "ineligible", "Ineligible"
    SUCCESSFUL = "successful", "Successful"
    RESERVE = "reserve", "Reserve"
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"
    WITHDRAWN = "withdrawn", "Withdrawn"


BID_EDGES = (
    (BidState.DRAFT, BidState.SUBMITTED),
    (BidState.DRAFT, BidState.WITHDRAWN),
    (BidState.SUBMITTED, BidState.REOPENED),
    (BidState.SUBMITTED, BidState.INELIGIBLE),
    (BidState.SUBMITTED, BidState.SUCCESSFUL),
    (BidState.SUBMITTED, BidState.RESERVE),
    (BidState.SUBMITTED, BidState.UNSUCCESSFUL),
    (BidState.SUBMITTED, BidState.WITHDRAWN),
    (BidState.REOPENED, BidState.SUBMITTED),
    (BidState.REOPENED, BidState.WITHDRAWN),
    (BidState.INELIGIBLE, BidState.SUBMITTED),
    (BidState.RESERVE, BidState.SUCCESSFUL),
    (BidState.RESERVE, BidState.UNSUCCESSFUL),
    (BidState.RESERVE, BidState.WITHDRAWN),
    (BidState.SUCCESSFUL, BidState.RESERVE),
    (BidState.SUCCESSFUL, BidState.UNSUCCESSFUL),
    (BidState.SUCCESSFUL, BidState.WITHDRAWN),
    (BidState.UNSUCCESSFUL, BidState.SUCCESSFUL),
    (BidState.UNSUCCESSFUL, BidState.RESERVE),
)
EDITABLE = (BidState.DRAFT, BidState.REOPENED)
# A reopened bid still stands with its last submitted version.
STANDING = (BidState.SUBMITTED, BidState.REOPENED, BidState.SUCCESSFUL, BidState.RESERVE, BidState.UNSUCCESSFUL)


class MatchState(TextChoices):
    """declared → evidenced → verified | queried | rejected; queried → evidenced.

    Evidence in which a virus was found is taken back: evidenced → declared. A decision that no longer stands is looked
    at again: verified or rejected → evidenced. Verified on evidence that has grown too old: verified → queried.
    """

    DECLARED = "declared", "Declared"
    EVIDENCED = "evidenced", "Evidence given"
    QUERIED = "queried", "Queried"
    VERIFIED = "verified", "Verified"
    REJECTED = "rejected", "Rejected"


MATCH_EDGES = (
    (MatchState.DECLARED, MatchState.EVIDENCED),
    (MatchState.EVIDENCED, MatchState.DECLARED),
    (MatchState.EVIDENCED, MatchState.VERIFIED),
    (MatchState.EVIDENCED, MatchState.QUERIED),
    (MatchState.EVIDENCED, MatchState.REJECTED),
    (MatchState.QUERIED, MatchState.EVIDENCED),
    (MatchState.QUERIED, MatchState.REJECTED),
    (MatchState.VERIFIED, MatchState.EVIDENCED),
    (MatchState.VERIFIED, MatchState.QUERIED),
    (MatchState.REJECTED, MatchState.EVIDENCED),
)


class MatchOutcome(TextChoices):
    """What became of a source of match funding, each time anew."""

    VERIFIED = "verified", "Verified"
    QUERIED = "queried", "Queried"
    REJECTED = "rejected", "Rejected"
    REOPENED = "reopened", "To be looked at again"
    EXPIRED = "expired", "Evidence out of date"


# Outcome → the state in which it puts the source.
OUTCOME_STATES = {
    MatchOutcome.VERIFIED: MatchState.VERIFIED,
    MatchOutcome.QUERIED: MatchState.QUERIED,
    MatchOutcome.REJECTED: MatchState.REJECTED,
    MatchOutcome.REOPENED: MatchState.EVIDENCED,
    MatchOutcome.EXPIRED: MatchState.QUERIED,
}


class SameMoneyOutcome(TextChoices):
    """What was decided about money that is cited twice."""

    CLEARED = "cleared", "Counts in both"
    REJECTED = "rejected", "Does not count here"


class DocumentKind(TextChoices):
    """What a document is for."""

    APPENDIX = "appendix", "Appendix to an answer"
    MATCH_EVIDENCE = "match_evidence", "Evidence of match funding"
    OVERHEAD_WORKINGS = "overhead_workings", "Workings of overheads"
    OTHER = "other", "Other"


class TeamRole(TextChoices):
    """What somebody does on a bid. Whoever is not named is an editor of what their organisation may change."""

    LEAD = "lead", "Lead person"
    EDITOR = "editor", "Editor"
    FINANCE = "finance", "Finance"
    VIEWER = "viewer", "Viewer"
    REMOVED = "removed", "No longer on the bid"
