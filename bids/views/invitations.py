"""Answer an invitation to a bid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.invitation_views import by_link
from accounts.signed_in import person
from bids import team
from bids.actions.invitations import accept, decline
from bids.models import Invitation
from infra.deeds import attempt


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation that the link in an e-mail names, to the person whom it was sent to and to nobody else."""
    return by_link(request, Invitation, token, "work on a bid", _answered)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def to_me(request: HttpRequest, invitation: int) -> HttpResponse:
    """Show an invitation to oneself, found on one's dashboard."""
    return _answered(request, get_object_or_404(team.waiting_for(person(request), timezone.now()), pk=invitation))


def _answered(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Ask for the answer on GET, take it on POST."""
    bid, user, now = found.bid, person(request), timezone.now()
    if request.method != "POST":
        page = {"invitation": found, "bid": bid, "is_open": found.state == "waiting" and found.expires_at > now}
        return render(request, "bids/invitation.html", page)
    facts = {"invitation": found, "by": user, "at": now}
    answer = request.POST.get("answer")
    if answer == "accept" and attempt(request, accept, f"You work on the bid {bid.reference} now.", **facts):
        return redirect("bid", bid.reference)
    if answer == "decline":
        attempt(request, decline, "You have declined the invitation.", **facts)
    return redirect("dashboard")
