"""Read what is left of a partner's grant to release, and by financial year. Pence throughout."""

from django.db.models import Sum

from awards import queries, rules
from awards.models import AwardPartner, Claim
from awards.states import ClaimState
from funds.years import financial_year

WAITING = frozenset(rules.COUNTED) - {ClaimState.INSTRUCTED, ClaimState.PAID}


def grant_of(part: AwardPartner) -> int:
    """Return what a partner may claim in all: its grant less what was released."""
    return part.grant_pounds * 100 - queries.released([part])


def left_of(part: AwardPartner) -> int:
    """Return what a partner can still claim, and so at most release."""
    claims = Claim.objects.filter(award=part.award_id, organisation=part.organisation_id, state__in=rules.COUNTED)
    return grant_of(part) - (claims.aggregate(total=Sum("grant_pence"))["total"] or 0)


def left_by_year(part: AwardPartner) -> dict[str, int]:
    """Return what a partner can release of each financial year: what the award has committed there and needs not.

    Claims that wait to be paid need the year in which their period ends.
    """
    years = queries.left_by_year(part.award)
    for ends_on, pence in part.award.claims.filter(state__in=WAITING).values_list("ends_on", "grant_pence"):
        year = financial_year(ends_on)
        years[year] = years.get(year, 0) - pence
    left = left_of(part)
    return {year: min(pence, left) for year, pence in sorted(years.items()) if pence > 0 and left > 0}
