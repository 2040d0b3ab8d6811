"""Real-world testing: a small company gathers evidence for its product in an NHS test site.

Planning projects up to £50,000 and studies up to £250,000 of total cost, 12 months, grant up to 50 per cent.
"""

from accounts.states import OrganisationKind as Kind
from funds.starters import shape
from funds.starters.shape import Starter, asked
from funds.states import Collaboration, ResearchCategory

STARTER = Starter(
    about="A small company tests an innovative medicine or device with an NHS site: planning projects and studies.",
    regime="gber_2014",
    fields={
        "summary": "Small companies can apply for grants of up to half their costs to gather evidence for innovative"
        " medicines, devices and diagnostics in the NHS sites that would use them.",
        "eligibility": "A small or medium-sized company leads. An NHS body in which the test takes place is a partner."
        " The product may be used in the study on the day on which it begins.",
        "scope": "Tests in everyday NHS practice of products that work already. Research that is needed before patients"
        " may use a product is out of scope.",
        "lead_kinds": [Kind.SME],
        "partner_kinds": [Kind.NHS_BODY, Kind.UNIVERSITY, Kind.CHARITY, Kind.SME],
        "non_business_share_percent": 50,
        "bids_per_business": 2,
        "leads_per_business": 1,
        "max_percent": 50,
        "cost_categories": shape.ALL_COSTS,
        "match_is_required": True,
        "match_kinds": ["own_reserves", "equity", "loan", "customer", "charity"],
        "in_kind_percent": 0,
        "assessors_per_bid": 3,
        "assessor_types_needed": {"clinical": 1, "methodology": 1},
        "not_own_region": True,
        "letter_conditions": [
            "The NHS test site confirms in writing that the study may begin.",
            "Approvals that the study needs are in place before patients take part.",
            shape.REPORTING,
        ],
    },
    strands=(
        {
            "code": "planning", "title": "Planning projects", "categories": [ResearchCategory.FEASIBILITY],
            "cost_min_pounds": 10_000, "cost_max_pounds": 50_000, "months_min": 1, "months_max": 12,
            "collaboration": Collaboration.COLLABORATIVE, "claiming_partners_min": 1,
        },
        {
            "code": "study", "title": "Studies", "categories": [ResearchCategory.INDUSTRIAL],
            "cost_min_pounds": 50_000, "cost_max_pounds": 250_000, "months_min": 3, "months_max": 12,
            "collaboration": Collaboration.COLLABORATIVE, "claiming_partners_min": 1,
        },
    ),
    questions=(
        shape.SUMMARY,
        shape.PUBLIC,
        shape.SCOPE,
        asked(
            "product", "The product", "What is the product, and what is known about it already?",
            "Say what it does, how far it is, its regulatory status and the evidence so far, good and bad.",
        ),
        asked(
            "question", "The question to be answered", "Which decision will the evidence allow, and whose is it?",
            "Name the buyer, body or clinician who cannot decide today, and what they have told you they need to see.",
            weight=2,
        ),
        asked(
            "design", "Design of the study", "How will you find out?",
            "Describe patients, setting, comparison, outcomes, sample size and analysis. Say how everyday practice is"
            " kept as it is. A protocol or draft may go into the appendix.",
            weight=2, takes_appendix=True,
        ),
        asked(
            "site", "The test site", "Why this NHS site, and how is it part of the work?",
            "Say who leads there, how patients are found, what staff have to do differently and how the site decided.",
        ),
        asked(
            "patients", "Patients and the public", "How have patients shaped the study, and how are they kept safe?",
            "Cover consent, burden, inclusion of people who are often left out, and what happens when the study ends.",
        ),
        shape.TEAM,
        shape.MANAGEMENT,
        shape.RISKS,
        asked(
            "next", "After the study", "What happens when the results are in, good or bad?",
            "Say how results are published either way, and what the way into everyday use would be.",
        ),
        shape.VALUE,
    ),
    documents=(
        {
            "title": "Letter from the NHS test site",
            "guidance": "Signed by somebody who may commit the site: it takes part, names its lead, knows its costs.",
            "is_required": True,
        },
        {
            "title": "Draft protocol", "guidance": "For studies, as far as it exists.", "is_required": False,
        },
    ),
)  # fmt: skip
