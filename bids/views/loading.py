"""Find the bid that an address names, for the people who work on it and nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from bids import overview, queries, rules
from bids.match import OPEN_TO_SOURCES
from bids.models import Bid, Partner

View = Callable[..., HttpResponse]
NOT_LEAD = "Only people of the lead organisation can change this part of the bid."
NOT_PART = "Only people of the lead or of this partner can change its costs and match funding."


def my_bid(user: User, reference: str) -> Bid:
    """Return a bid that a person works on as applicant.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    bid = get_object_or_404(overview.mine(user), reference=reference)
    if not queries.is_of_applicant(user, bid):
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
        may = overview.may_edit(person(request), bid)
        return _told(request, bid, NOT_LEAD if not may else _closed(bid)) or view(request, bid, **further)

    return of_bid(wraps(view)(look))


def changing_part(view: View) -> View:
    """Give the view the partner; who may not change its money, is told so."""

    def look(request: HttpRequest, part: Partner, **further: Any) -> HttpResponse:
        may = overview.may_edit_part(person(request), part)
        return _told(request, part.bid, NOT_PART if not may else _closed(part.bid)) or view(request, part, **further)

    return of_part(wraps(view)(look))


def adding_match(view: View) -> View:
    """Give the view the partner; its match funding can be declared and evidenced after submission too."""

    def look(request: HttpRequest, part: Partner, **further: Any) -> HttpResponse:
        why = "" if overview.may_edit_part(person(request), part) else NOT_PART
        if not why and part.bid.state not in OPEN_TO_SOURCES:
            why = "The bid has ended, so its match funding can no longer be changed."
        return _told(request, part.bid, why) or view(request, part, **further)

    return of_part(wraps(view)(look))


def _closed(bid: Bid) -> str:
    try:
        rules.must_be_editable(bid.state)
    except Refused as refused:
        return str(refused)
    return ""


def _told(request: HttpRequest, bid: Bid, why: str) -> HttpResponse | None:
    """Send somebody who only looks at a form that is closed to them back to the bid, with the reason."""
    if not why or request.method == "POST":
        return None
    messages.error(request, why)
    return redirect("bid", bid.reference)
