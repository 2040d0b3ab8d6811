"""What of a bid can be carried into another competition, and what cannot, in words."""

from dataclasses import dataclass

from bids.models import Bid, Partner
from bids.rules import plain
from bids.states import CostCategory
from funds.models import Competition, Question
from infra import words


@dataclass(frozen=True)
class CopyPlan:
    """What a copy will hold, and why the rest is left out."""

    answers: list[tuple[Question, str]]
    partners: list[Partner]
    left_out: list[str]


def plan(bid: Bid, competition: Competition) -> CopyPlan:
    """Return what can be carried: answers by the short name of their question, partners that the competition takes."""
    asked = {question.slug: question for question in competition.questions.order_by("position")}
    answers, left = [], []
    for answer in bid.answers.select_related("question").order_by("question__position"):
        question = asked.pop(answer.question.slug, None)
        if words.is_blank(answer.text):
            continue
        if question is None:
            left.append(f"The answer to “{answer.question.heading}”: the competition does not ask this.")
            continue
        answers.append((question, answer.text))
        if over := words.over_limit(answer.text, question.word_limit):
            left.append(f"“{question.heading}” is copied whole, but is too long here: {over}")
    left += [f"“{question.heading}” has to be answered anew." for question in asked.values()]
    partners = []
    for partner in bid.partners.select_related("organisation").prefetch_related("cost_lines"):
        if not partner.is_lead and partner.organisation.kind not in competition.partner_kinds:
            left.append(f"{partner.organisation}: the competition does not take partners of this kind.")
            continue
        partners.append(partner)
        left += _left_out_of(partner, competition)
    if bid.documents.filter(deleted_at=None, match_source=None).exists():
        left.append("Documents: upload those that this competition asks for.")
    return CopyPlan(answers, partners, left)


def _left_out_of(partner: Partner, competition: Competition) -> list[str]:
    """Return what of a partner's money is left out."""
    name, found = partner.organisation.name, []
    categories = {line.category for line in partner.cost_lines.all()} - set(competition.cost_categories)
    for category in sorted(categories):
        found.append(f"{CostCategory(category).label} of {name}: the competition does not pay for this.")
    if partner.other_public_pounds:
        found.append(f"Other public funding of {name}, £{partner.other_public_pounds:,}: enter what this project has.")
    if partner.match_sources.exists():
        found.append(f"Match funding of {name}: the same money counts once. Declare what this project has.")
    return found


def refused_percent(partner: Partner, why: str) -> str:
    """Return why a partner's percentage is left out."""
    return f"The {plain(partner.percent)} % that {partner.organisation} asked for: {why}"
