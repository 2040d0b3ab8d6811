"""States and kinds of streams, competitions and ledger entries."""

from django.db.models import TextChoices


class StreamCode(TextChoices):
    """The four streams announced on 14 July 2017."""

    AHSN_ALLOCATION = "ahsn_allocation", "Innovation Exchanges"
    SME_MATCH_FUNDED = "sme_match_funded", "Digital Health Technology Catalyst"
    TESTBED = "testbed", "Real-world testing"
    INTEGRATION = "integration", "Pathway Transformation Fund"


class CompetitionState(TextChoices):
    """draft → published → in_assessment → at_panel → decided → closed.

    Whether a published competition is open to bids is a matter of its dates, not of its state.
    """

    DRAFT = "draft", "Being set up"
    PUBLISHED = "published", "Published"
    IN_ASSESSMENT = "in_assessment", "In assessment"
    AT_PANEL = "at_panel", "At panel"
    DECIDED = "decided", "Decided"
    CLOSED = "closed", "Closed"


COMPETITION_EDGES = (
    (CompetitionState.DRAFT, CompetitionState.PUBLISHED),
    (CompetitionState.PUBLISHED, CompetitionState.IN_ASSESSMENT),
    (CompetitionState.IN_ASSESSMENT, CompetitionState.AT_PANEL),
    (CompetitionState.AT_PANEL, CompetitionState.DECIDED),
    (CompetitionState.DECIDED, CompetitionState.CLOSED),
)


class EntryKind(TextChoices):
    """What a ledger entry does to the counters; the amount is always above zero."""

    APPROPRIATION = "appropriation", "Appropriation"  # stream and year: cap up
    WITHDRAWAL = "withdrawal", "Appropriation withdrawn"  # stream and year: cap down
    ALLOCATED = "allocated", "Allocated to a competition"  # stream: allocated up; competition: cap up
    DEALLOCATED = "deallocated", "Returned by a competition"  # the reverse
    COMMITTED = "committed", "Committed to an award"
    RELEASED = "released", "Commitment released"
    INSTRUCTED = "instructed", "Payment instructed"
    RETURNED = "returned", "Payment returned by the bank"
    PAID = "paid", "Paid"
    RECOVERED = "recovered", "Recovered from the recipient"


class EnvelopeKind(TextChoices):
    """What a counter counts for."""

    STREAM = "stream", "Stream"
    YEAR = "year", "Financial year of a stream"
    POT = "pot", "Competition or allocation round"
    AWARD = "award", "Award or network's allocation"


class AidCurrency(TextChoices):
    """Currency in which aid is published, or a limit of aid is set."""

    GBP = "GBP", "Pounds"
    EUR = "EUR", "Euros"


class ResearchCategory(TextChoices):
    """Kind of work, which sets the grant ceiling: research (GBER 651/2014, Article 25), or taking up what is proven."""

    FEASIBILITY = "feasibility", "Feasibility study"
    INDUSTRIAL = "industrial", "Industrial research"
    EXPERIMENTAL = "experimental", "Experimental development"
    ADOPTION = "adoption", "Adoption in practice"


class CostCategory(TextChoices):
    """Categories of eligible cost, in the order in which letters and claims print them."""

    LABOUR = "labour", "Labour"
    OVERHEADS = "overheads", "Overheads"
    MATERIALS = "materials", "Materials"
    CAPITAL_USAGE = "capital_usage", "Capital usage"
    SUBCONTRACTING = "subcontracting", "Subcontracting"
    TRAVEL = "travel_and_subsistence", "Travel and subsistence"
    OTHER = "other", "Other costs"


class MatchKind(TextChoices):
    """Where match funding comes from. Public money is never match funding."""

    OWN_RESERVES = "own_reserves", "Own reserves"
    EQUITY = "equity", "Equity investment"
    LOAN = "loan", "Loan"
    CUSTOMER = "customer", "Customer"
    CHARITY = "charity", "Charity"
    IN_KIND = "in_kind", "In kind"


class AssessorType(TextChoices):
    """What an assessor is asked to judge."""

    CLINICAL = "clinical", "Clinical"
    COMMERCIAL = "commercial", "Commercial"
    METHODOLOGY = "methodology", "Methodology"
    LAY = "lay", "Lay"


class ChangeKind(TextChoices):
    """What has changed since a competition was published."""

    CORRECTION = "correction", "Correction"
    NOTE = "note", "Clarification"
    DEADLINE = "deadline", "Deadline moved"
    FILE = "file", "Supporting file"
    ANSWER = "answer", "Answer to a question"


class Collaboration(TextChoices):
    """Whether a strand takes single bidders, consortia or both."""

    EITHER = "either", "Single or collaborative"
    SINGLE = "single", "Single"
    COLLABORATIVE = "collaborative", "Collaborative"


class EnquiryState(TextChoices):
    """asked → answered | published; answered → published."""

    ASKED = "asked", "Waiting for an answer"
    ANSWERED = "answered", "Answered to you"
    PUBLISHED = "published", "Answered for everybody"


ENQUIRY_EDGES = (
    (EnquiryState.ASKED, EnquiryState.ANSWERED),
    (EnquiryState.ASKED, EnquiryState.PUBLISHED),
    (EnquiryState.ANSWERED, EnquiryState.PUBLISHED),
)
