"""Pages of claims: begin, write, hand in, agree to in three steps, pay."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.signed_in import person
from accounts.states import Role
from awards import actions, claim_checks, forms, overview, queries, reports, rules
from awards.claim_forms import ClaimDeclaration, NilDeclaration, Questions
from awards.models import Claim, Payment
from awards.states import CLAIM_EDITABLE, RecoveryState
from awards.views.shared import (
    GET_OR_POST,
    as_applicant,
    as_official,
    find_award,
    find_claim,
    posted,
    steps_of,
    today,
)
from funds import approvals
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key

AGREEING = {
    "review": (actions.review_claim, "is reviewed: the fund manager approves it next"),
    "approve": (actions.approve_claim, "is approved: finance pays it in a run next"),
}


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """List the claims that the person may see, newest first."""
    form = forms.ClaimFilter(request.GET)
    found = queries.claims_visible_to(request.user)
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    page = page_by_key(request, found, newest_first=True)
    is_official = bool(person(request).roles & queries.OFFICIALS)
    return render(request, "awards/claims.html", {"form": form, "page": page, "is_official": is_official})


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


UNTOLD = (RecoveryState.PROPOSED, RecoveryState.DROPPED)  # what the claimant need not know


@require_safe
def claim(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one claim: its items and sums, who has agreed to it, and what this person may do next.

    While it is queried its items are being changed: only the claimant sees them until they are submitted again.
    """
    found = find_claim(request, reference)
    agreed = overview.agreement("claim", reference)
    may = steps_of(found, person(request), agreed)
    is_own = found.organisation_id in person(request).organisation_ids(Role.APPLICANT)
    due_on = rules.claim_due_on(found.ends_on)
    context = {
        "claim": found,
        "checked": claim_checks.check(found, own_only=is_own),
        "is_own": is_own,
        "shows_items": is_own or found.state not in CLAIM_EDITABLE,
        "queries": list(found.queries.prefetch_related("messages__by").select_related("line")),
        "reports": list(found.reports.all()),
        "missing_report": reports.missing(found),
        "due_on": due_on,
        "is_late": (rules.uk_day(found.received_at) if found.received_at else today()) > due_on,
        "agreed": agreed,
        "payment": getattr(found, "payment", None),
        "asked_back": list(found.recoveries.exclude(state__in=UNTOLD if is_own else ()).order_by("id")),
        "may": may,
        "may_settle": bool(may & {"review", "approve", "instruct", "query"}),
    }
    return render(request, "awards/claim.html", context)


@require_http_methods(GET_OR_POST)
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Check a claim through, declare that it is right, and hand it in; one without items claims nothing."""
    found = find_claim(request, reference)
    who = as_applicant(request, found.organisation_id)
    if found.state not in CLAIM_EDITABLE:
        return redirect("claim", reference)  # pressed twice, or come back to: its page says what happens next
    checked = claim_checks.check(found, own_only=True)
    is_nil = not checked.items and not checked.match
    form = (NilDeclaration if is_nil else ClaimDeclaration)(posted(request))
    if form.is_valid() and carry_out(form, actions.submit_claim, claim=found, is_nil=is_nil, **who):
        then = "takes note of it next" if is_nil else "reviews it next"
        messages.success(request, f"Claim {reference} is submitted. The network’s monitoring officer {then}.")
        return redirect("claim", reference)
    due_on = rules.claim_due_on(found.ends_on)
    page = {
        "claim": found, "form": form, "checked": checked, "is_nil": is_nil, "due_on": due_on,
        "is_late": today() > due_on and found.received_at is None, "missing_report": reports.missing(found),
    }  # fmt: skip
    return render(request, "awards/claim_submit.html", page)


@require_safe
@never_cache
def copy(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the claim as it was submitted last, as a PDF; the same submission makes the same bytes."""
    found = find_claim(request, reference)
    proposal = approvals.newest("claim", reference)
    if proposal is None:
        raise Http404
    from infra import pdf  # the renderer takes 0.7 s and 46 MB, which most processes never need

    made = pdf.render("claim.html", claim=found, bid=found.award.bid, version=proposal, content=proposal.content)
    name = f"{reference}-{proposal.content['round']}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@require_POST
def agree(request: HttpRequest, reference: str, step: str) -> HttpResponse:
    """Take one of the three steps of agreeing to a claim, as it stood on the page."""
    found = find_claim(request, reference)
    who = as_official(request, rules.CLAIM_STEPS[step][1])
    action, told = AGREEING[step]
    told = "is noted, and nothing is paid" if found.is_nil else told
    seen = request.POST.get("sha256", "")
    attempt(request, action, f"Claim {reference} {told}.", claim=found, seen=seen, **who)
    return redirect("claim", reference)


@require_http_methods(GET_OR_POST)
def query(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the claimant about a claim and about single items, as the official whose turn it is or a fund manager."""
    found = find_claim(request, reference)
    who = as_official(request, _whose_turn(found))
    form = Questions(posted(request), items=queries.items(found))
    if form.is_valid() and carry_out(form, actions.query_claim, claim=found, **form.facts(), **who):
        messages.success(request, f"Claim {reference} is queried: the claimant is asked.")
        return redirect("claim", reference)
    return render(request, "awards/claim_return.html", {"claim": found, "form": form, "button": "Query the claim"})


@require_http_methods(GET_OR_POST)
def reject(request: HttpRequest, reference: str) -> HttpResponse:
    """Reject a claim with a reason, as the official whose turn it is or a fund manager."""
    found = find_claim(request, reference)
    who = as_official(request, _whose_turn(found))
    form = forms.Reason(posted(request))
    if form.is_valid() and carry_out(form, actions.reject_claim, claim=found, **form.cleaned_data, **who):
        messages.success(request, f"Claim {reference} is rejected.")
        return redirect("claim", reference)
    return render(request, "awards/claim_return.html", {"claim": found, "form": form, "button": "Reject the claim"})


def _whose_turn(claim: Claim) -> frozenset[str]:
    turn = next((roles for state, roles in rules.CLAIM_STEPS.values() if state == claim.state), frozenset())
    return turn | {Role.FUND_MANAGER}


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
