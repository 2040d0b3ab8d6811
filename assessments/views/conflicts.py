"""The officials' page of conflicts of interest in a competition, and the decision on what was handed in before."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.signed_in import acting
from assessments import actions, queries, rules
from assessments.models import Block
from assessments.people_forms import ConflictAnswer
from assessments.views.competitions import competition_for
from bids.queries import kept_from
from infra.deeds import carry_out
from infra.kept import typed
from infra.paging import page_by_key


@require_GET
def conflicts(request: HttpRequest, reference: str) -> HttpResponse:
    """List the pairs that may not meet, why, and what waits for a decision."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    kept = kept_from(user, competition)
    shown = {
        "competition": competition,
        "flagged": queries.flagged(competition)
        .exclude(bid__in=kept)
        .select_related("bid", "assessor__user", "assessment", "conflict_decision__by"),
        "page": page_by_key(request, queries.blocks_of(competition).exclude(bid__in=kept), newest_first=True),
        "may_manage": bool(user.roles & rules.MANAGES),
    }
    return render(request, "assessments/people/conflicts.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Ask whether an assessment counts that was handed in before a conflict came to light."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    seat = get_object_or_404(
        queries.undecided_conflicts(competition).exclude(bid__in=kept_from(user, competition)), pk=key
    )
    form = ConflictAnswer(request.POST or typed(request))
    facts = {"seat": seat, "by": user, "role": role, "at": timezone.now()}
    if request.method == "POST" and form.is_valid():
        answer = {"keep": form.cleaned_data["answer"] == "keep", "reason": form.cleaned_data["reason"]}
        if carry_out(form, actions.decide_conflict, **facts, **answer):
            messages.success(request, "The decision is kept with its reason.")
            return redirect("competition_conflicts", reference)
    block = Block.objects.get(bid=seat.bid_id, assessor=seat.assessor_id)
    shown = {"competition": competition, "seat": seat, "block": block, "form": form, "is_typed": form.is_bound}
    return render(request, "assessments/people/conflict.html", shown)
