"""Kinds of organisation and the roles people hold in them."""

from django.db.models import TextChoices


class OrganisationKind(TextChoices):
    """What an organisation is; it decides which identifier it must carry.

    One that is known only as a funder becomes what it says it is when it takes part itself.
    """

    SME = "sme", "Small or medium-sized company"
    LARGE_COMPANY = "large_company", "Large company"
    NHS_BODY = "nhs_body", "NHS body"
    AHSN = "ahsn", "Academic Health Science Network"
    UNIVERSITY = "university", "University or research organisation"
    CHARITY = "charity", "Charity"
    DEPARTMENT = "department", "Government department"
    PARTNER = "partner", "Mentor or investor company"
    FUNDER = "funder", "Known only for the match funding it gives"


COMPANY_KINDS = (OrganisationKind.SME, OrganisationKind.LARGE_COMPANY, OrganisationKind.PARTNER)
BUSINESS_KINDS = COMPANY_KINDS
# Their money is public, and never match funding.
PUBLIC_KINDS = frozenset({OrganisationKind.NHS_BODY, OrganisationKind.AHSN, OrganisationKind.DEPARTMENT})


class Size(TextChoices):
    """Size of an enterprise (Commission Recommendation 2003/361/EC), or not a business."""

    MICRO = "micro", "Micro"
    SMALL = "small", "Small"
    MEDIUM = "medium", "Medium"
    LARGE = "large", "Large"
    NON_BUSINESS = "non_business", "Not a business"


class JoinAnswer(TextChoices):
    """What became of somebody's wish to be let into an organisation."""

    WAITING = "waiting", "Waiting for an answer"
    ACCEPTED = "accepted", "Let in"
    DECLINED = "declined", "Declined"


class InvitationState(TextChoices):
    """waiting → accepted | declined | withdrawn. One that waits for longer than its days has expired."""

    WAITING = "waiting", "Waiting"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


INVITATION_EDGES = tuple((InvitationState.WAITING, state) for state in InvitationState if state != "waiting")


class Role(TextChoices):
    """What a person may do for an organisation."""

    APPLICANT = "applicant", "Applicant"
    ASSESSOR = "assessor", "Assessor"
    AHSN_LEAD = "ahsn_lead", "AHSN lead"
    MONITORING_OFFICER = "monitoring_officer", "Monitoring officer"
    FUND_MANAGER = "fund_manager", "Fund manager"
    FINANCE_OFFICER = "finance_officer", "Finance officer"
    AUDITOR = "auditor", "Auditor"
    NHS_DECISION_MAKER = "nhs_decision_maker", "NHS decision maker"
    CLINICIAN = "clinician", "Clinician"
    MENTOR = "mentor", "Mentor or investor"


class MessageOutcome(TextChoices):
    """How an e-mail ended; blank while nobody knows."""

    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Not delivered"


# Staff need a second factor before they may do anything.
STAFF_ROLES = frozenset(
    {Role.AHSN_LEAD, Role.MONITORING_OFFICER, Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR}
)
# Who reads what has been submitted; they cannot bid themselves.
OFFICIAL_ROLES = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})
CHECKS_ORGANISATIONS = frozenset({Role.FUND_MANAGER})
# Which kinds of organisation a role may be held in.
ROLE_KINDS: dict[Role, frozenset[OrganisationKind]] = {
    Role.APPLICANT: frozenset(OrganisationKind) - {OrganisationKind.DEPARTMENT, OrganisationKind.FUNDER},
    Role.ASSESSOR: frozenset(OrganisationKind),
    Role.AHSN_LEAD: frozenset({OrganisationKind.AHSN}),
    Role.MONITORING_OFFICER: frozenset({OrganisationKind.AHSN}),
    Role.FUND_MANAGER: frozenset({OrganisationKind.DEPARTMENT}),
    Role.FINANCE_OFFICER: frozenset({OrganisationKind.DEPARTMENT}),
    Role.AUDITOR: frozenset({OrganisationKind.DEPARTMENT}),
    Role.NHS_DECISION_MAKER: frozenset({OrganisationKind.NHS_BODY}),
    Role.CLINICIAN: frozenset({OrganisationKind.NHS_BODY}),
    Role.MENTOR: frozenset({OrganisationKind.PARTNER, OrganisationKind.LARGE_COMPANY, OrganisationKind.SME}),
}
