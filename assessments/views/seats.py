"""The officials' pages of the seats that are given: load, networks, what is open, reserves, and changes by hand."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.signed_in import acting
from assessments import actions, loads, queries, rules, runs, waits
from assessments.allocation_forms import Change, Until
from assessments.models import ReservePolicy
from assessments.question import Terms
from assessments.views.allocation import render_team, sent_of
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.queries import kept_from
from bids.views.officials import find_bid
from funds.models import Competition
from infra.deeds import carry_out
from infra.paging import page_by_key


@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who has how many bids, which bids lack somebody, and until when reserves step in; set that day."""
    user, role = acting(request, rules.MANAGES if request.method == "POST" else rules.READS_ALL)
    competition = competition_for(user, reference)
    until = waits.reserves_until(competition)
    form = Until(request.POST if request.method == "POST" else None, initial={"until": until})
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.set_reserves_until, until=form.cleaned_data["until"], **facts):
        messages.success(request, "The day is set.")
        return redirect("seats", reference)
    terms = Terms.of(competition)
    shown = {
        "competition": competition,
        "form": form,
        "until": until,
        "is_set": ReservePolicy.objects.filter(competition=competition).exists(),
        "lacking": runs.lacking(competition, terms.seats_per_bid).count(),
        "wanted": terms.seats_per_bid,
        "page": page_by_key(request, _shown_to(user, competition), size=50),
        "spread": loads.spread(competition, loads.load_of_seats(competition)),
        "may_manage": bool(user.roles & rules.MANAGES),
    }
    return render(request, "assessments/allocation/seats.html", shown)


def _shown_to(user: User, competition: Competition) -> QuerySet[Bid]:
    return queries.board(competition).exclude(pk__in=kept_from(user, competition)).order_by()


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show who sits on a bid and why, and change the seats by hand with their rules checked at once."""
    user, role = acting(request, rules.MANAGES if request.method == "POST" else rules.READS_ALL)
    competition = competition_for(user, reference)
    about = find_bid(user, reference, bid)
    desk = runs.desk_of_seats(competition, about, timezone.now().date())
    candidates = desk.candidates()
    form = Change(sent_of(request), desk, candidates)
    verdict = desk.judge(form.cleaned_data["off"], form.cleaned_data["on"]) if form.is_valid() else None
    if request.method == "POST" and form.is_valid():
        deed = {name: form.cleaned_data[name] for name in ("off", "on", "reason")}
        if carry_out(form, actions.change_seats, bid=about, by=user, role=role, at=timezone.now(), **deed):
            messages.success(request, "The seats are changed, and who is new has been told by e-mail.")
            return redirect("seats_team", reference, bid)
    may_change = bool(user.roles & rules.MANAGES) and competition.state == "in_assessment"
    return render_team(request, competition, desk, form, verdict, candidates, {"run": None, "may_change": may_change})
