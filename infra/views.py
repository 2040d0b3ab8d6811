"""Pages that anybody may open."""

from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.models import User
from accounts.states import OrganisationKind, Size
from funds import queries, rules
from funds.models import Competition
from funds.states import ResearchCategory
from infra import health as checks
from infra import navigation

COLOURS = {"Open": "green", "Opens soon": "blue", "In assessment": "purple", "At panel": "purple", "Decided": "teal"}


class Shown(NamedTuple):
    """A competition with where it stands, in words and in the colour of a tag."""

    competition: Competition
    phase: str
    colour: str


def _shown(competition: Competition) -> Shown:
    phase = rules.phase(competition.state, competition.opens_at, competition.closes_at, timezone.now())
    return Shown(competition, phase, COLOURS.get(phase, "grey"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the competitions, and to people who are signed in where their work is."""
    roles = request.user.roles if isinstance(request.user, User) else frozenset()
    found = [_shown(c) for c in queries.visible_to(AnonymousUser()).order_by("-closes_at", "reference")[:100]]
    return render(
        request,
        "public/home.html",
        {
            "competitions": [shown.competition for shown in reversed(found) if shown.phase == "Open"],
            "others": [shown for shown in found if shown.phase != "Open"],
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
            **_shown(found)._asdict(),
            "strands": found.strands.all(),
            "questions": found.questions.all(),
            "sizes": Size.labels,
            "ceilings": _ceilings(found),
            "lead_kinds": [OrganisationKind(kind).label for kind in found.lead_kinds],
            "partner_kinds": [OrganisationKind(kind).label for kind in found.partner_kinds],
        },
    )


def _ceilings(competition: Competition) -> list[dict[str, Any]]:
    """Return a row for each research category that can be bid for: the highest grant in per cent by size."""
    percents = {(c.category, c.size): c.percent for c in competition.regime.ceilings.all()}
    wanted = {category for strand in competition.strands.all() for category in strand.categories}
    return [
        {
            "category": category.label,
            "percents": [rules.lowest_ceiling(percents.get((category, s)), competition.max_percent) for s in Size],
        }
        for category in ResearchCategory
        if category in wanted
    ]


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
