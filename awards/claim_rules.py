"""What keeps a claim from being submitted, and what makes two items the same. Pure."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.rules import Refused
from awards.rules import Entitlement, Line, MatchLine, claim_sums, in_words
from bids.states import CostCategory
from funds.money import pounds

DECLARATION = (
    "All items are for this project and this period, are paid, and are claimed nowhere else. The match funding was "
    "spent on them. I keep the invoices and records, and the department may inspect them."
)


@dataclass(frozen=True)
class Problem:
    """What keeps a claim from being submitted, and the place of the item that it is about, if it is about one."""

    sentence: str
    line: int | None = None


def claim_problems(
    *,
    lines: Sequence[Line],
    match_pence: int,
    due: Entitlement,
    starts_on: dt.date,
    ends_on: dt.date,
    match: Sequence[MatchLine] = (),
) -> list[Problem]:
    """Return everything that keeps a claim from being submitted.

    Args:
        match_pence: match funding that the claimant says was spent; `match` says on what.
        starts_on: first day of the claim period.
        ends_on: last day of the claim period.
    """
    if not lines:
        return [Problem("Add at least one item of spend, or say that nothing was spent in this period.")]
    sums = claim_sums(lines, due)
    problems = [
        Problem(sentence, place)
        for place, line in enumerate(lines)
        for sentence in _line_problems(line, starts_on, ends_on)
    ]
    problems += _same_invoice_twice(lines)
    problems += _over_category(lines, due)
    problems += [Problem(sentence) for line in match for sentence in _match_problems(line, starts_on, ends_on)]
    if sums.grant == 0:
        problems.append(Problem("The claim comes to no grant at all, so there is nothing to pay."))
    if match_pence < sums.match_needed:
        told = f"Match funding of {pounds(match_pence)} was spent, but this claim needs {pounds(sums.match_needed)}."
        problems.append(Problem(told))
    if match_pence > sums.eligible - sums.grant:
        problems.append(
            Problem(
                f"Grant and match funding come to more than the spend of {pounds(sums.eligible)}: state at most "
                f"{pounds(sums.eligible - sums.grant)} as match funding."
            )
        )
    return problems


def _line_problems(line: Line, starts_on: dt.date, ends_on: dt.date) -> list[str]:
    problems = _outside(f"“{line.description}” was incurred", line.incurred_on, starts_on, ends_on)
    if not line.has_evidence and not line.no_evidence_reason:
        problems.append(
            f"“{line.description}” has no evidence. Upload an invoice or receipt, or say why there is none."
        )
    return problems


def _match_problems(line: MatchLine, starts_on: dt.date, ends_on: dt.date) -> list[str]:
    problems = _outside(f"Match funding “{line.description}” was spent", line.spent_on, starts_on, ends_on)
    if not line.has_evidence and not line.no_evidence_reason:
        problems.append(f"Match funding “{line.description}” has no evidence. Upload it, or say why there is none.")
    return problems


def _outside(what: str, day: dt.date, starts_on: dt.date, ends_on: dt.date) -> list[str]:
    if starts_on <= day <= ends_on:
        return []
    return [f"{what} on {in_words(day)}, outside this period ({in_words(starts_on)} to {in_words(ends_on)})."]


def _same_invoice_twice(lines: Sequence[Line]) -> list[Problem]:
    problems = []
    for place, line in enumerate(lines):
        same = (
            is_same_invoice(line, other) and line.category == other.category and line.pence == other.pence
            for other in lines[:place]
        )
        if not line.duplicate_reason and any(same):
            told = (
                f"Invoice {line.invoice_number} is on this claim twice with the same amount. "
                "Remove one, or say on it why both are right."
            )
            problems.append(Problem(told, place))
    return problems


def _over_category(lines: Sequence[Line], due: Entitlement) -> list[Problem]:
    asked: dict[str, int] = {}
    for line in lines:
        asked[line.category] = asked.get(line.category, 0) + line.allowed
    problems = []
    for category, pence in asked.items():
        left = due.left_of(category)
        if pence > left:
            name = CostCategory(category).label
            told = f"{name}: {pounds(pence)} is claimed, but only {pounds(left)} of the eligible cost is left."
            problems.append(Problem(told))
    return problems


def is_same_invoice(one: Any, other: Any) -> bool:
    """Tell whether two items name the same invoice: number and supplier as `text_key` sees them.

    An item that names no supplier may be anybody's, so it counts as the same.
    """
    number = text_key(one.invoice_number)
    suppliers = {text_key(one.supplier), text_key(other.supplier)} - {""}
    return bool(number) and number == text_key(other.invoice_number) and len(suppliers) < 2


def must_disallow(pence: int, of: int, before: int) -> None:
    """Refuse to disallow nothing new, or more than an item of `of` pence cost."""
    if not 0 <= pence <= of:
        raise Refused(f"Disallow between £0 and {pounds(of)}, which is what the item cost.")
    if pence == before:
        raise Refused(f"{pounds(pence)} of this item is disallowed already.")


def text_key(text: str) -> str:
    """Return a number or name as duplicates are recognised: plain capitals, no blanks, no punctuation."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())
