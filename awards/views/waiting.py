"""The page of what waits for an official as the second person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.signed_in import acting
from awards import changes_waiting, rules

SHOWN = 200


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """List what was put forward about awards and waits for this person, the oldest first."""
    user, _ = acting(request, rules.OFFERS | rules.SETTLES)
    rows = changes_waiting.of(user)
    return render(request, "awards/waiting.html", {"rows": rows[:SHOWN], "more": max(0, len(rows) - SHOWN)})
