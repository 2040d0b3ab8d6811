"""Pages that anybody may open."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from infra import health as checks


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "public/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what we keep about people and why."""
    return render(request, "public/privacy.html")


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """Show which cookies we set."""
    return render(request, "public/cookies.html")


@require_GET
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be served, 503 when the database or S3 is away."""
    found = checks.report(timezone.now())
    return JsonResponse(found, status=503 if found["status"] == "away" else 200)
