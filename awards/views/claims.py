"""Pages of claims: begin, write, hand in, agree to in three steps, pay."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.signed_in import person
from accounts.states import Role
from awards import actions, forms, overview, queries, rules
from awards.models import Claim, Payment
from awards.views.shared import (
    GET_OR_POST,
    as_applicant,
    as_official,
    find_award,
    find_claim,
    must_be_as_seen,
    posted,
    steps_of,
    today,
)
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key

BLANKS = 3  # empty items below those of a claim
AGREEING = {
    "review": (actions.review_claim, "is reviewed: the fund manager approves it next"),
    "approve": (actions.approve_claim, "is approved: finance instructs the payment next"),
    "instruct": (actions.instruct_payment, "is instructed for payment"),
}
RETURNING = {
    "query": (actions.query_claim, "Query the claim", "is queried: the claimant is asked"),
    "reject": (actions.reject_claim, "Reject the claim", "is rejected"),
}


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """List the claims that the person may see, newest first."""
    form = forms.ClaimFilter(request.GET)
    found = queries.claims_visible_to(request.user)
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    page = page_by_key(request, found, newest_first=True)
    return render(request, "awards/claims.html", {"form": form, "page": page})


@require_http_methods(GET_OR_POST)
def start(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin a claim for a period that is over, for an organisation that the person acts for."""
    found = find_award(request, reference)
    if not found.partners.filter(organisation__in=person(request).organisation_ids(Role.APPLICANT)).exists():
        raise PermissionDenied
    periods = overview.periods_to_claim(found, person(request), today())
    form = forms.Period(posted(request), periods=periods)
    if form.is_valid():
        organisation, number = map(int, form.cleaned_data["period"].split(":"))
        who = as_applicant(request, organisation)
        partner = Organisation.objects.get(pk=organisation)
        if carry_out(form, actions.start_claim, award=found, organisation=partner, number=number, **who):
            begun = found.claims.get(organisation=organisation, number=number)
            return redirect("claim_edit", begun.reference)
    return render(request, "awards/claim_start.html", {"award": found, "form": form, "periods": periods})


@require_safe
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one claim: its items and sums, who has agreed to it, and what this person may do next."""
    found = find_claim(request, reference)
    agreed = overview.agreement("claim", reference)
    may = steps_of(found, person(request), agreed)
    context = {
        "claim": found,
        "lines": list(found.lines.all()),
        "sums": rules.claim_sums(queries.lines_of(found), queries.entitlement(found)),
        "problems": queries.claim_problems(found) if "edit" in may else [],
        "same_invoices": queries.same_invoices(found) if "edit" not in may else [],
        "agreed": agreed,
        "payment": getattr(found, "payment", None),
        "may": may,
    }
    return render(request, "awards/claim.html", context)


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the items of a claim, for the organisation that claims."""
    found = find_claim(request, reference)
    who = as_applicant(request, found.organisation_id)
    spent = forms.MatchSpent(posted(request), initial={"match_pence": found.match_pence})
    items = forms.items_of(found, posted(request), blanks=BLANKS)
    if items.is_valid() and spent.is_valid():
        kept = {"claim": found, "lines": items.lines(), **spent.cleaned_data}
        if carry_out(spent, actions.set_claim_lines, **kept, **who):
            messages.success(request, f"Claim {reference} is saved.")
            return redirect("claim_edit" if "more" in request.POST else "claim", reference)
    return render(request, "awards/claim_edit.html", {"claim": found, "items": items, "spent": spent})


@require_http_methods(GET_OR_POST)
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Declare that a claim is right and hand it in."""
    found = find_claim(request, reference)
    who = as_applicant(request, found.organisation_id)
    form = forms.ClaimDeclaration(posted(request))
    if form.is_valid() and carry_out(form, actions.submit_claim, claim=found, **who):
        messages.success(request, f"Claim {reference} is submitted. The network’s monitoring officer reviews it next.")
        return redirect("claim", reference)
    return render(request, "awards/claim_submit.html", {"claim": found, "form": form})


@require_POST
def agree(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """Take one of the three steps of agreeing to a claim, as it stood on the page."""
    found = find_claim(request, reference)
    who = as_official(request, rules.CLAIM_STEPS[step][1])
    action, told = AGREEING[step]
    seen = request.POST.get("sha256", "")
    attempt(request, _agree_as_read, f"Claim {reference} {told}.", action=action, claim=found, seen=seen, **who)
    return redirect("claim", reference)


def _agree_as_read(*, action: Any, claim: Claim, seen: str, **who: Any) -> None:
    must_be_as_seen(seen, claim.content_sha256)
    action(claim=claim, **who)


@require_http_methods(GET_OR_POST)
def give_back(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Query or reject a claim with a reason, as the official whose turn it is or as a fund manager."""
    found = find_claim(request, reference)
    turn = next((roles for state, roles in rules.CLAIM_STEPS.values() if state == found.state), frozenset())
    who = as_official(request, turn | {Role.FUND_MANAGER})
    action, button, told = RETURNING[deed]
    form = forms.Reason(posted(request))
    if form.is_valid() and carry_out(form, action, claim=found, **form.cleaned_data, **who):
        messages.success(request, f"Claim {reference} {told}.")
        return redirect("claim", reference)
    return render(request, "awards/claim_return.html", {"claim": found, "form": form, "button": button})


@require_http_methods(GET_OR_POST)
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that the bank has paid a claim, as a finance officer."""
    found = find_claim(request, reference)
    who = as_official(request, rules.PAYS)
    payment = get_object_or_404(Payment, claim=found)
    form = forms.Paid(posted(request))
    facts = {"claim": found, "by": who["by"], "at": who["at"]}
    if form.is_valid() and carry_out(form, actions.record_payment, **facts, **form.cleaned_data):
        messages.success(request, f"Claim {reference} is paid.")
        return redirect("claim", reference)
    return render(request, "awards/claim_pay.html", {"claim": found, "payment": payment, "form": form})
