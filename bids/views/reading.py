"""The whole bid to read: as it is now, as it was submitted, on paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.signed_in import person
from bids import overview, queries, team
from bids.models import Bid
from bids.paper import paper
from bids.states import EDITABLE
from bids.views.loading import of_bid


@require_safe
@of_bid
def check(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show the whole bid, and what it still lacks."""
    user, is_editable = person(request), bid.state in EDITABLE
    page = {
        "bid": bid,
        "paper": paper(queries.content_of(bid)),
        "problems": queries.problems(bid, timezone.now().date()) if is_editable else [],
        "may_edit": overview.may_edit(user, bid),
        "may_lead": not team.why_not_lead(user, bid),
        "is_editable": is_editable,
    }
    return render(request, "bids/check.html", page)


@require_safe
@of_bid
def version(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Show the bid as it was submitted."""
    found = get_object_or_404(bid.versions.select_related("by"), number=number)
    return render(request, "bids/version.html", {"bid": bid, "version": found, "paper": paper(found.content)})
