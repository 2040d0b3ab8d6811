"""Digital Health Technology Catalyst: small companies develop, partners join, match funding is verified.

Ranges and limits are those of round 1 (2017).
"""

from accounts.states import OrganisationKind as Kind
from funds.starters import shape
from funds.starters.shape import Starter, asked
from funds.states import Collaboration, ResearchCategory

STARTER = Starter(
    about="SME-led development of digital health technology in two strands, match-funded, under the block exemption.",
    regime="gber_2014",
    fields={
        "summary": "Small companies can apply for match-funded grants to develop digital technology that improves"
        " outcomes for patients, changes how care is delivered or makes it more efficient.",
        "eligibility": "A small or medium-sized company based in the United Kingdom leads. Partners may be any"
        " organisation. Each partner's match funding is verified before the award letter.",
        "scope": "Digital products and services for patients, carers or people who work in health and care, in any"
        " clinical area. Products whose main use is outside health and care are out of scope.",
        "lead_kinds": [Kind.SME],
        "partner_kinds": shape.ANYBODY,
        "non_business_share_percent": 30,
        "bids_per_business": 3,
        "leads_per_business": 1,
        "cost_categories": shape.ALL_COSTS,
        "match_is_required": True,
        "match_kinds": ["own_reserves", "equity", "loan", "customer", "charity"],
        "in_kind_percent": 0,
        "assessors_per_bid": 3,
        "assessor_types_needed": {"clinical": 1, "commercial": 1},
        "not_own_region": True,
        "letter_conditions": [
            "A collaboration agreement between all partners is signed before the first claim.",
            shape.REPORTING,
        ],
    },
    strands=(
        {
            "code": "feasibility", "title": "Feasibility studies", "categories": [ResearchCategory.FEASIBILITY],
            "cost_min_pounds": 50_000, "cost_max_pounds": 75_000, "months_min": 1, "months_max": 12,
            "collaboration": Collaboration.EITHER, "claiming_partners_min": 0,
        },
        {
            "code": "development", "title": "Industrial research and experimental development",
            "categories": [ResearchCategory.INDUSTRIAL, ResearchCategory.EXPERIMENTAL],
            "cost_min_pounds": 500_000, "cost_max_pounds": 1_000_000, "months_min": 1, "months_max": 36,
            "collaboration": Collaboration.COLLABORATIVE, "claiming_partners_min": 1,
        },
    ),
    questions=(
        shape.SUMMARY,
        shape.PUBLIC,
        shape.SCOPE,
        asked(
            "need", "Need or challenge", "Which need of patients or of the NHS do you address?",
            "Say who has the need, how many they are, and what happens to them today. Give your evidence. Name the"
            " clinicians, managers or patients you have asked.",
        ),
        asked(
            "approach", "Approach and innovation", "What is new about your approach, and why will it work?",
            "Compare it with what is used today and with what others develop. Show what you have tried so far. Drawings"
            " may go into the appendix.",
            takes_appendix=True,
        ),
        shape.TEAM,
        asked(
            "market", "Market awareness", "Who would buy or use it, and what do they do today?",
            "Say who decides, who pays and who uses it. Give the size of the market in the United Kingdom and abroad,"
            " and how you know.",
        ),
        asked(
            "outcomes", "Outcomes and route to market", "How does it reach patients after the project?",
            "Name the steps from the end of the project to everyday use: regulation, evidence, procurement, price, and"
            " who pays for them.",
        ),
        asked(
            "impacts", "Wider impacts", "What else changes, for whom?",
            "Think of health inequalities, staff, carers, the environment, jobs and exports; good and bad. Say how you"
            " will measure it.",
        ),
        shape.MANAGEMENT,
        shape.RISKS,
        asked(
            "added-value", "Added value", "What does public money change?",
            "Say what would happen without the grant, and why nobody else pays for this part.",
        ),
        shape.VALUE,
    ),
)  # fmt: skip
