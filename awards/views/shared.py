"""What the views of this room share: find what is asked for, and say what its reader may do."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import acting, person
from accounts.states import Role
from awards import next_steps, overview, queries, rules
from awards.models import Award, AwardPartner, Claim
from awards.next_steps import AwardFacts, Reader
from infra.deeds import STORAGE_AWAY
from infra.storage import StorageAway

GET_OR_POST = ["GET", "HEAD", "POST"]


def find_award(request: HttpRequest, reference: str) -> Award:
    """Return an award that the person may see; otherwise answer 404."""
    seen = queries.visible_to(request.user).select_related("responsible_officer", "network", "bid__strand")
    return get_object_or_404(seen, reference=reference)


def find_claim(request: HttpRequest, reference: str) -> Claim:
    """Return a claim that the person may see; otherwise answer 404."""
    seen = queries.claims_visible_to(request.user).select_related("award__network", "award__bid__lead", "submitted_by")
    return get_object_or_404(seen, reference=reference)


def today() -> dt.date:
    """Return the day in the United Kingdom."""
    return rules.uk_day(timezone.now())


def reader(user: User) -> Reader:
    """Return who reads a page."""
    return Reader(
        key=user.pk,
        roles=frozenset(user.roles),
        acts_for=frozenset(user.organisation_ids(Role.APPLICANT)),
        belongs_to=frozenset(user.organisation_ids()),
        monitors=frozenset(user.organisation_ids(Role.MONITORING_OFFICER)),
    )


def facts(
    award: Award,
    parts: list[AwardPartner],
    *,
    proposer: int | None = None,
    has_letter: bool = False,
    is_varied: bool = False,
) -> AwardFacts:
    """Return what decides the next steps of an award."""
    return AwardFacts(
        state=award.state,
        lead=award.bid.lead_id,
        claiming=frozenset(part.organisation_id for part in parts if part.grant_pounds),
        parties=frozenset(part.organisation_id for part in parts),
        network=award.network_id,
        proposer=proposer,
        has_letter=has_letter,
        is_varied=is_varied,
        starts_on=award.starts_on,
        ends_on=award.ends_on,
    )


def steps_of(claim: Claim, user: User, agreed: overview.Agreement | None) -> frozenset[str]:
    """Return the deeds on a claim that a person may do now."""
    award = facts(claim.award, list(claim.award.partners.all()))
    return next_steps.of_claim(
        claim.state, claim.organisation_id, award, reader(user), agreed.people if agreed else frozenset()
    )


def as_official(request: HttpRequest, roles: Collection[str]) -> dict[str, Any]:
    """Return who does a deed, in which of `roles` and when; answer 403 to somebody who holds none of them."""
    by, role = acting(request, roles)
    return {"by": by, "role": role, "at": timezone.now()}


def as_applicant(request: HttpRequest, organisation: int) -> dict[str, Any]:
    """Return who does a deed for an organisation and when; answer 403 to somebody who does not act for it."""
    by = person(request)
    if organisation not in by.organisation_ids(Role.APPLICANT):
        raise PermissionDenied
    return {"by": by, "at": timezone.now()}


def official_role(user: User) -> str:
    """Return in which role somebody reads an award or claim who does not act for its organisations."""
    return next(role for role in sorted(queries.OFFICIALS) if role in user.roles)


def hand_out(request: HttpRequest, back: str, deed: Callable[..., str], **facts: Any) -> HttpResponse:
    """Send the person to the address of a file that a deed returns; a refusal is told on the page `back`."""
    try:
        return redirect(deed(**facts, at=timezone.now()))
    except (Refused, StorageAway) as refused:
        messages.error(request, STORAGE_AWAY if isinstance(refused, StorageAway) else str(refused))
        return redirect(back)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, for a form that is bound only then."""
    return request.POST if request.method == "POST" else None


def must_be_as_seen(seen: str, now: str | None) -> None:
    """Refuse to agree to content other than the one that the person has read.

    Raises:
        Refused: it has changed since the page was opened.
    """
    if seen != now:
        raise Refused("This has changed since you opened it. Read it again before you agree to it.")
