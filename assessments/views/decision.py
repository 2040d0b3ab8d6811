"""The panel's decision: an outcome for each bid, put forward by one person and approved by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import acting
from assessments import actions, forms, rules, sheet, what_if
from assessments.states import Outcome
from assessments.views.competitions import competition_for
from infra.deeds import carry_out


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the ranked sheet as a form, filled in with what the ranking suggests, and put the decision forward."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    ranked = sheet.of(competition)
    lines = sheet.undecided(competition, ranked)
    if not lines:
        messages.error(request, "There is nothing to decide. Decisions are taken at the panel, later on the reserve.")
        return redirect("competition_manage", reference)
    form = forms.PanelDecision(request.POST if request.method == "POST" else None, lines)
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(
        form, actions.propose_decision, outcomes=form.outcomes(), overrides=form.overrides(), **facts
    ):
        messages.success(request, "Put forward. A second fund manager has to approve it.")
        return redirect("competition_manage", reference)
    shown = {"competition": competition, "sheet": ranked, "form": form, "outcomes": Outcome.choices}
    return render(request, "assessments/decision.html", shown)


@require_safe
def lines(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where the line would fall with other money, another threshold, or a minimum for each area or region."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    ranked = sheet.of(competition)
    rows = [line.row for line in ranked.lines]
    usual = {"budget": max(ranked.left_pence, 0) // 100, "threshold": competition.quality_threshold}
    form = forms.WhatIf(usual | request.GET.dict(), rows)
    shown = {"competition": competition, "sheet": ranked, "form": form, "ways": []}
    if form.is_valid():
        typed = form.cleaned_data
        shown["ways"] = what_if.ways(
            rows, budget_pounds=typed["budget"], threshold=typed["threshold"], by=typed["by"], minimum=form.minimum()
        )
    return render(request, "assessments/lines.html", shown)
