"""Read what the page of a live award shows: periods and claims, money by category, match funding, reports, reviews."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from accounts.models import User
from accounts.states import Role
from awards import overview, queries, reports, rules
from awards.models import AnnualReview, Award, AwardPartner, Claim, ClaimLine, MatchSpent, Milestone
from awards.states import ClaimState
from bids.states import CostCategory
from funds.years import quarter_of_project

Claims = Mapping[tuple[int, int], Claim]


@dataclass(frozen=True)
class Period:
    """A claim period of one partner: when it ends, by when its claim is due, and the claim if one was begun."""

    number: int
    partner: AwardPartner
    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date
    claim: Claim | None
    is_shown: bool
    standing: str


@dataclass(frozen=True)
class Category:
    """What was awarded in a cost category and what claims have used of it, in pence, all partners together."""

    name: str
    awarded: int
    claimed: int

    @property
    def left(self) -> int:
        """What can still be claimed."""
        return self.awarded - self.claimed


@dataclass(frozen=True)
class Match:
    """Match funding of a partner in pence: what it has to spend in all, by now, and what it has spent."""

    partner: AwardPartner
    needed: int
    planned: int
    spent: int


@dataclass(frozen=True)
class Month:
    """Grant up to the end of a month, in pence: as planned, and as claimed for periods that ended by then."""

    month: dt.date
    planned: int
    claimed: int


@dataclass(frozen=True)
class Progress:
    """Where a live award stands."""

    money: overview.Money
    periods: list[Period]
    categories: list[Category]
    match: list[Match]
    months: list[Month]
    reports: list[reports.Due]
    reviews: list[AnnualReview]
    years_to_review: list[int]
    milestones: list[Milestone]


def of_award(award: Award, user: User, today: dt.date) -> Progress:
    """Return where an award stands, for a person who may see it, in a constant number of queries."""
    parts = list(award.partners.select_related("organisation"))
    claims = {(c.organisation_id, c.number): c for c in award.claims.all()}
    counted = [claim for claim in claims.values() if claim.state in rules.COUNTED]
    reviews = list(award.reviews.select_related("by"))
    reviewed = {review.year for review in reviews}
    years = rules.years_to_review(award.starts_on, award.ends_on, today)
    return Progress(
        money=overview.money(award),
        periods=_periods(award, parts, claims, user, today),
        categories=_categories(parts, counted),
        match=_match(award, parts, counted, today),
        months=_months(award, counted),
        reports=reports.schedule(award, parts, claims),
        reviews=reviews,
        years_to_review=[year for year in years if year not in reviewed],
        milestones=list(award.milestones.select_related("reached")),
    )


def _periods(award: Award, parts: list[AwardPartner], claims: Claims, user: User, today: dt.date) -> list[Period]:
    ours = user.organisation_ids(Role.APPLICANT)
    found = []
    for number in _numbers(award):
        first, last = quarter_of_project(award.starts_on, number, award.ends_on)
        due_on = rules.claim_due_on(last)
        for part in parts:
            if part.grant_pounds:
                claim = claims.get((part.organisation_id, number))
                is_shown = claim is not None and (claim.received_at is not None or part.organisation_id in ours)
                standing = _standing(claim, first, last, due_on, today)
                found.append(Period(number, part, first, last, due_on, claim, is_shown, standing))
    return found


def _numbers(award: Award) -> range:
    """Return the numbers of the award's claim periods."""
    return range(1, rules.periods(award.starts_on, award.ends_on) + 1)


def _standing(claim: Claim | None, first: dt.date, last: dt.date, due_on: dt.date, today: dt.date) -> str:
    if claim and claim.received_at:
        return str(ClaimState(claim.state).label)
    if today > due_on:
        return "Overdue"
    if today > last:
        return "Due"
    return "Running" if today >= first else "To come"


def _categories(parts: list[AwardPartner], counted: list[Claim]) -> list[Category]:
    lines = ClaimLine.objects.filter(claim__in=counted).values_list("category")
    claimed = dict(lines.annotate(total=Sum(queries.ALLOWED)))
    found = []
    for category in CostCategory:
        awarded = 100 * sum(part.costs.get(category, 0) for part in parts)
        if awarded or claimed.get(category):
            found.append(Category(str(category.label), awarded, claimed.get(category, 0)))
    return found


def _match(award: Award, parts: list[AwardPartner], counted: list[Claim], today: dt.date) -> list[Match]:
    """Return match funding of each partner; by plan it is spent evenly over the days of the project.

    It is claimed in arrears, so what is planned by now ends with the last claim period that is over.
    """
    lines = MatchSpent.objects.filter(claim__in=counted).values_list("claim__organisation")
    spent = dict(lines.annotate(total=Sum("pence")))
    days = (award.ends_on - award.starts_on).days + 1
    ends = (quarter_of_project(award.starts_on, n, award.ends_on)[1] for n in _numbers(award))
    gone = max(((end - award.starts_on).days + 1 for end in ends if end < today), default=0)
    return [
        Match(part, 100 * part.match_pounds, 100 * part.match_pounds * gone // days, spent.get(part.organisation_id, 0))
        for part in parts
        if part.match_pounds
    ]


def _months(award: Award, counted: Sequence[Claim]) -> list[Month]:
    return [
        Month(m.month, m.upto, sum(c.grant_pence for c in counted if c.ends_on.replace(day=1) <= m.month))
        for m in overview.months(award)
    ]
