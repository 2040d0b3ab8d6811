"""What a starter holds, and what all of them share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.states import OrganisationKind as Kind
from funds.states import CostCategory

Row = Mapping[str, Any]
BANDS = [
    [9, 10, "Convincing throughout, with evidence for each claim"],
    [7, 8, "Good, with small gaps that do not put the project at risk"],
    [5, 6, "Reasonable, but important parts are thin or not backed up"],
    [3, 4, "Weak: much is missing or unclear"],
    [1, 2, "Very weak, or does not answer the question"],
]
ANYBODY = [Kind.SME, Kind.LARGE_COMPANY, Kind.NHS_BODY, Kind.UNIVERSITY, Kind.CHARITY]
ALL_COSTS = list(CostCategory.values)
WORDS = 400
REPORTING = "Progress is reported to the monitoring officer with each claim."


@dataclass(frozen=True)
class Starter:
    """A competition without title, dates, money and people: its fields by name, and its rows in order."""

    about: str
    regime: str
    fields: Row
    strands: tuple[Row, ...]
    questions: tuple[Row, ...]
    documents: tuple[Row, ...] = field(default=())


def asked(slug: str, heading: str, text: str, guidance: str, **more: Any) -> dict[str, Any]:
    """Return a scored question of 400 words; `more` says where it differs."""
    plain = {"word_limit": WORDS, "is_scored": True, "weight": 1, "takes_appendix": False, "bands": BANDS}
    return {"slug": slug, "heading": heading, "text": text, "guidance": guidance} | plain | more


def told(slug: str, heading: str, text: str, guidance: str) -> dict[str, Any]:
    """Return a question that is read and not scored."""
    return asked(slug, heading, text, guidance, is_scored=False, bands=[])


SUMMARY = told(
    "summary", "Project summary", "What will you do, and what will be different at the end?",
    "Write for somebody who is no expert in your field. Assessors read this first.",
)  # fmt: skip
PUBLIC = told(
    "public", "Public description", "Describe the project for the public.",
    "We publish this text if you win an award. Leave out what is confidential.",
)  # fmt: skip
SCOPE = told(
    "scope", "Scope", "How does the project fit the scope of this competition?",
    "Go through the scope point by point. A bid outside the scope is not assessed.",
)  # fmt: skip
MANAGEMENT = asked(
    "management", "Project management", "How will you run the project?",
    "Name the work packages, who leads each, what it delivers and when. Say how you notice in time that something"
    " slips. A plan on one page may go into the appendix.",
    takes_appendix=True,
)  # fmt: skip
RISKS = asked(
    "risks", "Risks", "What may go wrong, and what will you do about it?",
    "Cover technical, clinical, regulatory, commercial and data risks. For each: how likely, how bad, who deals with"
    " it. A risk register may go into the appendix.",
    takes_appendix=True,
)  # fmt: skip
TEAM = asked(
    "team", "Team and resources", "Who will do the work, and with what?",
    "Name the people who matter, what they have done before and how much of their time you have. Say what you still"
    " need and how you will get it. Short CVs may go into the appendix.",
    takes_appendix=True,
)  # fmt: skip
VALUE = asked(
    "costs", "Costs and value for money", "Why are these costs right?",
    "Explain the largest costs, what each partner spends on what, and why subcontractors are needed. Say what the"
    " project would cost if it were done another way.",
)  # fmt: skip
