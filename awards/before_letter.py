"""What must stand before an award letter: checklists, match funding month by month, ineligible costs. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from accounts.rules import Refused
from awards.states import ConditionKind, Rating
from bids.costs import OVERHEAD_PERCENT
from bids.match import Month
from bids.rules import money
from bids.states import CostCategory
from funds.money import pounds, round_half_up

APPROVED_ABOVE_PENCE = 10_000_000  # Grant Standards of December 2016: approval on the record above £100,000
YES, NO, DOES_NOT_APPLY = "yes", "no", "does_not_apply"
ANSWERS = ((YES, "Yes"), (NO, "No"), (DOES_NOT_APPLY, "Does not apply"))


class Question(NamedTuple):
    """A question of a checklist: its code, which the record keeps, and its words. “No” is a risk."""

    code: str
    text: str


# Our own choice (default): Grant Standards of December 2016 ask for due diligence and a fraud-risk assessment.
CHECKLISTS: dict[str, tuple[Question, ...]] = {
    ConditionKind.VIABILITY: (
        Question("accounts", "Are accounts or management figures of the last 18 months there, and read?"),
        Question("solvent", "Are assets larger than debts, and is no winding-up or insolvency on the register?"),
        Question("cash", "Does cash last for the quarters until the first claims are paid?"),
        Question("size", "Is the grant in proportion to the yearly turnover or to the money raised?"),
    ),
    ConditionKind.DUE_DILIGENCE: (
        Question("identity", "Does the organisation stand in its register under this name, number and address?"),
        Question("directors", "Are the directors known, and is none of them disqualified or on a sanctions list?"),
        Question("conflicts", "Is nobody who decided on this award connected with the organisation?"),
        Question("cumulation", "Do other awards and earlier aid leave room for this grant?"),
        Question("governance", "Can the organisation keep the records that claims need, and be inspected?"),
    ),
    ConditionKind.FRAUD: (
        Question("address", "Do people, premises and web presence fit an organisation that does this work?"),
        Question("duplicate", "Is the same work funded by nobody else, as far as registers and other bids show?"),
        Question("evidence", "Do documents look genuine: dates, names, fonts, sums, and who made the file?"),
        Question("suppliers", "Are suppliers and subcontractors independent of the applicant, or named as related?"),
        Question("account", "Was the account confirmed by a way other than the applicant's own message?"),
        Question("history", "Are earlier claims of the organisation free of recoveries and unexplained returns?"),
    ),
}


def clean_answers(kind: str) -> dict[str, str]:
    """Return answers to a checklist that show no risk; nothing for a kind without one."""
    return {question.code: YES for question in CHECKLISTS.get(kind, ())}


def checked_answers(kind: str, answers: Mapping[str, str], rating: str) -> dict[str, str]:
    """Return the answers to a checklist as they are kept.

    Raises:
        Refused: a question is not answered, or a risk is rated green.
    """
    asked = CHECKLISTS.get(kind, ())
    found = {question.code: answers.get(question.code, "") for question in asked}
    for question in asked:
        if found[question.code] not in (YES, NO, DOES_NOT_APPLY):
            raise Refused(f"Answer every question of the checklist. Not answered: “{question.text}”")
    if NO in found.values() and rating == Rating.GREEN:
        raise Refused("An answer is “No”, which is a risk, so the rating cannot be green. Rate it amber or red.")
    return found


def match_by_month(
    match_pounds: int, grant_pence: int, profile: Iterable[tuple[dt.date, int]], verified: Sequence[tuple[dt.date, int]]
) -> list[Month]:
    """Return, month by month, the match funding that a spend profile needs and what is verified by then, both summed.

    Match funding is needed in step with the grant: by the end of a month as much of it, in whole pounds rounded down,
    as of the grant. What is verified counts from the day on which it can be spent, looked at on the first of the month.

    Args:
        profile: month and grant in pence, in order.
        verified: day and whole pounds of each verified source.
    """
    found, upto = [], 0
    for first, pence in profile:
        upto += pence
        needed = match_pounds * upto // grant_pence if grant_pence else match_pounds
        found.append(Month(first, needed, sum(amount for day, amount in verified if day <= first)))
    return found


def shortage(months: Iterable[Month]) -> str:
    """Return in words where match funding is short first; nothing where it never is."""
    for month in months:
        if month.missing:
            return (
                f"By the end of {month.first:%B %Y} £{month.needed:,} of match funding is needed, and £{month.there:,}"
                " is verified and can be spent by then."
            )
    return ""


class Reduced(NamedTuple):
    """A partner's money after costs were found ineligible: whole pounds."""

    costs: dict[str, int]
    cost: int
    grant: int
    match: int


class CostLine(NamedTuple):
    """A line of costs, in pounds to 5 decimals. Overheads at 20 % follow labour by themselves."""

    key: int
    category: str
    amount: Decimal
    follows_labour: bool = False


def reduce(
    lines: Sequence[CostLine], to: Mapping[int, Decimal], *, percent: Decimal, other_public: int, grant_before: int
) -> tuple[Reduced, dict[int, Decimal]]:
    """Return a partner's money when some lines are reduced, and what every line that changes then comes to.

    The rate stays what was awarded, which lies within the ceiling; grant and match funding follow from it:
    grant = max(0, ⌊cost × percent ÷ 100⌋ − other public funding), and grant + other public funding + match = cost.

    Args:
        to: key of a line to its new amount.

    Raises:
        Refused: a line is unknown or follows labour, an amount does not fall, or the identity cannot hold.
    """
    by_key = {line.key: line for line in lines}
    for key, amount in to.items():
        line = by_key.get(key)
        if line is None:
            raise Refused("One of the lines does not belong to this partner. Reload the page.")
        if line.follows_labour:
            raise Refused("Overheads at 20 % of labour follow labour by themselves: reduce labour instead.")
        if not 0 <= amount < line.amount:
            raise Refused("An eligible amount lies below what was asked, and not below zero. Leave other lines alone.")
    now = {line.key: to.get(line.key, line.amount) for line in lines}
    labour = sum((now[line.key] for line in lines if line.category == CostCategory.LABOUR), Decimal(0))
    now |= {line.key: round_half_up(labour * OVERHEAD_PERCENT / 100) for line in lines if line.follows_labour}
    costs = dict.fromkeys(map(str, CostCategory), 0)
    for category in costs:
        costs[category] = int(round_half_up(sum((now[x.key] for x in lines if x.category == category), Decimal(0))))
    cost = sum(costs.values())
    if cost < other_public:
        raise Refused(
            f"Eligible costs would be £{cost:,}, less than the other public funding of £{other_public:,}."
            " Withdraw the offer instead."
        )
    found = money(cost, percent, other_public)
    if grant_before and not found.grant:
        raise Refused("Nothing would be left of this partner's grant. Withdraw the offer instead.")
    changed = {line.key: now[line.key] for line in lines if now[line.key] != line.amount}
    return Reduced(costs, cost, found.grant, found.match), changed


def must_fall(before: int, after: int) -> None:
    """Refuse a change of costs that leaves the grant as it is or raises it; whole pounds."""
    if after >= before:
        raise Refused(f"The grant would stay at {pounds(before * 100)}, so nothing is reduced.")
