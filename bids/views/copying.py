"""Copy a bid into another competition."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import person
from bids import copies, team
from bids.actions.copying import copy_bid
from bids.forms.begin import StartForm
from bids.models import Bid
from bids.views.loading import of_bid
from funds.queries import open_now
from infra.deeds import outcome


@require_safe
@of_bid
def choose(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Choose the competition to copy a bid into."""
    others = open_now(timezone.now()).exclude(pk=bid.competition_id)
    fit = [c for c in others if bid.lead.kind in c.lead_kinds]
    page = {"bid": bid, "competitions": fit, "why_not": team.why_not_edit(person(request), bid)}
    return render(request, "bids/copy.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def copy(request: HttpRequest, bid: Bid, competition: str) -> HttpResponse:
    """Show what can be carried and what cannot, and begin the new draft."""
    user, now = person(request), timezone.now()
    into = get_object_or_404(open_now(now).exclude(pk=bid.competition_id), reference=competition)
    if why := team.why_not_edit(user, bid):
        messages.error(request, why)
        return redirect("bid", bid.reference)
    form = StartForm(request.POST or None, competition=into, leads=[bid.lead])
    form.initial["title"] = bid.title
    if form.is_valid():
        facts = {name: value for name, value in form.facts().items() if name != "lead"}
        if copied := outcome(form, copy_bid, bid=bid, competition=into, by=user, at=now, **facts):
            messages.success(request, f"{bid.reference} is copied. Read and finish each part before you submit.")
            if copied.left_out:
                messages.warning(request, "Not as before: " + " ".join(copied.left_out))
            return redirect("bid", copied.bid.reference)
    page = {"bid": bid, "competition": into, "form": form, "plan": copies.plan(bid, into)}
    return render(request, "bids/copy_into.html", page)
