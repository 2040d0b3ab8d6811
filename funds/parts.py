"""The parts in which officials set up a competition, and what is still wrong with each. Pure."""

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import TextChoices

from funds.instants import uk_day
from funds.models import AskedDocument, Competition, Question, Strand
from funds.states import CostCategory, ResearchCategory

REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]", re.ASCII)


class Part(TextChoices):
    """The parts, in the order of the task list; each is saved on its own."""

    BASICS = "basics", "Basics"
    DATES = "dates", "Dates"
    WHO = "who", "Who may lead and partner"
    CONSORTIUM = "consortium", "Consortium rules"
    STRANDS = "strands", "Strands"
    SUBSIDY = "subsidy", "Subsidy regime and ceilings"
    COSTS = "costs", "Cost categories"
    MATCH = "match", "Match funding"
    QUESTIONS = "questions", "Questions"
    DOCUMENTS = "documents", "Documents asked for"
    ASSESSMENT = "assessment", "Assessment"
    LETTER = "letter", "Award letter and claims"
    MONEY = "money", "Money"


# The money is no form: it is allocated on two people's word, and complete when there is some.
MARKED = tuple(part for part in Part if part != Part.MONEY)


# The fields that each part is made of; strands, questions and documents are rows of their own.
FIELDS: Mapping[Part, tuple[str, ...]] = {
    Part.BASICS: ("title", "summary", "eligibility", "scope", "responsible_officer"),
    Part.DATES: (
        "opens_at", "closes_at", "grace_seconds", "briefing_on", "assess_by", "panel_on", "notify_on", "start_by",
    ),
    Part.WHO: ("lead_kinds", "partner_kinds"),
    Part.CONSORTIUM: ("non_business_share_percent", "bids_per_business", "leads_per_business"),
    Part.SUBSIDY: ("regime", "max_percent"),
    Part.COSTS: ("cost_categories",),
    Part.MATCH: ("match_is_required", "match_kinds", "in_kind_percent"),
    Part.ASSESSMENT: (
        "assessors_per_bid", "assessor_types_needed", "one_assessor_per_network", "not_own_region", "is_blind",
        "has_interview", "quality_threshold",
    ),
    Part.LETTER: ("letter_conditions", "months_per_claim"),
}  # fmt: skip
TEXTS = ("title", "summary", "eligibility", "scope", "letter_conditions")


@dataclass(frozen=True)
class SetUp:
    """A competition with all that belongs to it, as far as its completeness is looked at.

    `ceilings` are the cases that the regime's table lists: (research category, size).
    """

    competition: Competition
    strands: Sequence[Strand] = ()
    questions: Sequence[Question] = ()
    documents: Sequence[AskedDocument] = ()
    ceilings: Collection[tuple[str, str]] = field(default_factory=frozenset)
    pot_pence: int = 0


def problems(found: SetUp, at: dt.datetime) -> dict[Part, list[str]]:
    """Return what is wrong with each part; a part without anything wrong has an empty list."""
    dates = list(dates_problems(found.competition, at))
    return {part: dates if part == Part.DATES else list(CHECKS[part](found)) for part in Part}


def missing(found: SetUp, at: dt.datetime) -> dict[Part, list[str]]:
    """Return why the competition cannot be put forward, by part: what is wrong, and what is not marked as complete."""
    wrong = problems(found, at)
    for part in found.competition.parts_to_do:
        if not wrong[Part(part)]:
            wrong[Part(part)] = [f"Mark “{Part(part).label}” as complete."]
    return {part: sentences for part, sentences in wrong.items() if sentences}


def _basics(found: SetUp) -> Iterator[str]:
    competition = found.competition
    if not competition.title.strip():
        yield "Give the competition a title."
    if not competition.summary.strip():
        yield "Write the summary."


class Fault(NamedTuple):
    """What is wrong with a date, and which it is."""

    field: str
    sentence: str


LATE = dt.timedelta(days=31)  # by which a competition may open before it is published


def dates_problems(competition: Competition, at: dt.datetime) -> Iterator[str]:
    """Yield what is wrong with the dates of a draft."""
    return (fault.sentence for fault in dates_faults(competition, at))


def dates_faults(competition: Competition, at: dt.datetime) -> Iterator[Fault]:
    """Yield what is wrong with the dates of a draft: they must follow one another, and the deadline must lie ahead.

    An opening far back would let the competition stand on a law that is over.
    """
    if competition.closes_at <= at:
        yield Fault("closes_at", "The closing date has passed. Choose a later one.")
    if competition.opens_at < at - LATE:
        yield Fault("opens_at", f"The opening date lies more than {LATE.days} days back. Choose a later one.")
    yield from _order_faults(competition)


def order_problems(competition: Competition) -> Iterator[str]:
    """Yield which dates do not follow one another."""
    return (fault.sentence for fault in _order_faults(competition))


