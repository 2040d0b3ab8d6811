"""Where signing in leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.signed_in import person
from bids import overview, progress
from funds import queries as funds
from funds import rules
from infra import navigation
from infra.paging import page_by_key

OFFERED = 12


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show an applicant's bids and what to do next, and everybody where their work is."""
    user, now = person(request), timezone.now()
    page = page_by_key(request, overview.mine(user), size=20, newest_first=True)
    rows = []
    for bid in page.rows:
        call = bid.competition
        is_open = rules.is_open(call.state, call.opens_at, call.closes_at, now)
        rows.append((bid, progress.next_step(bid.state, is_open, bid.version)))
    return render(
        request,
        "bids/dashboard.html",
        {
            "page": page,
            "rows": rows,
            "competitions": funds.open_now(now)[:OFFERED],
            "work": [p for p in navigation.places(user.roles) if p.roles and p.name != "dashboard"],
            "bids_for": overview.own_organisations(user),
        },
    )
