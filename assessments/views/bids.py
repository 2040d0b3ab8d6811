"""The officials' view of the bids of a competition, as they were submitted."""

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.signed_in import acting
from assessments import forms, rules, sheet
from assessments.views.competitions import competition_for
from bids import actions
from bids import queries as bid_queries
from bids.models import Bid
from bids.paper import paper
from bids.rules import CHECKS_ELIGIBILITY
from bids.states import BidState
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key


@require_GET
def bids(request: HttpRequest, reference: str) -> HttpResponse:
    """List what was submitted to a competition, narrowed by state, strand and words."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    states = [choice for choice in BidState.choices if choice[0] != BidState.DRAFT]
    form = forms.BidFilter(request.GET, states, competition.strands.all())
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _narrowed(bid_queries.visible_to(user).filter(competition=competition), wanted)
    found = found.select_related("lead", "strand").annotate(
        cost=Sum("partners__cost_pounds"), grant=Sum("partners__grant_pounds")
    )
    shown = {"competition": competition, "page": page_by_key(request, found), "form": form, "wanted": wanted}
    return render(request, "assessments/bids.html", shown)


def _narrowed(found: QuerySet[Bid], wanted: dict[str, str]) -> QuerySet[Bid]:
    if state := wanted.get("state"):
        found = found.filter(state=state)
    if strand := wanted.get("strand"):
        found = found.filter(strand__code=strand)
    if words := wanted.get("q"):
        by_words = Q(title__icontains=words) | Q(lead__name__icontains=words) | Q(reference__icontains=words)
        found = found.filter(by_words)
    return found


def find_bid(user: User, reference: str, bid: str) -> Bid:
    """Return a submitted bid of a competition that the person may see, or answer 404."""
    seen = bid_queries.visible_to(user).select_related("competition", "strand", "lead", "submitted_by")
    return get_object_or_404(seen, competition__reference=reference, reference=bid)


@require_GET
def bid(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show the last submitted version of a bid with its finances, and what the assessors wrote."""
    user, _ = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    version = found.versions.get(number=found.version)
    facts = {
        "bid": found,
        "version": version,
        "paper": paper(version.content),
        "questions": found.competition.questions.filter(is_scored=True),
        "columns": sheet.columns_of(user, found),
        "may_check": bool(user.roles & CHECKS_ELIGIBILITY),
    }
    return render(request, "assessments/bid.html", facts)


@require_http_methods(["GET", "POST"])
def ineligible(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Ask for the reason and take a bid out of the competition."""
    user, role = acting(request, CHECKS_ELIGIBILITY)
    found = find_bid(user, reference, bid)
    form = forms.Ineligibility(request.POST if request.method == "POST" else None)
    facts = {"bid": found, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.find_ineligible, reason=form.cleaned_data["reason"], **facts):
        messages.success(request, f"{bid} is out of the competition.")
        return redirect("competition_bid", reference, bid)
    return render(request, "assessments/ineligible.html", {"bid": found, "form": form})


@require_POST
def reinstate(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Bring an ineligible bid back into the competition."""
    user, role = acting(request, CHECKS_ELIGIBILITY)
    found = find_bid(user, reference, bid)
    attempt(request, actions.reinstate, "The bid is back.", bid=found, by=user, role=role, at=timezone.now())
    return redirect("competition_bid", reference, bid)
