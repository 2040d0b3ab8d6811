"""Find the question of a competition's form that a foreign question means. Pure.

The old portal's ten scored questions and the ten of the usual form ask about the same ten things in another order, so
each has one counterpart. What is not recognised is never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol


class Asked(NamedTuple):
    """A question of the form that an imported competition gets: in our own words."""

    slug: str
    heading: str
    text: str
    is_scored: bool


FORM = (
    Asked("summary", "Project summary", "What will the project do, and what will be different at its end?", False),
    Asked("public", "Public description", "Describe the project in words that may be published.", False),
    Asked("scope", "Scope", "How does the project fit what the competition asks for?", False),
    Asked("opportunity", "Business opportunity", "Which opportunity do you see, and who has the need?", True),
    Asked("market", "Potential market", "How large is the market, and where in it do you stand?", True),
    Asked("exploitation", "Project exploitation", "How will you bring the results into use and sell them?", True),
    Asked("benefit", "Economic benefit", "What does the project bring to the economy, society and nature?", True),
    Asked("approach", "Technical approach", "How will you do the work, and how will you manage it?", True),
    Asked("innovation", "Innovation", "What is new about it, and compared with what?", True),
    Asked("risks", "Risks", "What may go wrong, and how do you prepare for it?", True),
    Asked("team", "Project team", "Who does the work, and why can they?", True),
    Asked("funding", "Funding", "What does it cost, and why are these costs right?", True),
    Asked("added-value", "Adding value", "What does public money change?", True),
)

# What is asked → the slugs, headings and long questions under which it is known.
_ALIASES: dict[str, tuple[str, ...]] = {
    "summary": ("summary", "project summary"),
    "public": ("public", "public description"),
    "scope": ("scope", "how does your project align with the scope of this competition"),
    "need": (
        "need", "need or challenge", "opportunity", "business opportunity",
        "what is the business opportunity that your project addresses",
    ),
    "market": (
        "market", "market awareness", "potential market", "what is the size of the potential market for your project",
    ),
    "outcomes": (
        "outcomes", "outcomes and route to market", "exploitation", "project exploitation",
        "how will you exploit and market your project",
    ),
    "impacts": (
        "impacts", "wider impacts", "benefit", "economic benefit",
        "what economic social and environmental benefits do you expect your project to deliver and when",
    ),
    "management": (
        "management", "project management", "technical approach",
        "what technical approach will you use and how will you manage your project",
    ),
    "innovation": ("innovation", "approach and innovation", "what is innovative about your project"),
    "risks": (
        "risks", "risk",
        "what are the risks technical commercial and environmental to your project s success what is your risk"
        " management strategy",
    ),
    "team": (
        "team", "project team", "team and resources",
        "does your project team have the skills experience and facilities to deliver this project",
    ),
    "costs": ("costs", "funding", "costs and value for money", "what will your project cost"),
    "added-value": (
        "added value", "adding value", "additionality",
        "how does financial support from innovate uk and its funding partners add value",
    ),
}  # fmt: skip
_MEANING = {alias: meaning for meaning, aliases in _ALIASES.items() for alias in aliases}


class Question(Protocol):
    """What is looked at of a competition's question."""

    slug: str
    heading: str
    text: str


def plain(text: str) -> str:
    """Return a question without case, punctuation and spaces at its ends, for comparing."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", " ", text).strip()


def meaning(*texts: str) -> str:
    """Return what a question is about, by the first of its texts that is known; blank when none is."""
    return next((_MEANING[key] for text in texts if (key := plain(text)) in _MEANING), "")


def mapped[Q: Question](foreign: Iterable[str], questions: Iterable[Q]) -> dict[str, Q]:
    """Return foreign question → question of the competition, for those that have a counterpart.

    The same words count first, then the same meaning; a heading counts before a slug, as it is what people read.
    """
    questions = list(questions)
    by_words: dict[str, Q] = {}
    by_meaning: dict[str, Q] = {}
    for question in questions:
        for text in (question.heading, question.text, question.slug):
            if key := plain(text):
                by_words.setdefault(key, question)
        if about := meaning(question.heading, question.text, question.slug):
            by_meaning.setdefault(about, question)
    found = {name: by_words.get(plain(name)) or by_meaning.get(meaning(name)) for name in foreign}
    return {name: question for name, question in found.items() if question is not None}


def doubles(mapping: Mapping[str, Question]) -> list[tuple[str, str]]:
    """Return pairs of foreign questions that mean one and the same question of the competition."""
    first: dict[str, str] = {}
    return [
        (first[question.slug], name)
        for name, question in mapping.items()
        if first.setdefault(question.slug, name) != name
    ]
