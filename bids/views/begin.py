"""Begin a bid: for which organisation, in which strand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.actions import ask_to_join
from accounts.queries import must_ask
from accounts.signed_in import person
from bids import actions, overview, rules
from bids.actions.organisations import act_for
from bids.forms.begin import StartForm
from bids.views.finding import find
from funds import queries as funds
from funds.models import Competition
from funds.rules import is_open
from infra.deeds import attempt, carry_out, outcome


def _open_competition(request: HttpRequest, reference: str) -> Competition | None:
    """Return a competition that takes bids now; None, with a message, when it takes none."""
    found = get_object_or_404(funds.visible_to(request.user), reference=reference)
    if is_open(found.state, found.opens_at, found.closes_at, timezone.now()):
        return found
    messages.error(request, "This competition takes no bids now.")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a bid for an organisation of one's own."""
    user, competition = person(request), _open_competition(request, reference)
    if competition is None:
        return redirect("competition", reference)
    leads = overview.own_organisations(user, competition.lead_kinds)
    if not leads:
        return redirect("bid_start_organisation", reference)
    form = StartForm(request.POST or None, competition=competition, leads=leads)
    if form.is_valid():
        facts = form.facts() | {"competition": competition, "by": user, "at": timezone.now()}
        if bid := outcome(form, actions.start_bid, **facts):
            return redirect("bid", bid.reference)
    return render(request, "bids/start.html", {"competition": competition, "form": form, "leads": leads})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, reference: str) -> HttpResponse:
    """Say which organisation one bids for, when it is new here."""
    user, competition = person(request), _open_competition(request, reference)
    if user.roles & rules.READS_SUBMITTED:
        raise PermissionDenied
    if competition is None:
        return redirect("competition", reference)
    at = timezone.now()
    finding = find(request, competition.lead_kinds, "What kind of organisation do you bid for?")
    if finding.known and "ask" in request.POST:
        done = f"We have written to the people of {finding.known}. You get a message when one of them answers."
        attempt(request, ask_to_join, done, organisation=finding.known, by=user, at=at)
        return redirect("competition", reference)
    if (facts := finding.facts(at)) and carry_out(finding.form, act_for, by=user, at=at, **facts):
        return redirect("bid_start", reference)
    page = {"competition": competition, "finding": finding, "form": finding.form}
    return render(request, "bids/organisation.html", page | {"must_ask": must_ask(finding.known, user)})
