"""Pages of what happens to an award under way: payments held, terms varied, money asked back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting
from awards import change_forms as forms
from awards import queries, rules
from awards.actions import recovering, suspending, variations
from awards.models import Award, Recovery, Underspend, Variation
from awards.states import UNDER_WAY, VariationState
from awards.varying import BY_ONE_PERCENT
from awards.views.shared import GET_OR_POST, as_official, find_award, find_claim, posted
from funds.rules import READS_MONEY
from infra.deeds import attempt, carry_out, outcome

AGREED = "The variation is agreed: plan and commitment follow it."


@require_safe
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was changed of an award, what waits, and what this person may do."""
    user, _ = acting(request, READS_MONEY)
    found = find_award(request, reference)
    releases = Underspend.objects.filter(part__award=found)
    manages, asks = bool(user.roles & rules.OFFERS), bool(user.roles & rules.ASKS)
    facts = {
        "award": found,
        "parts": list(found.partners.select_related("organisation")),
        "suspensions": list(found.suspensions.select_related("by", "lifted_by").order_by("-id")),
        "variations": list(found.variations.select_related("by").order_by("-id")),
        "releases": list(releases.select_related("by", "part__organisation").order_by("-id")),
        "recoveries": list(Recovery.objects.filter(claim__award=found).select_related("by", "claim").order_by("-id")),
        "paid": list(found.claims.filter(state="paid").select_related("organisation").order_by("number", "id")),
        "manages": manages,
        "asks": asks,
        "pays": bool(user.roles & rules.PAYS),
        "can_be_varied": manages and found.state in UNDER_WAY,
        "reader": user.pk,
    }
    return render(request, "awards/changes.html", facts)


def _page(request: HttpRequest, award: Award, form: Form, heading: str, means: str, *, warning: bool = False) -> Any:
    facts = {"award": award, "form": form, "heading_text": heading, "means": means, "warning": warning}
    return render(request, "awards/change.html", facts)


@require_http_methods(GET_OR_POST)
def suspend(request: HttpRequest, reference: str) -> HttpResponse:
    """Hold an award's payments."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    form = forms.Why(posted(request))
    if form.is_valid() and carry_out(form, suspending.suspend, award=found, **form.cleaned_data, **who):
        messages.success(request, f"Payments of award {reference} are held.")
        return redirect("award_changes", reference)
    means = "Nothing is paid until another fund manager lets payments go on. The organisations are told."
    return _page(request, found, form, "Hold the payments", means, warning=True)


@require_POST
def lift(request: HttpRequest, reference: str) -> HttpResponse:
    """Let an award's payments go on."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    attempt(request, suspending.lift_suspension, "Payments go on.", award=found, **who)
    return redirect("award_changes", reference)


@require_http_methods(GET_OR_POST)
def time(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a later end of the project forward."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    form = forms.LaterEnd(posted(request))
    if form.is_valid() and carry_out(form, variations.propose_time, award=found, **form.cleaned_data, **who):
        messages.success(request, "The later end is put forward. Another fund manager agrees to it.")
        return redirect("award_changes", reference)
    means = "What is not planned for the months that are over is spread over those that are left."
    return _page(request, found, form, "A later end", means)


@require_http_methods(GET_OR_POST)
def costs(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Move money between a partner's cost categories."""
    return _part(request, reference, key, forms.MovedCosts, variations.propose_costs, "Move cost between categories",
                 f"Up to {BY_ONE_PERCENT} per cent of the cost holds at once, all moves together; above, another fund "
                 "manager agrees. The sum stays as it is.")  # fmt: skip


@require_http_methods(GET_OR_POST)
def partner(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Put another organisation in a partner's place forward."""
    return _part(request, reference, key, forms.OtherPartner, variations.propose_partner, "Another organisation",
                 "It takes the partner's place on the same terms. Another fund manager agrees.")  # fmt: skip


def _part(
    request: HttpRequest, reference: str, key: int, form_class: type, deed: Callable[..., Any], heading: str, means: str
) -> HttpResponse:
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    part = get_object_or_404(found.partners.select_related("organisation", "award"), pk=key)
    options = {"part": part} if form_class is forms.MovedCosts else {}
    form = form_class(posted(request), **options)
    if form.is_valid() and (made := outcome(form, deed, part=part, **form.facts(), **who)):
        waits = made.state == VariationState.PROPOSED
        messages.success(request, "It is put forward. Another fund manager agrees to it." if waits else AGREED)
        return redirect("award_changes", reference)
    return _page(request, found, form, f"{heading}: {part.organisation}", means)


@require_POST
def decide(request: HttpRequest, reference: str, key: int, deed: str) -> HttpResponse:
    """Agree to a variation, or drop it."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    variation = get_object_or_404(Variation.objects.select_related("award"), award=found, pk=key)
    if deed == "agree":
        attempt(request, variations.agree_variation, AGREED, variation=variation, **who)
    else:
        attempt(request, variations.drop_variation, "Everything stays as it was.", variation=variation, **who)
    return redirect("award_changes", reference)


@require_http_methods(GET_OR_POST)
def ask_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Put forward that money of a paid claim comes back."""
    claim = find_claim(request, reference)
    who = as_official(request, rules.ASKS)
    form = forms.AskBack(posted(request))
    if form.is_valid() and carry_out(form, recovering.propose_recovery, claim=claim, **form.cleaned_data, **who):
        messages.success(request, "It is put forward. Another person demands it.")
        return redirect("award_changes", claim.award.reference)
    means = f"At most what was paid of claim {reference} and is not asked back yet."
    return _page(request, claim.award, form, "Ask money back", means, warning=True)


def _recovery(request: HttpRequest, reference: str) -> Recovery:
    seen = queries.claims_visible_to(request.user)
    found = Recovery.objects.filter(claim__in=seen).select_related("claim__award__bid__lead")
    return get_object_or_404(found, reference=reference)


@require_POST
def recovery(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Demand money, or drop the demand."""
    who = as_official(request, rules.ASKS)
    due = _recovery(request, reference)
    if deed == "demand":
        attempt(request, recovering.demand_recovery, "The organisation is asked to pay it back.", recovery=due, **who)
    else:
        attempt(request, recovering.drop_recovery, "It is asked for no more.", recovery=due, **who)
    return redirect("award_changes", due.claim.award.reference)


@require_http_methods(GET_OR_POST)
def receive(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that money has come back."""
    who = as_official(request, rules.PAYS)
    due = _recovery(request, reference)
    form = forms.Received(posted(request))
    if form.is_valid() and carry_out(form, recovering.receive_recovery, recovery=due, **form.cleaned_data, **who):
        messages.success(request, "It is recorded, and the money is free again.")
        return redirect("award_changes", due.claim.award.reference)
    return _page(request, due.claim.award, form, f"Record {reference} as received", "The whole sum must have come.")
