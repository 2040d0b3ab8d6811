"""Who may do what to awards and claims, when, and for how much. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from accounts.rules import Refused
from accounts.states import Role
from awards.states import ClaimState, ConditionKind, Rating
from bids.states import CostCategory
from funds.money import floor_percent, pounds
from funds.years import end_of_project, quarter_of_project
from infra import words

LONDON = ZoneInfo("Europe/London")
ACCEPT_DAYS = 30  # the letter is void afterwards
CLAIM_DAYS = 30  # a claim is due so many days after its period
MONTHS_PER_CLAIM = 3
MOST_LINES = 500
MOST_PENCE = 10**11

OFFERS = frozenset({Role.FUND_MANAGER})
SETTLES = frozenset({Role.FINANCE_OFFICER})
ISSUES = frozenset({Role.FUND_MANAGER})
# What is judged of every partner that claims grant.
CLAIMING = (ConditionKind.BANK, ConditionKind.VIABILITY, ConditionKind.DUE_DILIGENCE, ConditionKind.FRAUD)
PAYS = frozenset({Role.FINANCE_OFFICER})
# Step of a claim's approval → (state it is taken in, roles that take it).
CLAIM_STEPS = {
    "review": (ClaimState.SUBMITTED, frozenset({Role.MONITORING_OFFICER})),
    "approve": (ClaimState.REVIEWED, frozenset({Role.FUND_MANAGER})),
    "instruct": (ClaimState.APPROVED, frozenset({Role.FINANCE_OFFICER})),
}
# Claims that have taken their share of what an award still has.
COUNTED = (
    ClaimState.SUBMITTED,
    ClaimState.REVIEWED,
    ClaimState.APPROVED,
    ClaimState.INSTRUCTED,
    ClaimState.PAID,
    ClaimState.RETURNED,
)


@dataclass(frozen=True)
class Line:
    """One item of spend on a claim, in pence."""

    category: str
    description: str
    incurred_on: dt.date
    pence: int
    invoice_number: str = ""


@dataclass(frozen=True)
class Entitlement:
    """What one partner may claim: whole pounds as awarded, pence as used up by its other claims."""

    costs: Mapping[str, int]
    percent: Decimal
    cost_pounds: int
    grant_pounds: int
    other_public_pounds: int
    match_pounds: int
    used_by_category: Mapping[str, int]
    used_grant_pence: int


@dataclass(frozen=True)
class ClaimSums:
    """What a claim comes to, in pence."""

    eligible: int
    grant: int
    other_public: int
    match_needed: int


def uk_day(at: dt.datetime) -> dt.date:
    """Return the day in the United Kingdom at an instant."""
    return at.astimezone(LONDON).date()


def in_words(day: dt.date) -> str:
    """Return a day as people read it, such as 4 March 2027."""
    return f"{day.day} {day:%B %Y}"


def kept(text: str, what: str, longest: int = words.LONGEST_TEXT) -> str:
    """Return a text as it is kept, without blanks around it.

    Raises:
        Refused: it is empty, too long, or holds characters that cannot be kept.
    """
    text = text.strip()
    if not text:
        raise Refused(f"Type {what}.")
    if problem := words.why_not_text(text):
        raise Refused(f"{problem} This is about {what}.")
    if len(text) > longest:
        raise Refused(f"Type {what} in at most {longest} characters; it has {len(text)}.")
    return text


def must_be_keepable(lines: Sequence[Line], match_pence: int) -> None:
    """Refuse what cannot be kept even in a draft: unknown categories, no amounts, endless texts."""
    if len(lines) > MOST_LINES:
        raise Refused(f"Give at most {MOST_LINES} items of spend on one claim.")
    for line in lines:
        if line.category not in CostCategory.values:
            raise Refused(f"“{line.category}” is no cost category. Choose one of: {', '.join(CostCategory.values)}.")
        kept(line.description, "what was bought", 200)
        if line.invoice_number.strip():
            kept(line.invoice_number, "the invoice number", 60)
        if not 0 < line.pence <= MOST_PENCE:
            raise Refused(f"“{line.description}” must cost more than nothing, and at most {pounds(MOST_PENCE)}.")
    if not 0 <= match_pence <= MOST_PENCE:
        raise Refused(f"Match funding spent must be between £0 and {pounds(MOST_PENCE)}.")


def must_act_as(role: str, held: Collection[str], needed: Collection[str]) -> None:
    """Refuse unless `role` is one that the deed needs and that the person holds."""
    if role not in needed or role not in held:
        names = " or ".join(sorted(Role(r).label.lower() for r in needed))
        raise Refused(f"Only a {names} may do this. Ask one of them, or sign in as the person who is.")


def must_be_outsider(organisations: Collection[int], parties: Collection[int]) -> None:
    """Refuse an official who belongs to an organisation that receives the money."""
    if set(organisations) & set(parties):
        raise Refused("You belong to an organisation of this award, so a colleague who does not has to do this.")


def must_belong(organisations: Collection[int], organisation: int) -> None:
    """Refuse a person who is no applicant of the organisation that the deed is for."""
    if organisation not in organisations:
        raise Refused("Only somebody who acts for this organisation may do this. Ask it to add you as an applicant.")


def project_dates(wanted: dt.date | None, months: int, offered_on: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a project: the start asked for, or next month's first when that has passed."""
    next_month = offered_on.replace(day=1) + relativedelta(months=1)
    start = wanted.replace(day=1) if wanted and wanted.replace(day=1) >= next_month else next_month
    return start, end_of_project(start, months)


