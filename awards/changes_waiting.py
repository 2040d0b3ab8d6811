"""What of awards waits for a second person, or for ratings of a partner that joined: for one official, oldest first."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Min, QuerySet
from django.urls import reverse

from accounts.models import User
from awards import profiles, queries, readiness, reductions, rules
from awards.models import Award, Condition, Recovery, Underspend, Variation
from awards.next_steps import BEFORE_LETTER
from awards.states import UNDER_WAY, RecoveryState, UnderspendState, VariationState
from funds import approvals
from funds.money import pounds


class Waiting(NamedTuple):
    """Something that an official can do now: what it is, of which award, since when, by whom, and where it is done."""

    what: str
    award: str
    at: dt.datetime
    by: str
    href: str


def of(user: User) -> list[Waiting]:
    """Return everything that waits for a person, in six queries at most and one for what is kept from them."""
    mine = queries.visible_to(user).exclude(partners__organisation__in=user.organisation_ids())
    found: list[Waiting] = []
    if user.roles & rules.OFFERS:
        found += [*_variations(mine, user), *_releases(mine, user), *_before_letter(mine, user)]
    if user.roles & rules.ASKS:
        found += _recoveries(mine, user)
    if user.roles & rules.SETTLES:
        found += _joined(mine)
    return sorted(found, key=lambda one: one.at)


def _variations(awards: QuerySet[Award], user: User) -> Iterator[Waiting]:
    found = Variation.objects.filter(state=VariationState.PROPOSED, award__in=awards.filter(state__in=UNDER_WAY))
    for one in found.exclude(by=user).select_related("award", "by"):
        yield _at_changes(f"Variation {one}: {one.get_kind_display().lower()}", one.award, one.at, one.by)


def _releases(awards: QuerySet[Award], user: User) -> Iterator[Waiting]:
    found = Underspend.objects.filter(
        state=UnderspendState.PROPOSED, part__award__in=awards.filter(state__in=UNDER_WAY)
    )
    for one in found.exclude(by=user).select_related("part__award", "by"):
        yield _at_changes(f"Release {one}: {pounds(one.pence)} of {one.year}", one.part.award, one.at, one.by)


def _recoveries(awards: QuerySet[Award], user: User) -> Iterator[Waiting]:
    found = Recovery.objects.filter(state=RecoveryState.PROPOSED, claim__award__in=awards)
    for one in found.exclude(by=user).select_related("claim__award", "by"):
        yield _at_changes(f"{pounds(one.pence)} of claim {one.claim} back: {one}", one.claim.award, one.at, one.by)


def _at_changes(what: str, award: Award, at: dt.datetime, by: User) -> Waiting:
    return Waiting(what, award.reference, at, str(by), reverse("award_changes", args=[award]))


def _before_letter(awards: QuerySet[Award], user: User) -> Iterator[Waiting]:
    """Yield large awards, ineligible costs and spend profiles; they are filed under the award, or it and a partner."""
    found = approvals.waiting(readiness.LARGE, reductions.KIND, profiles.KIND).exclude(by=user)
    by_reference = {award.reference: award for award in awards.filter(state__in=BEFORE_LETTER)} if found else {}
    for one in found:
        reference, _, organisation = one.reference.partition("/")
        award = by_reference.get(reference)
        if award is None or (one.kind == readiness.LARGE and one.content.get("grant_pence") != award.grant_pence):
            continue
        what, page = {
            readiness.LARGE: ("Approval above £100,000", "award_large"),
            reductions.KIND: ("Costs that are not eligible", "award_costs"),
            profiles.KIND: ("Spend profile", "award_profile"),
        }[one.kind]
        href = reverse(page, args=[reference, organisation] if organisation else [reference])
        yield Waiting(what, reference, one.at, str(one.by), href)


def _joined(awards: QuerySet[Award]) -> Iterator[Waiting]:
    opened = Condition.objects.filter(settled_at=None, award__in=awards.filter(state__in=UNDER_WAY))
    rows = opened.order_by().values_list("award__reference", "organisation__name")
    for reference, name, at in rows.annotate(at=Min("award__variations__at")):
        href = reverse("award_preparation", args=[reference])
        yield Waiting(f"{name} joined: rate it before it claims", reference, at, "", href)
