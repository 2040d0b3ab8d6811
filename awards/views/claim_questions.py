"""Pages on which officials disallow parts of items and settle questions, and claimants answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from awards import actions, rules
from awards.actions.claim_queries import ASKING
from awards.claim_forms import Answer, Disallowed
from awards.models import Adjustment
from awards.views.shared import GET_OR_POST, as_applicant, as_official, find_claim, posted
from infra.deeds import attempt, carry_out


@require_http_methods(GET_OR_POST)
def disallow(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Disallow a part of an item, as the monitoring officer; the claimant need not submit the claim again."""
    found = find_claim(request, reference)
    who = as_official(request, rules.CLAIM_STEPS["review"][1])
    item = get_object_or_404(found.lines, pk=key)
    made = Adjustment.objects.filter(line=item).first()
    form = Disallowed(posted(request), initial={"pence": made.pence, "reason": made.reason} if made else None)
    if form.is_valid() and carry_out(form, actions.disallow, claim=found, key=key, **form.cleaned_data, **who):
        messages.success(request, f"“{item.description}” is adjusted. The grant follows, and the claimant is told.")
        return redirect("claim", reference)
    return render(request, "awards/claim_disallow.html", {"claim": found, "item": item, "form": form})


@require_http_methods(GET_OR_POST)
def answer(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Answer a question about an item, for the claimant."""
    found = find_claim(request, reference)
    who = as_applicant(request, found.organisation_id)
    query = get_object_or_404(found.queries.prefetch_related("messages__by"), pk=key)
    form = Answer(posted(request))
    if form.is_valid() and carry_out(form, actions.answer_query, query=query, **form.cleaned_data, **who):
        messages.success(request, "Your answer is sent. Submit the claim again when everything is answered.")
        return redirect("claim", reference)
    return render(request, "awards/claim_answer.html", {"claim": found, "query": query, "form": form})


@require_POST
def settle(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Settle a question about an item, as an official."""
    found = find_claim(request, reference)
    who = as_official(request, ASKING)
    query = get_object_or_404(found.queries.select_related("claim"), pk=key)
    attempt(request, actions.settle_query, f"The question about “{query.about}” is settled.", query=query, **who)
    return redirect("claim", reference)
