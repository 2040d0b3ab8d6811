"""Pathway Transformation Fund: NHS organisations take up proven technology. No match funding; it is not a subsidy."""

from accounts.states import OrganisationKind as Kind
from funds.starters import shape
from funds.starters.shape import Starter, asked, told
from funds.states import Collaboration, ResearchCategory

STARTER = Starter(
    about="NHS organisations train staff and change pathways so that proven technology becomes everyday practice.",
    regime="no_subsidy",
    fields={
        "summary": "NHS organisations can apply for money to take up proven technology: training and accreditation,"
        " redesign of pathways, specialist staff for a new step, and running old and new side by side.",
        "eligibility": "An NHS organisation leads, with the support of its Academic Health Science Network, and names"
        " the product and its supplier. The money does not buy the product itself.",
        "scope": "Products with evidence that they improve care or save money, in use somewhere in the NHS already.",
        "lead_kinds": [Kind.NHS_BODY],
        "partner_kinds": [Kind.NHS_BODY, Kind.AHSN, Kind.UNIVERSITY, Kind.CHARITY],
        "non_business_share_percent": 100,
        "cost_categories": ["labour", "materials", "subcontracting", "travel_and_subsistence", "other"],
        "match_is_required": False,
        "match_kinds": [],
        "in_kind_percent": 0,
        "assessors_per_bid": 3,
        "assessor_types_needed": {"clinical": 1, "commercial": 1},
        "not_own_region": True,
        "letter_conditions": [
            "The network of the region confirms its support before the first claim.",
            shape.REPORTING,
        ],
    },
    strands=(
        {
            "code": "pathway", "title": "Pathway projects", "categories": [ResearchCategory.ADOPTION],
            "cost_min_pounds": 20_000, "cost_max_pounds": 500_000, "months_min": 3, "months_max": 24,
            "collaboration": Collaboration.EITHER, "claiming_partners_min": 0,
        },
    ),
    questions=(
        shape.SUMMARY,
        shape.PUBLIC,
        told(
            "product", "Product and supplier", "Which product do you take up, and who supplies it?",
            "Give the name of the product, the supplier and its company number, and how you buy it. We check interests"
            " against these names.",
        ),
        asked(
            "evidence", "Evidence", "What shows that the product works and is worth it?",
            "Give the published evidence, where it is in use, and what is different in your place.",
        ),
        asked(
            "pathway", "The pathway today and tomorrow", "What changes for patients and staff, step by step?",
            "Draw the pathway as it is and as it will be. Say which steps end. A drawing may go into the appendix.",
            weight=2, takes_appendix=True,
        ),
        asked(
            "people", "Training and people", "Who has to learn or do something new, and how do they get there?",
            "Count the people by profession; say what training or accreditation they need, when, and who covers.",
        ),
        asked(
            "network", "Support of the network", "What does your Academic Health Science Network do for the project?",
            "Name the person there, what they have agreed to, and how others in the region will learn from you.",
        ),
        asked(
            "lasting", "Keeping it", "How does it go on when the money ends?",
            "Say who pays for what afterwards, which budget saves, and who has agreed to move the money.",
            weight=2,
        ),
        asked(
            "measure", "Measuring", "How will you know that it works here?",
            "Name few measures, where they stand today, where they should stand, and when you look.",
        ),
        shape.TEAM,
        shape.RISKS,
        shape.VALUE,
    ),
    documents=(
        {
            "title": "Letter of support from the network",
            "guidance": "From the Academic Health Science Network of the region, saying what it will do.",
            "is_required": True,
        },
        {
            "title": "Statement of the board or its committee",
            "guidance": "That the organisation will carry on when the project ends.", "is_required": False,
        },
    ),
)  # fmt: skip
