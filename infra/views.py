"""Pages that anybody may open."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from funds import queries, rules
from funds.models import Competition
from infra import health as checks
from infra import navigation


def _phase(competition: Competition) -> str:
    return rules.phase(competition.state, competition.opens_at, competition.closes_at, timezone.now())


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the competitions that are open, and to people who are signed in where their work is."""
    roles = request.user.roles if request.user.is_authenticated else frozenset()
    return render(
        request,
        "public/home.html",
        {
            "competitions": queries.open_now(timezone.now()),
            "work": [place for place in navigation.places(roles) if place.roles],
        },
    )


@require_safe
def competition(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what a competition pays for, who may bid, and what it asks."""
    found = get_object_or_404(queries.visible_to(request.user), reference=reference)
    return render(
        request,
        "public/competition.html",
        {
            "competition": found,
            "phase": _phase(found),
            "strands": found.strands.all(),
            "questions": found.questions.all(),
        },
    )


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