def conditions(partners: Iterable[tuple[int, int, int]]) -> list[tuple[ConditionKind, int]]:
    """Return the conditions of an award as (kind, organisation).

    Args:
        partners: organisation, grant and match funding of each, in whole pounds.
    """
    wanted = []
    for organisation, grant, match in partners:
        if match > 0:
            wanted.append((ConditionKind.MATCH, organisation))
        if grant > 0:
            wanted += [(kind, organisation) for kind in CLAIMING]
    return wanted


def must_settle(*, kind: str, rating: str, note: str, verified_pounds: int, match_pounds: int) -> None:
    """Refuse a judgement that does not settle a condition, or that says too little."""
    if rating not in Rating.values:
        raise Refused("Choose a rating: green, amber or red.")
    if rating != Rating.GREEN and not note.strip():
        raise Refused(f"Say in the note why the rating is {rating}.")
    if kind == ConditionKind.MATCH and rating != Rating.RED and verified_pounds < match_pounds:
        raise Refused(
            f"Match funding of £{verified_pounds:,} is verified, but £{match_pounds:,} is needed. "
            f"Verify another £{match_pounds - verified_pounds:,} first."
        )


def accept_by(issued_on: dt.date) -> dt.date:
    """Return the last day on which a letter can be accepted."""
    return issued_on + dt.timedelta(days=ACCEPT_DAYS)


def accountants_reports(grant_pounds: int) -> str:
    """Return which claims need an independent accountant's report, by the award's size (DOMAIN: claims)."""
    if grant_pounds > 2_000_000:
        return "Send an independent accountant's report with every claim."
    if grant_pounds > 500_000:
        return "Send an independent accountant's report with the first claim, the last claim and on each anniversary."
    if grant_pounds > 100_000:
        return "Send an independent accountant's report with the first and the last claim."
    if grant_pounds > 50_000:
        return "Send an independent accountant's report with the last claim."
    return "Send a statement of expenditure with the last claim; no accountant's report is needed."


