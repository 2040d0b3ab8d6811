"""Read what is left of a partner's grant to release, and by financial year. Pence throughout."""

from django.db.models import Sum

from awards import queries, rules
from awards.models import AwardPartner, Claim, SpendLine
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

    Claims that wait to be paid need the year in which their period ends; other partners need what is planned for them
    in a year beyond what they have claimed of it.
    """
    years = queries.left_by_year(part.award)
    claims = part.award.claims.filter(state__in=rules.COUNTED).values_list("state", "organisation", "ends_on")
    planned = SpendLine.objects.filter(award=part.award_id).exclude(organisation=part.organisation_id)
    needed: dict[tuple[int, str], int] = {}
    for organisation, month, pence in planned.values_list("organisation", "month").annotate(total=Sum("pence")):
        key = organisation, financial_year(month)
        needed[key] = needed.get(key, 0) + pence
    for state, organisation, ends_on, pence in claims.annotate(total=Sum("grant_pence")):
        key = organisation, financial_year(ends_on)
        needed[key] = needed.get(key, 0) - pence
        if state in WAITING:
            years[key[1]] = years.get(key[1], 0) - pence
    for (_, year), pence in needed.items():
        years[year] = years.get(year, 0) - max(0, pence)
    left = left_of(part)
    return {year: min(pence, left) for year, pence in sorted(years.items()) if pence > 0 and left > 0}
