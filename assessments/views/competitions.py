"""The officials' pages of competitions: the list, and the one page from which a competition is run."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import acting
from assessments import actions, queries, rules, sheet
from assessments.models import FeedbackRelease
from funds import approvals
from funds import queries as funds
from funds.bars import parts
from funds.models import Competition
from infra.deeds import attempt
from infra.exports import csv_download


@require_GET
def competitions(request: HttpRequest) -> HttpResponse:
    """List all competitions with their state, bids and money."""
    user, _ = acting(request, rules.READS_ALL)
    submitted = Count("bids", filter=Q(bids__version__gte=1))
    found = funds.visible_to(user).annotate(submitted=submitted).order_by("-closes_at", "reference")
    return render(request, "assessments/competitions.html", {"competitions": found, "now": timezone.now()})


def competition_for(user: User, reference: str) -> Competition:
    """Return a competition that the person may see, or answer 404."""
    return get_object_or_404(funds.visible_to(user).select_related("responsible_officer"), reference=reference)


@require_GET
def manage(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where a competition stands: dates, money, bids, assessment, the ranked sheet and what can be done next."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    facts = {
        "competition": competition,
        "now": timezone.now(),
        "parts": parts(competition.pot),
        "sheet": sheet.of(competition),
        "states": sheet.bids_by_state(competition),
        "progress": sheet.progress(competition),
        "flagged": queries.undecided_conflicts(competition),
        "released": FeedbackRelease.objects.filter(competition=competition).first(),
        "may_manage": bool(user.roles & rules.MANAGES),
    }
    return render(request, "assessments/manage.html", facts)


@require_GET
def ranking(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Send the ranked sheet as CSV."""
    user, _ = acting(request, rules.READS_ALL)
    found = sheet.of(competition_for(user, reference))
    return csv_download(f"ranking-{reference}.csv", _HEAD, (_cells(line, found) for line in found.lines))


_HEAD = (
    "rank", "bid", "title", "lead", "state", "assessments_counted", "score", "calibrated", "spread", "lowest",
    "highest", "flags", "in_scope", "fundable", "grant_pounds", "cumulative_grant_pounds", "outcome", "outcome_is",
    "override_reason",
)  # fmt: skip


def _cells(line: sheet.Line, found: sheet.Sheet) -> tuple[Any, ...]:
    row = line.row
    ends = (line.marks[0], line.marks[-1]) if line.marks else (None, None)
    flags = "; ".join(flag.value for flag in line.flags)
    return (
        row.rank, row.reference, row.title, row.lead, row.state, row.counted, row.score, line.calibrated, row.spread,
        *ends, flags, row.in_scope, row.fundable, row.grant_pounds, line.cumulative_pounds, line.outcome,
        found.basis.lower(), line.override_reason,
    )  # fmt: skip


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


@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the decision that somebody else put forward, if it still is what this person has read."""

    def deed(**facts: Any) -> None:
        proposal = approvals.newest("decision", reference)
        if proposal and proposal.content_sha256 != request.POST.get("sha256"):
            raise Refused("The decision has changed since you opened it. Read it again before you approve it.")
        actions.approve_decision(**facts)

    return _deed(request, reference, deed, "The decision stands.")
