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
ASKS = OFFERS | PAYS  # for money back
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
    supplier: str = ""
    no_evidence_reason: str = ""
    duplicate_reason: str = ""
    has_evidence: bool = False
    disallowed: int = 0

    @property
    def allowed(self) -> int:
        """What counts of it: all but what the monitoring officer has disallowed."""
        return self.pence - self.disallowed


@dataclass(frozen=True)
class MatchLine:
    """Match funding spent on what a claim lists, in pence."""

    description: str
    spent_on: dt.date
    pence: int
    source: int | None = None
    no_evidence_reason: str = ""
    has_evidence: bool = False


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

    def left_of(self, category: str) -> int:
        """Return what is left of the eligible cost of a category, in pence."""
        return self.costs.get(category, 0) * 100 - self.used_by_category.get(category, 0)


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
        for text, what, longest in (
            (line.invoice_number, "the invoice number", 60),
            (line.supplier, "the supplier", 120),
            (line.no_evidence_reason, "why there is no evidence", 400),
            (line.duplicate_reason, "why it is not the same cost twice", 400),
        ):
            if text.strip():
                kept(text, what, longest)
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


def must_be_free(*, is_kept: bool) -> None:
    """Refuse an official from whom a conflict of interest keeps the bid."""
    if is_kept:
        raise Refused("You have a conflict of interest in this bid, so a colleague who has none has to do this.")


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
    eligible = sum(line.allowed for line in lines)
    other_public = -(-eligible * due.other_public_pounds // due.cost_pounds) if due.cost_pounds else 0
    left = due.grant_pounds * 100 - due.used_grant_pence
    grant = max(0, min(left, floor_percent(eligible, due.percent) - other_public))
    return ClaimSums(eligible, grant, other_public, max(0, eligible - grant - other_public))


def years_to_review(starts_on: dt.date, ends_on: dt.date, today: dt.date) -> list[int]:
    """Return the years of a project that are over, so that they can be reviewed; the last may be shorter."""
    found, year = [], 1
    while starts_on + relativedelta(years=year - 1) <= ends_on:
        if today > min(ends_on, starts_on + relativedelta(years=year, days=-1)):
            found.append(year)
        year += 1
    return found


def claim_due_on(ends_on: dt.date) -> dt.date:
    """Return the day by which the claim of a period that ends then is due (DOMAIN: within 30 days)."""
    return ends_on + dt.timedelta(days=CLAIM_DAYS)


def claim_reference(award: str, place: int, number: int) -> str:
    """Return a claim's reference: the award's, the partner's place in it and the period."""
    return f"{award}-P{place}-C{number}"


def end_to_end_id(claim: str) -> str:
    """Return the id of a claim's one payment, at most 35 characters of the ISO 20022 set."""
    made = f"MF{claim}"
    if len(made) > 35:
        raise Refused(f"{made} is too long for the bank: at most 35 characters.")
    return made
