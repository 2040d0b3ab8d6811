"""Innovation Exchanges: projects that the 15 networks put forward for money which their formula share leaves over."""

from accounts.states import OrganisationKind as Kind
from funds.starters import shape
from funds.starters.shape import Starter, asked
from funds.states import Collaboration, ResearchCategory

STARTER = Starter(
    about="The networks put forward projects that spread proven innovation in their regions. No match funding.",
    regime="no_subsidy",
    fields={
        "summary": "The Academic Health Science Networks can put forward projects that assess the benefits of new"
        " technology and help the NHS in their regions to take up what works.",
        "eligibility": "One of the 15 networks leads. NHS organisations, universities and charities may be partners.",
        "scope": "Spread of innovation across organisations or regions. What a network does with its formula share"
        " anyway is out of scope.",
        "lead_kinds": [Kind.AHSN],
        "partner_kinds": [Kind.AHSN, Kind.NHS_BODY, Kind.UNIVERSITY, Kind.CHARITY],
        "non_business_share_percent": 100,
        "cost_categories": ["labour", "overheads", "materials", "subcontracting", "travel_and_subsistence", "other"],
        "match_is_required": False,
        "match_kinds": [],
        "in_kind_percent": 0,
        "assessors_per_bid": 3,
        "assessor_types_needed": {"clinical": 1},
        "not_own_region": True,
        "letter_conditions": [shape.REPORTING],
    },
    strands=(
        {
            "code": "exchange", "title": "Exchange projects", "categories": [ResearchCategory.ADOPTION],
            "cost_min_pounds": 20_000, "cost_max_pounds": 1_000_000, "months_min": 3, "months_max": 36,
            "collaboration": Collaboration.EITHER, "claiming_partners_min": 0,
        },
    ),
    questions=(
        shape.SUMMARY,
        shape.PUBLIC,
        asked(
            "need", "Need in the region", "Which need of the region do you take up, and how do you know?",
            "Give figures for the region and say which organisations have asked for help.",
        ),
        asked(
            "pipeline", "What is spread", "Which innovations do you spread, and what shows that they work?",
            "For each: supplier, evidence, where it is in use, and what stops others from taking it up.",
            weight=2,
        ),
        asked(
            "spread", "How it spreads", "What will you do so that organisations take it up and keep it?",
            "Say what you do yourselves, what the organisations do, and what you will stop doing if it does not work.",
            weight=2,
        ),
        asked(
            "others", "Working with other networks", "What do other networks take from it or bring to it?",
            "Name them and what is agreed.",
        ),
        asked(
            "measure", "Measuring", "How many patients, how soon, and how will you count?",
            "Name few measures, where they stand today and where they should stand each quarter.",
        ),
        shape.TEAM,
        shape.MANAGEMENT,
        shape.RISKS,
        shape.VALUE,
    ),
)  # fmt: skip
