"""Where signing in leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.messages import messages_of
from accounts.signed_in import person
from bids import desk, overview, progress
from bids.forms.find import FindForm
from funds import queries as funds
from funds import rules
from funds.second_person import waiting_for
from infra import navigation
from infra.paging import page_by_key

OFFERED = 12
LAST_MESSAGES = 3


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show an applicant's bids, tasks, deadlines and messages, and everybody where their work is."""
    user, now = person(request), timezone.now()
    mine, bids_for = overview.mine(user), overview.own_organisations(user)
    form = FindForm(request.GET, competitions=desk.competitions_of(mine) if bids_for else [])
    asked = form.facts()
    page = page_by_key(request, desk.narrowed(mine, **asked), size=20, newest_first=True)
    rows = []
    for bid in page.rows:
        call = bid.competition
        is_open = rules.is_open(call.state, call.opens_at, call.closes_at, now)
        rows.append((bid, progress.next_step(bid.told_state, is_open, bid.version)))
    return render(
        request,
        "bids/dashboard.html",
        {
            "page": page,
            "rows": rows,
            "form": form,
            "is_narrowed": any(asked.values()),
            "now": now,
            "tasks": desk.tasks(user, mine, now),
            "waiting": waiting_for(user),
            "deadlines": desk.open_for_work(mine, now)[: desk.NEXT],
            "letters": messages_of(user).order_by("-pk")[:LAST_MESSAGES],
            "saved": funds.saved_by(user),
            "competitions": funds.open_now(now)[:OFFERED],
            "work": navigation.work(user, but="dashboard"),
            "bids_for": bids_for,
        },
    )
