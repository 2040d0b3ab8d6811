"""The page of one's own account."""

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.signed_in import person


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show who one is, for whom one acts, and the ways to stay safe."""
    user = person(request)
    held = user.memberships.filter(ended_at=None).select_related("organisation")
    return render(request, "account/account.html", {"memberships": held, "has_second_factor": is_mfa_enabled(user)})
