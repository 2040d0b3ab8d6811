"""Everything that must stand before a bid can be submitted, told all at once. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.rules import Refused
from bids import cumulation, rules
from bids.match import Source, stale
from bids.match import problems as match_problems
from infra import words


class Problem(NamedTuple):
    """What stops a bid, and the section of the form where it is mended."""

    section: str
    sentence: str


class NotReady(Refused):
    """A bid that cannot be submitted yet, with everything that is missing."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(p.sentence for p in self.problems))


@dataclass(frozen=True)
class AnswerFacts:
    """A question and what stands under it."""

    heading: str
    text: str
    word_limit: int
    is_complete: bool


@dataclass(frozen=True)
class PartnerFacts:
    """A partner's money: whole pounds, per cent, and its sources of match funding."""

    party: rules.Party
    percent: Decimal
    ceiling: rules.CeilingFound
    match: int
    sources: tuple[Source, ...]
    states_overheads: bool
    aid: cumulation.Declared | None = None
    is_of_another_size: bool = False  # than the one that was worked out for it since


@dataclass(frozen=True)
class CallFacts:
    """What the competition and the strand ask."""

    categories: Collection[str]
    cost_min: int
    cost_max: int
    months_min: int
    months_max: int
    start_by: dt.date | None
    match_is_required: bool
    in_kind_percent: int
    consortium: rules.ConsortiumRules
    aid_limit: cumulation.Limit | None = None


@dataclass(frozen=True)
class BidFacts:
    """A bid as the check sees it."""

    category: str
    start_on: dt.date | None
    months: int
    answers: tuple[AnswerFacts, ...]
    partners: tuple[PartnerFacts, ...]
    has_overhead_workings: bool
    has_infected_document: bool
    call: CallFacts
    has_infected_evidence: bool = False
    missing_documents: tuple[str, ...] = ()


def problems(bid: BidFacts, today: dt.date) -> list[Problem]:
    """Return all that stops the bid from being submitted; nothing when it is ready."""
    return [
        *_details(bid, today),
        *_questions(bid),
        *_partners(bid),
        *_money(bid),
        *_match(bid, today),
        *_aid(bid, today),
        *_documents(bid),
    ]


def _details(bid: BidFacts, today: dt.date) -> Iterator[Problem]:
    call = bid.call
    if bid.category not in call.categories:
        yield Problem("details", "Choose a research category that the strand takes.")
    if bid.start_on is None:
        yield Problem("details", "Enter the date on which the project starts.")
    else:
        if bid.start_on.day != 1:
            yield Problem("details", "The project must start on the first of a month.")
        if bid.start_on <= today:
            yield Problem("details", "The project must start after today.")
        if call.start_by and bid.start_on > call.start_by:
            yield Problem("details", f"The project must start by {call.start_by:%-d %B %Y}.")
    if not call.months_min <= bid.months <= call.months_max:
        yield Problem("details", f"The project must last between {call.months_min} and {call.months_max} months.")


def _questions(bid: BidFacts) -> Iterator[Problem]:
    for answer in bid.answers:
        if words.is_blank(answer.text):
            yield Problem("questions", f"Answer “{answer.heading}”.")
        elif over := words.over_limit(answer.text, answer.word_limit):
            yield Problem("questions", f"“{answer.heading}”: {over}")
        elif not answer.is_complete:
            yield Problem("questions", f"Mark “{answer.heading}” as complete.")


def _partners(bid: BidFacts) -> Iterator[Problem]:
    for sentence in rules.consortium_problems((p.party for p in bid.partners), bid.call.consortium):
        yield Problem("partners", sentence)


def _money(bid: BidFacts) -> Iterator[Problem]:
    call, total = bid.call, sum(p.party.cost for p in bid.partners)
    for partner in bid.partners:
        if not partner.party.cost:
            yield Problem("costs", f"Enter the costs of {partner.party.name}.")
        if partner.percent > partner.ceiling.percent:
            yield Problem("funding", f"{partner.party.name} can ask for {partner.ceiling.because}.")
        if partner.is_of_another_size:
            yield Problem("partners", f"The size of {partner.party.name} was worked out since. Save it under its size.")
    if not call.cost_min <= total <= call.cost_max:
        yield Problem(
            "costs", f"The project costs £{total:,}; it must be between £{call.cost_min:,} and £{call.cost_max:,}."
        )
    if not any(p.party.grant for p in bid.partners):
        yield Problem("funding", "Nobody asks for a grant. Enter the percentage of each partner.")


def _match(bid: BidFacts, today: dt.date) -> Iterator[Problem]:
    if not bid.call.match_is_required:
        return
    for partner in bid.partners:
        for sentence in match_problems(
            required=partner.match,
            in_kind_percent=bid.call.in_kind_percent,
            sources=partner.sources,
            start_on=bid.start_on,
            months=bid.months,
        ):
            yield Problem("match", f"{partner.party.name}: {sentence}")
        for sentence in stale(partner.sources, today):
            yield Problem("match", f"{partner.party.name}: {sentence}")


def _aid(bid: BidFacts, today: dt.date) -> Iterator[Problem]:
    for partner in bid.partners:
        if bid.call.aid_limit and partner.aid:
            for sentence in cumulation.problems(partner.aid, partner.party.grant, bid.call.aid_limit, today):
                yield Problem("aid", f"{partner.party.name}: {sentence}")


def _documents(bid: BidFacts) -> Iterator[Problem]:
    if bid.has_infected_evidence:
        yield Problem("match", "Evidence of match funding holds a virus. Remove it and give another file.")
    if bid.has_infected_document:
        yield Problem("documents", "A document holds a virus. Remove it.")
    for title in bid.missing_documents:
        yield Problem("documents", f"Upload “{title}”.")
    if not bid.has_overhead_workings and any(p.states_overheads for p in bid.partners):
        yield Problem("documents", "Upload the workings of the overheads.")
