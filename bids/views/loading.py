"""Find the bid that an address names, for the people who work on it and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from bids import overview, rules, sections, team
from bids.actions.team import touch
from bids.models import Bid, Partner

View = Callable[..., HttpResponse]


def my_bid(user: User, reference: str) -> Bid:
    """Return a bid that a person works on as applicant, with its competition, strand and lead.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    return _mine(team.one_with_role_of, user, reference)


def my_bid_alone(user: User, reference: str) -> Bid:
    """Return a bid that a person works on as applicant, for the request made most often.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    return _mine(team.one_alone_with_role_of, user, reference)


def _mine(read: Callable[[User, str, str], Bid], user: User, reference: str) -> Bid:
    try:
        bid = read(user, "b.reference = %(value)s", reference)
    except Bid.DoesNotExist as missing:
        raise Http404 from missing
    if not overview.works_on(user, bid):
        raise Http404
    return bid


def of_bid(view: View) -> View:
    """Give the view the bid that `reference` names."""

    @wraps(view)
    def load(request: HttpRequest, reference: str, **further: Any) -> HttpResponse:
        return view(request, my_bid(person(request), reference), **further)

    return load


def of_part(view: View) -> View:
    """Give the view the partner that `reference` and `partner` name, its `bid` loaded."""

    @wraps(view)
    def load(request: HttpRequest, reference: str, partner: int, **further: Any) -> HttpResponse:
        bid = my_bid(person(request), reference)
        part = get_object_or_404(Partner.objects.select_related("organisation"), bid=bid, pk=partner)
        part.bid = bid
        return view(request, part, **further)

    return load


def changing(view: View) -> View:
    """Give the view the bid; who may not change it, is told so. What was typed meets the refusal on its own page."""

    def look(request: HttpRequest, bid: Bid, **further: Any) -> HttpResponse:
        why = team.why_not_edit(person(request), bid) or _closed(bid)
        return _shown(request, bid, why) or view(request, bid, **further)

    return of_bid(wraps(view)(look))


def changing_part(view: View) -> View:
    """Give the view the partner; who may not change its money, is told so."""

    def look(request: HttpRequest, part: Partner, **further: Any) -> HttpResponse:
        why = team.why_not_edit_part(person(request), part.bid, part.organisation_id) or _closed(part.bid)
        return _shown(request, part.bid, why) or view(request, part, **further)

    return of_part(wraps(view)(look))


def adding_match(view: View) -> View:
    """Give the view the partner; its match funding can be declared and evidenced after submission too."""

    def look(request: HttpRequest, part: Partner, **further: Any) -> HttpResponse:
        why = team.why_not_edit_part(person(request), part.bid, part.organisation_id)
        if not why and not team.takes_sources(part.bid, timezone.now()):
            why = "The bid has ended, so its match funding can no longer be changed."
        return _shown(request, part.bid, why) or view(request, part, **further)

    return of_part(wraps(view)(look))


def submitting(view: View) -> View:
    """Give the view the bid; who may not submit it, or not now, is told so. A press is told by the deed itself."""

    @wraps(view)
    def look(request: HttpRequest, reference: str, **further: Any) -> HttpResponse:
        user = person(request)
        if request.method == "POST":
            return view(request, my_bid_alone(user, reference), **further)
        bid = my_bid(user, reference)
        why = team.why_not_lead(user, bid) or _closed(bid)
        return _told(request, bid, why) or view(request, bid, **further)

    return look


def leading(view: View) -> View:
    """Give the view the bid; who may not say who does what on it, is told so."""

    def look(request: HttpRequest, bid: Bid, **further: Any) -> HttpResponse:
        why = team.why_not_lead(person(request), bid)
        return _told(request, bid, why) or view(request, bid, **further)

    return of_bid(wraps(view)(look))


def _closed(bid: Bid) -> str:
    try:
        rules.must_be_open_to_changes(bid.state, team.shuts_at(bid), timezone.now())
    except Refused as refused:
        return str(refused)
    return ""


def _shown(request: HttpRequest, bid: Bid, why: str) -> HttpResponse | None:
    """Note who has the section open, for the others on the bid; or send them back with the reason."""
    if not why and (section := sections.within(request.path, bid.reference)):
        user, now = person(request), timezone.now()
        touch(bid=bid, section=section, by=user, at=now)
        request.also_here = lambda: team.present(bid, now, but=user).get(section, [])  # type: ignore[attr-defined]
    return _told(request, bid, why)


def _told(request: HttpRequest, bid: Bid, why: str) -> HttpResponse | None:
    """Send somebody who only looks at a form that is closed to them back to the bid, with the reason."""
    if not why or request.method == "POST":
        return None
    messages.error(request, why)
    return redirect("bid", bid.reference)
