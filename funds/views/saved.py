"""Save a competition, and let it go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.signed_in import person
from funds import finding
from funds.actions.saving import save_competition, unsave_competition


@require_POST
def save(request: HttpRequest, reference: str) -> HttpResponse:
    """Save a competition."""
    found = get_object_or_404(finding.published(), reference=reference)
    save_competition(competition=found, by=person(request), at=timezone.now())
    messages.success(request, "The competition is saved. We write to you when it opens, moves or is about to close.")
    return redirect("competition", reference)


@require_POST
def unsave(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a saved competition go."""
    found = get_object_or_404(finding.published(), reference=reference)
    unsave_competition(competition=found, by=person(request))
    messages.success(request, f"“{found.title}” is no longer saved.")
    return redirect("dashboard") if request.POST.get("back") == "dashboard" else redirect("competition", reference)