def periods(starts_on: dt.date, ends_on: dt.date) -> int:
    """Return how many three-month claim periods a project has."""
    length = relativedelta(ends_on + dt.timedelta(days=1), starts_on)
    months = length.years * 12 + length.months
    return -(-months // MONTHS_PER_CLAIM)


def period(starts_on: dt.date, ends_on: dt.date, number: int, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a claim period that has ended.

    Raises:
        Refused: the project has no such period, or it is not over yet.
    """
    last = periods(starts_on, ends_on)
    if not 1 <= number <= last:
        raise Refused(f"This project has claim periods 1 to {last}, so there is none numbered {number}.")
    first_day, last_day = quarter_of_project(starts_on, number, ends_on)
    first = last_day + dt.timedelta(days=1)
    if today < first:
        raise Refused(f"Claims are made in arrears: this period can be claimed from {in_words(first)}.")
    return first_day, last_day


def claim_sums(lines: Iterable[Line], due: Entitlement) -> ClaimSums:
    """Return what the lines come to, in pence.

    Grant is ⌊eligible × percent⌋ less the share of other public funding, which counts against the ceiling, and never
    more than is left; so a partner that spends all its cost receives exactly its grant. Match funding pays the rest.
    """
    eligible = sum(line.pence for line in lines)
    other_public = -(-eligible * due.other_public_pounds // due.cost_pounds) if due.cost_pounds else 0
    left = due.grant_pounds * 100 - due.used_grant_pence
    grant = max(0, min(left, floor_percent(eligible, due.percent) - other_public))
    return ClaimSums(eligible, grant, other_public, max(0, eligible - grant - other_public))


def claim_problems(
    *, lines: Sequence[Line], match_pence: int, due: Entitlement, starts_on: dt.date, ends_on: dt.date
) -> list[str]:
    """Return everything that keeps a claim from being submitted, each as a sentence.

    Args:
        match_pence: match funding that the claimant says was spent.
        starts_on: first day of the claim period.
        ends_on: last day of the claim period.
    """
    if not lines:
        return ["Add at least one item of spend."]
    sums = claim_sums(lines, due)
    problems = [problem for line in lines for problem in _line_problems(line, starts_on, ends_on)]
    problems += _same_invoice_twice(lines)
    problems += _over_category(lines, due)
    if sums.grant == 0:
        problems.append("The claim comes to no grant at all, so there is nothing to pay.")
    if match_pence < sums.match_needed:
        problems.append(
            f"Match funding of {pounds(match_pence)} was spent, but this claim needs {pounds(sums.match_needed)}."
        )
    if match_pence > sums.eligible - sums.grant:
        problems.append(
            f"Grant and match funding come to more than the spend of {pounds(sums.eligible)}: state at most "
            f"{pounds(sums.eligible - sums.grant)} as match funding."
        )
    return problems


def _line_problems(line: Line, starts_on: dt.date, ends_on: dt.date) -> list[str]:
    if starts_on <= line.incurred_on <= ends_on:
        return []
    return [
        f"“{line.description}” was incurred on {in_words(line.incurred_on)}, outside this period "
        f"({in_words(starts_on)} to {in_words(ends_on)})."
    ]


def _same_invoice_twice(lines: Sequence[Line]) -> list[str]:
    seen: set[tuple[str, str, int]] = set()
    problems = []
    for line in lines:
        key = (invoice_key(line.invoice_number), line.category, line.pence)
        if key[0] and key in seen:
            problems.append(f"Invoice {line.invoice_number} is on this claim twice with the same amount.")
        seen.add(key)
    return problems


def _over_category(lines: Sequence[Line], due: Entitlement) -> list[str]:
    asked: dict[str, int] = {}
    for line in lines:
        asked[line.category] = asked.get(line.category, 0) + line.pence
    problems = []
    for category, pence in asked.items():
        left = due.costs.get(category, 0) * 100 - due.used_by_category.get(category, 0)
        if pence > left:
            name = CostCategory(category).label
            problems.append(
                f"{name}: {pounds(pence)} is claimed, but only {pounds(left)} of the eligible cost is left."
            )
    return problems


def invoice_key(number: str) -> str:
    """Return an invoice number as duplicates are recognised: capitals, no blanks, no punctuation."""
    return "".join(c for c in number.upper() if c.isalnum())


def claim_reference(award: str, place: int, number: int) -> str:
    """Return a claim's reference: the award's, the partner's place in it and the period."""
    return f"{award}-P{place}-C{number}"


def end_to_end_id(claim: str) -> str:
    """Return the id of a claim's one payment, at most 35 characters of the ISO 20022 set."""
    made = f"MF{claim}"
    if len(made) > 35:
        raise Refused(f"{made} is too long for the bank: at most 35 characters.")
    return made
