"""What one line of imported bids says, checked. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from bids.actions.drafts import TITLE_LENGTH
from bids.importing.finances import Finances, finances_of
from bids.importing.values import Values
from bids.states import BidState
from funds.states import ResearchCategory
from infra import words
from infra.importing.tables import Unacceptable, shown

_DECIDED_HERE = "kept as submitted, as this portal's panel decides"
# A word of the old portal → our state, and what is not carried over.
STATUSES: dict[str, tuple[BidState, str]] = {
    "created": (BidState.DRAFT, ""),
    "opened": (BidState.DRAFT, ""),
    "submitted": (BidState.SUBMITTED, ""),
    "approved": (BidState.SUBMITTED, f"approved there: {_DECIDED_HERE}"),
    "rejected": (BidState.SUBMITTED, f"rejected there: {_DECIDED_HERE}"),
    "ineligible": (BidState.INELIGIBLE, ""),
    "ineligible_informed": (BidState.INELIGIBLE, ""),
    "withdrawn": (BidState.WITHDRAWN, ""),
}  # fmt: skip
CATEGORIES = {
    "feasibility study": ResearchCategory.FEASIBILITY,
    "feasibility studies": ResearchCategory.FEASIBILITY,
    "industrial research": ResearchCategory.INDUSTRIAL,
    "experimental development": ResearchCategory.EXPERIMENTAL,
}
FIELDS = frozenset(
    {
        "competition", "title", "lead_organisation", "partners", "applicant", "start_date", "duration_months",
        "submitted_at", "status", "research_category", "innovation_area", "answers", "finances",
    }
)  # fmt: skip
KEPT_ASIDE = ("competition", "status", "innovation_area", "partners", "finances", "start_date")


@dataclass(frozen=True)
class BidLine:
    """A bid as it can be kept, before anything is looked up in the database."""

    title: str
    lead: str
    partners: list[str]
    applicant: str
    state: BidState
    start_on: dt.date | None
    months: int
    submitted_at: dt.datetime | None
    category: ResearchCategory
    answers: dict[str, str]
    finances: dict[str, Finances]
    aside: dict[str, Any]
    changes: list[str]
    notes: list[str]


def bid_line(content: Mapping[str, Any], now: dt.datetime) -> BidLine:
    """Return what the line says.

    Raises:
        Unacceptable: one or more fields are missing or cannot be right.
    """
    line = Values(content)
    title = line.text("title", most=TITLE_LENGTH)
    lead = line.text("lead_organisation", most=200)
    status = line.choice("status", STATUSES)
    state, change = status or (BidState.DRAFT, "")
    if change:
        line.changes.append(change)
    submitted_at = _submitted_at(line, state, now)
    partners = _partners(line, lead)
    found = BidLine(
        title=title,
        lead=lead,
        partners=partners,
        applicant=line.email("applicant"),
        state=state,
        start_on=_start_on(line),
        months=line.whole("duration_months", 1, 84),
        submitted_at=submitted_at,
        category=line.choice("research_category", CATEGORIES) or ResearchCategory.FEASIBILITY,
        answers=_answers(line),
        finances=_finances(line, {lead, *partners}),
        aside={name: content[name] for name in KEPT_ASIDE if content.get(name) not in (None, "", [], {})},
        changes=line.changes,
        notes=line.notes,
    )
    if unknown := sorted(shown(name) for name in content if name not in FIELDS):
        line.changes.append(f"fields left out, as nothing is known about them: {', '.join(unknown)}")
    if line.problems:
        raise Unacceptable(" ".join(line.problems))
    return found


def _submitted_at(line: Values, state: BidState, now: dt.datetime) -> dt.datetime | None:
    instant = line.instant("submitted_at", now)
    if state in (BidState.SUBMITTED, BidState.INELIGIBLE) and line.fields.get("submitted_at") in (None, ""):
        line.wrong(f"“status” is {shown(line.fields.get('status'))}, but “submitted_at” is missing.")
    if state == BidState.DRAFT and instant:
        line.changes.append("the time of submission left out, as the bid was open again")
        return None
    return instant


def _start_on(line: Values) -> dt.date | None:
    """Return the first of a month on or after the day given: costs before the start can never be claimed."""
    day = line.date("start_date")
    if day is None or day.day == 1:
        return day
    moved = day.replace(day=1) + relativedelta(months=1)
    line.changes.append(f"start moved from {day:%-d %B %Y} to {moved:%-d %B %Y}, the first of a month")
    return moved


def _partners(line: Values, lead: str) -> list[str]:
    """Return the partners besides the lead, each once."""
    names = line.names("partners")
    given = line.fields.get("partners") or []
    if isinstance(given, list) and len(given) > len(names):
        line.changes.append("partners named more than once kept once")
    if lead in names:
        line.changes.append("the lead left out of the list of partners")
    return [name for name in names if name != lead]


def _answers(line: Values) -> dict[str, str]:
    answers = {}
    for question, text in line.mapping("answers").items():
        if text is None or text == "":
            continue
        if not isinstance(text, str):
            line.wrong(f"The answer to “{shown(question)}” must be text, not {shown(text)}.")
        elif problem := words.why_not_text(text) or words.why_not_text(question):
            line.wrong(f"The answer to “{shown(question)}”: {problem}")
        else:
            answers[question] = words.with_plain_line_ends(text)
    return answers


def _finances(line: Values, members: set[str]) -> dict[str, Finances]:
    found = {}
    for name, given in line.mapping("finances").items():
        tidy = " ".join(name.split())
        if tidy in members:
            found[tidy] = finances_of(tidy, given, line)
        else:
            line.changes.append(f"finances of {shown(tidy)} left out, as it is no partner of the bid")
    return found