def _order_faults(competition: Competition) -> Iterator[Fault]:
    if competition.closes_at <= competition.opens_at:
        yield Fault("closes_at", "The competition closes before it opens.")
    if competition.briefing_on and competition.briefing_on > uk_day(competition.closes_at):
        yield Fault("briefing_on", "The briefing must be on or before the day on which the competition closes.")
    steps = [
        ("closes_at", "the deadline", uk_day(competition.closes_at)),
        ("assess_by", "the end of the assessment", competition.assess_by),
        ("panel_on", "the panel", competition.panel_on),
        ("notify_on", "the notification", competition.notify_on),
        ("start_by", "the latest start of projects", competition.start_by),
    ]
    given = [(date, name, day) for date, name, day in steps if day is not None]
    for (_, earlier, day), (date, later, next_day) in itertools.pairwise(given):
        if next_day < day:
            sentence = f"{later.capitalize()} ({_plain(next_day)}) must not be before {earlier} ({_plain(day)})."
            yield Fault(date, sentence)


def _plain(day: dt.date) -> str:
    return f"{day:%-d %B %Y}"


def _who(found: SetUp) -> Iterator[str]:
    if not found.competition.lead_kinds:
        yield "Choose who may lead a bid."
    if not found.competition.partner_kinds and any(s.claiming_partners_min for s in found.strands):
        yield "A strand asks for partners that claim grant: choose who may be a partner."


def _consortium(found: SetUp) -> Iterator[str]:
    most, leads = found.competition.bids_per_business, found.competition.leads_per_business
    if most is not None and leads is not None and leads > most:
        yield "A business cannot lead more bids than it may be in."


def _strands(found: SetUp) -> Iterator[str]:
    if not found.strands:
        yield "Add at least one strand with its range of project costs."
    for strand in found.strands:
        if not strand.categories:
            yield f"Choose the categories of “{strand.title}”."


def _subsidy(found: SetUp) -> Iterator[str]:
    regime, opens_on = found.competition.regime, uk_day(found.competition.opens_at)
    if opens_on < regime.valid_from or (regime.valid_to and opens_on > regime.valid_to):
        yield f"{regime.title} is not in force on the day on which the competition opens."
    listed = {category for category, _ in found.ceilings}
    for category in ResearchCategory:
        if category not in listed and any(category in strand.categories for strand in found.strands):
            yield f"{regime.title} lists no ceiling for {category.label.lower()}, so nobody could be given a grant."


def _costs(found: SetUp) -> Iterator[str]:
    if not found.competition.cost_categories:
        yield "Choose at least one category of cost."
    elif unknown := set(found.competition.cost_categories) - set(CostCategory.values):
        yield f"There is no category of cost called {', '.join(sorted(unknown))}."


def _match(found: SetUp) -> Iterator[str]:
    if found.competition.match_is_required and not found.competition.match_kinds:
        yield "Choose which kinds of match funding count."


def _questions(found: SetUp) -> Iterator[str]:
    if not any(question.is_scored for question in found.questions):
        yield "Add at least one scored question."
    for heading, times in Counter(q.heading.casefold() for q in found.questions).items():
        if times > 1:
            named = next(q.heading for q in found.questions if q.heading.casefold() == heading)
            yield f"{times} questions are called “{named}”. Give each a heading of its own."


def _nothing(found: SetUp) -> Iterator[str]:
    yield from ()


def _assessment(found: SetUp) -> Iterator[str]:
    needed: Mapping[str, int] = found.competition.assessor_types_needed
    if sum(needed.values()) > found.competition.assessors_per_bid:
        yield "More assessors of certain types are needed than assess a bid."


def _letter(found: SetUp) -> Iterator[str]:
    if not all(condition.strip() for condition in found.competition.letter_conditions):
        yield "A condition of the letter is empty."


def _money(found: SetUp) -> Iterator[str]:
    if found.pot_pence <= 0:
        yield "No money has been allocated to the competition."


CHECKS: Mapping[Part, Callable[[SetUp], Iterator[str]]] = {
    Part.BASICS: _basics,
    Part.WHO: _who,
    Part.CONSORTIUM: _consortium,
    Part.STRANDS: _strands,
    Part.SUBSIDY: _subsidy,
    Part.COSTS: _costs,
    Part.MATCH: _match,
    Part.QUESTIONS: _questions,
    Part.DOCUMENTS: _nothing,
    Part.ASSESSMENT: _assessment,
    Part.LETTER: _letter,
    Part.MONEY: _money,
}


class Status(NamedTuple):
    """Where a part stands, in words and in the colour of a tag; no colour when nothing is left to do."""

    label: str
    colour: str = ""


def statuses(found: SetUp, at: dt.datetime) -> dict[Part, Status]:
    """Return where each part stands. What was complete is so no more when something is wrong with it now."""
    wrong = problems(found, at)
    return {part: _status(part, wrong[part], found.competition.parts_to_do) for part in Part}


def _status(part: Part, wrong: Sequence[str], to_do: Collection[str]) -> Status:
    if part == Part.MONEY:
        return Status("No money yet", "yellow") if wrong else Status("Complete")
    if part in to_do:
        return Status("Not complete", "blue")
    return Status("Needs correcting", "red") if wrong else Status("Complete")
