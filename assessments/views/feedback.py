"""Feedback: officials release it to everybody at once; applicants read their own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import acting
from assessments import actions, forms, queries, rules, sheet
from assessments import feedback as reads
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.views.loading import of_bid
from funds.states import CompetitionState
from infra.deeds import carry_out


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, reference: str) -> HttpResponse:
    """Release scores and reasons to every applicant of a competition."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    if competition.state not in (CompetitionState.DECIDED, CompetitionState.CLOSED):
        messages.error(request, "Feedback is released after the panel's decision, to every applicant at once.")
        return redirect("competition_manage", reference)
    form = forms.Release(request.POST if request.method == "POST" else None)
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.release_feedback, **facts, **form.cleaned_data):
        messages.success(request, "The feedback is released, and every applicant is told.")
        return redirect("competition_manage", reference)
    flagged = [line for line in sheet.of(competition, user).lines if line.flags]
    shown = {"competition": competition, "form": form, "flagged": flagged, "bids": reads.bids_of(competition).count()}
    return render(request, "assessments/release.html", shown)


@require_safe
@of_bid
def feedback(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show an applicant the scores and reasons of a bid beside those of all bids; or that they are not released yet."""
    released = reads.release_of(bid)
    if released is None:
        return render(request, "assessments/no_feedback.html", {"bid": bid})
    scored, overall = reads.of(bid)
    row = next((row for row in queries.ranked(bid.competition) if row.bid_id == bid.pk), None)
    shown = {
        "bid": bid,
        "released": released,
        "row": row,
        "scored": scored,
        "overall": overall,
        "spread": reads.distribution(bid.competition),
        "band": reads.band(row.score) if row and row.score is not None else None,
    }
    return render(request, "assessments/feedback.html", shown)
