"""How far a bid is, part by part, and what its applicant does next. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from enum import Enum

from bids import match
from bids.readiness import AnswerFacts, BidFacts, PartnerFacts, Problem
from bids.states import EDITABLE, BidState
from infra import words


class Status(Enum):
    """How far one part of a bid is: words and colour of its tag."""

    NOT_STARTED = ("Not started", "blue")
    IN_PROGRESS = ("In progress", "light-blue")
    COMPLETE = ("Complete", "")
    OPTIONAL = ("Optional", "grey")

    def __init__(self, label: str, colour: str) -> None:
        self.label, self.colour = label, colour


@dataclass(frozen=True)
class PartnerProgress:
    """How far the money of one partner is."""

    costs: Status
    funding: Status
    match: Status
    aid: Status = Status.OPTIONAL


@dataclass(frozen=True)
class Progress:
    """How far each part of a bid is: answers and partners in the order of its facts."""

    details: Status
    answers: tuple[Status, ...]
    partners: Status
    money: tuple[PartnerProgress, ...]
    documents: Status


def progress(bid: BidFacts, problems: Collection[Problem], documents: int) -> Progress:
    """Return how far each part is.

    Args:
        problems: what stops the bid from being submitted.
        documents: how many were uploaded, evidence of match funding left out.
    """
    sections = {problem.section for problem in problems}
    return Progress(
        details=_details(bid, "details" in sections),
        answers=tuple(of_answer(answer) for answer in bid.answers),
        partners=Status.IN_PROGRESS if "partners" in sections else Status.COMPLETE,
        money=tuple(_money(p, bid, problems) for p in bid.partners),
        documents=_documents(documents, "documents" in sections),
    )


def _money(partner: PartnerFacts, bid: BidFacts, problems: Collection[Problem]) -> PartnerProgress:
    """Return how far the money of a partner is today: evidence that was enough may have grown too old."""
    done = replace(of_partner(partner, bid), aid=_aid(partner, problems))
    is_undone = done.match is Status.COMPLETE and _is_named(partner, "match", problems)
    return replace(done, match=Status.IN_PROGRESS) if is_undone else done


def _is_named(partner: PartnerFacts, section: str, problems: Collection[Problem]) -> bool:
    return any(p.section == section and p.sentence.startswith(f"{partner.party.name}: ") for p in problems)


def _details(bid: BidFacts, is_wrong: bool) -> Status:
    if bid.start_on is None:
        return Status.NOT_STARTED
    return Status.IN_PROGRESS if is_wrong else Status.COMPLETE


def _documents(count: int, is_wrong: bool) -> Status:
    if is_wrong:
        return Status.IN_PROGRESS
    return Status.COMPLETE if count else Status.OPTIONAL


def of_answer(answer: AnswerFacts) -> Status:
    """Return how far an answer is: complete when it is marked so and within its limit."""
    if words.is_blank(answer.text):
        return Status.NOT_STARTED
    fits = not words.over_limit(answer.text, answer.word_limit)
    return Status.COMPLETE if answer.is_complete and fits else Status.IN_PROGRESS


def of_partner(partner: PartnerFacts, bid: BidFacts) -> PartnerProgress:
    """Return how far the costs, the funding and the match funding of a partner are."""
    return PartnerProgress(
        costs=Status.COMPLETE if partner.party.cost else Status.NOT_STARTED,
        funding=_funding(partner.percent, partner.ceiling.percent),
        match=_match(partner, bid),
    )


def _funding(percent: Decimal, ceiling: Decimal) -> Status:
    if percent > ceiling:
        return Status.IN_PROGRESS
    return Status.COMPLETE if percent else Status.NOT_STARTED


def _aid(partner: PartnerFacts, problems: Collection[Problem]) -> Status:
    if partner.aid is None or not partner.party.grant:
        return Status.OPTIONAL
    if _is_named(partner, "aid", problems):
        return Status.IN_PROGRESS if partner.aid.received or partner.aid.is_confirmed else Status.NOT_STARTED
    return Status.COMPLETE


def _match(partner: PartnerFacts, bid: BidFacts) -> Status:
    if not bid.call.match_is_required:
        return Status.OPTIONAL
    if not partner.sources:
        return Status.COMPLETE if partner.party.cost and not partner.match else Status.NOT_STARTED
    lacks = match.problems(
        required=partner.match,
        in_kind_percent=bid.call.in_kind_percent,
        sources=partner.sources,
        start_on=bid.start_on,
        months=bid.months,
    )
    return Status.IN_PROGRESS if lacks else Status.COMPLETE


def counted(done: Progress) -> tuple[int, int]:
    """Return how many parts are complete, and how many there are, optional ones left out."""
    parts = [done.details, *done.answers, done.partners, done.documents]
    parts += [status for partner in done.money for status in astuple(partner)]
    asked = [part for part in parts if part is not Status.OPTIONAL]
    return sum(part is Status.COMPLETE for part in asked), len(asked)


def next_step(state: str, is_open: bool, version: int) -> str:
    """Return what the applicant can do now, or what happens next.

    Args:
        is_open: the competition takes bids.
        version: number of the last submitted version, 0 when none.
    """
    if state in EDITABLE and version:
        stands = f"version {version} stands"
        return f"Submit again before the deadline. Until then {stands}." if is_open else f"As submitted, {stands}."
    return _NEXT[BidState(state), is_open] if (state, is_open) in _NEXT else _NEXT[BidState(state), None]


_NEXT: dict[tuple[BidState, bool | None], str] = {
    (BidState.DRAFT, True): "Finish it and submit it before the deadline.",
    (BidState.DRAFT, False): "The deadline passed before it was submitted. You can copy it into another competition.",
    (BidState.SUBMITTED, True): "You can still reopen it until the deadline.",
    (BidState.SUBMITTED, False): "It is being assessed. We write to you when it is decided.",
    (BidState.INELIGIBLE, None): "It is out of the competition. Read why.",
    (BidState.SUCCESSFUL, None): "It won an award. Meet its conditions.",
    (BidState.RESERVE, None): "It may still be funded if money comes back.",
    (BidState.UNSUCCESSFUL, None): "It was not funded.",
    (BidState.WITHDRAWN, None): "You took it back.",
}


def mended_at(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Return section → sentences of what is missing, in the order of the form."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.section, []).append(problem.sentence)
    return found
