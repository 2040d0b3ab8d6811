"""The officials' pages of competitions: the list, and the one page from which a competition is run."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.signed_in import acting
from assessments import actions, queries, rules, sheet
from assessments.models import FeedbackRelease
from bids.states import BidState
from funds import queries as funds
from funds.bars import parts
from funds.models import Competition
from infra.deeds import attempt


@require_GET
def competitions(request: HttpRequest) -> HttpResponse:
    """List all competitions with their state, bids and money."""
    user, _ = acting(request, rules.READS_ALL)
    submitted = Count("bids", filter=Q(bids__version__gte=1))
    found = funds.visible_to(user).annotate(submitted=submitted).order_by("-closes_at", "reference")
    return render(request, "assessments/competitions.html", {"competitions": found, "now": timezone.now()})


def competition_for(user: User, reference: str) -> Competition:
    """Return a competition that the person may see, or answer 404."""
    return get_object_or_404(funds.visible_to(user).select_related("responsible_officer", "pot"), reference=reference)


@require_GET
def manage(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a competition stands: dates, money, bids, assessment, the ranked sheet and what can be done next."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    states = sheet.bids_by_state(competition)
    facts = {
        "competition": competition,
        "now": timezone.now(),
        "parts": parts(competition.pot),
        "standing": sheet.standing(competition),
        "questions": funds.questions_of(competition),
        "states": states,
        "in_reserve": dict(states).get(BidState.RESERVE, 0),
        "progress": sheet.progress(competition),
        "flagged": queries.undecided_conflicts(competition),
        "released": FeedbackRelease.objects.filter(competition=competition).first(),
        "may_manage": bool(user.roles & rules.MANAGES),
    }
    return render(request, "assessments/manage.html", facts)


def _deed(request: HttpRequest, reference: str, deed: Callable[..., Any], done: str) -> HttpResponse:
    """Do what a fund manager asks of a competition, and show it again."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    attempt(request, deed, done, competition=competition, by=user, role=role, at=timezone.now())
    return redirect("competition_manage", reference)


@require_POST
def begin(request: HttpRequest, reference: str) -> HttpResponse:
    """Close the book of bids and begin the assessment."""
    return _deed(request, reference, actions.begin_assessment, "The assessment has begun. Now allocate assessors.")


@require_POST
def to_panel(request: HttpRequest, reference: str) -> HttpResponse:
    """End the assessment and fix the scores."""
    return _deed(request, reference, actions.go_to_panel, "The scores are fixed. The panel can decide.")
