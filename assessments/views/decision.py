"""The panel's decision: put forward from the agreed minutes, approved by another, changed only by a new one."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting
from assessments import actions, forms, panel_forms, panel_queries, rules, sheet, what_if
from assessments.states import Outcome
from assessments.views.competitions import competition_for
from funds import approvals
from funds.models import Competition
from funds.states import CompetitionState
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the minutes decide, or the decision that waits or stands; a fund manager puts it forward."""
    user, role = acting(request, rules.READS_ALL if request.method != "POST" else rules.MANAGES)
    competition = competition_for(user, reference)
    if request.method == "POST":
        done = "Put forward. A second fund manager has to approve it."
        facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
        attempt(request, actions.propose_decision, done, **facts)
        return redirect("competition_decide", reference)
    found = sheet.of(competition, user)
    shown = {
        "competition": competition,
        "sheet": found,
        "lines": _decided(competition, found),
        "meeting": panel_queries.newest_agreed(competition),
        "may_manage": bool(user.roles & rules.MANAGES),
        "back": panel_forms.SendBack(),
    }
    return render(request, "assessments/decision.html", shown)


def _decided(competition: Competition, found: sheet.Sheet) -> list[sheet.Line]:
    """Return the lines that a proposal is about, or else all that are decided or can be, as the minutes have them."""
    if found.proposal is not None:
        return [line for line in found.lines if line.row.reference in found.proposal.content["bids"]]
    lines, meeting = sheet.undecided(competition, found), panel_queries.newest_agreed(competition)
    if meeting is None or competition.state != CompetitionState.AT_PANEL:
        return lines
    said = {bid: (outcome, reason) for bid, outcome, reason in meeting.items.values_list("bid", "outcome", "reason")}
    return [
        replace(line, outcome=said[line.row.bid_id][0], override_reason=said[line.row.bid_id][1])
        for line in lines
        if line.row.bid_id in said
    ]


@require_POST
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the decision that somebody else put forward, if it still is what this person has read."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    facts = {"competition": competition, "seen": request.POST.get("sha256", ""), "by": user, "role": role}
    attempt(request, actions.approve_decision, "The decision stands.", at=timezone.now(), **facts)
    return redirect("competition_decide", reference)


@require_POST
def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a decision back that was put forward, with a reason."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    form = panel_forms.SendBack(request.POST)
    proposal = approvals.waiting("decision").filter(reference=competition.reference).first()
    if proposal is None or not form.is_valid():
        messages.error(request, "Say why it is sent back." if proposal else "No decision waits for a second person.")
        return redirect("competition_decide", reference)
    facts = {"proposal": proposal, "reason": form.cleaned_data["reason"], "by": user, "role": role}
    attempt(request, approvals.send_back, "The decision is sent back.", at=timezone.now(), **facts)
    return redirect("competition_decide", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a later decision forward on bids that were decided on."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    if competition.state != CompetitionState.DECIDED:
        messages.error(request, "There is no decision to change: the panel decides first.")
        return redirect("competition_decide", reference)
    found = sheet.of(competition, user)
    form = panel_forms.LaterDecision(
        request.POST if request.method == "POST" else None, sheet.undecided(competition, found)
    )
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(
        form, actions.change_decision, outcomes=form.outcomes(), reason=form.cleaned_data["reason"], **facts
    ):
        messages.success(request, "Put forward. A second fund manager has to approve it.")
        return redirect("competition_decide", reference)
    next_ones = rules.promoted([line.row for line in found.lines], left_pence=found.left_pence)
    shown = {"competition": competition, "sheet": found, "form": form, "outcomes": Outcome.choices}
    return render(request, "assessments/change_decision.html", shown | {"next_ones": list(next_ones)})


@require_POST
def promote(request: HttpRequest, reference: str) -> HttpResponse:
    """Put forward that the best bids in reserve are funded with the money that has come back."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    done = "Put forward. A second fund manager has to approve it."
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    attempt(request, actions.promote_reserve, done, **facts)
    return redirect("competition_decide", reference)


@require_safe
def lines(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where the line would fall with other money, another threshold, or a minimum for each area or region."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    ranked = sheet.of(competition, user)
    rows = [line.row for line in ranked.lines]
    usual = {"budget": max(ranked.left_pence, 0) // 100, "threshold": competition.quality_threshold}
    form = forms.WhatIf(usual | request.GET.dict(), rows)
    shown = {"competition": competition, "sheet": ranked, "form": form, "ways": [], "rows": rows}
    if form.is_valid():
        typed = form.cleaned_data
        shown["ways"] = what_if.ways(
            rows, budget_pounds=typed["budget"], threshold=typed["threshold"], by=typed["by"], minimum=form.minimum()
        )
    return render(request, "assessments/lines.html", shown)
