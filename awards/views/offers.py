"""Offer awards to the bids that the panel funds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import Refused
from accounts.signed_in import acting
from awards import actions, forms, queries, rules
from awards.views.shared import GET_OR_POST, as_official, posted
from infra.deeds import outcome
from infra.paging import page_by_key


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """List the bids that have won and wait for their offer."""
    by, _ = acting(request, rules.OFFERS)
    return render(request, "awards/offers.html", {"page": page_by_key(request, queries.awaiting_offer(by))})


@require_http_methods(GET_OR_POST)
def offer(request: HttpRequest, bid: str) -> HttpResponse:
    """Show what an offer would promise, year by year, and make it."""
    who = as_official(request, rules.OFFERS)
    won = get_object_or_404(queries.awaiting_offer(who["by"]), reference=bid)
    form = forms.Confirmation(posted(request))
    if form.is_valid() and (made := outcome(form, actions.offer, bid=won, **who)):
        messages.success(request, f"Award {made.reference} is offered to {won.lead}. Its conditions are below.")
        return redirect("award", made.reference)
    try:
        plan, why_not = actions.plan(bid=won, at=timezone.now()), ""
    except Refused as refused:
        plan, why_not = None, str(refused)
    parts = won.partners.select_related("organisation")
    page = {"bid": won, "parts": parts, "plan": plan, "why_not": why_not, "form": form}
    return render(request, "awards/offer.html", page)
