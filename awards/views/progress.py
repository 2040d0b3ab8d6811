"""The page of a live award: periods, money, match funding, reports and yearly reviews."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from accounts.states import Role
from awards import actions, forms, progress, reports, rules
from awards.actions.downloads import take_report
from awards.actions.reports import READS, REVIEWS
from awards.claim_forms import FileForm, Review
from awards.report_schedule import band_of
from awards.states import AwardState, ReportKind
from awards.views.shared import (
    GET_OR_POST,
    as_applicant,
    as_official,
    find_award,
    find_claim,
    hand_out,
    official_role,
    posted,
    today,
)
from infra.deeds import attempt, carry_out


@require_safe
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """Show where an award stands: what is due, claimed, paid and left, by period, category and month."""
    found = find_award(request, reference)
    user = person(request)
    parties = set(found.partners.values_list("organisation", flat=True))
    is_outsider = not user.organisation_ids() & parties
    monitors = found.network_id in user.organisation_ids(Role.MONITORING_OFFICER)
    page = {
        "award": found,
        "progress": progress.of_award(found, user, today()),
        "ours": user.organisation_ids(Role.APPLICANT),
        "rule": band_of(found.grant_pence).words,
        "may_read": is_outsider and (monitors or Role.FUND_MANAGER in user.roles),
        "may_review": is_outsider and bool(user.roles & REVIEWS),
        "is_live": found.state == AwardState.LIVE,
    }
    return render(request, "awards/progress.html", page)


@require_http_methods(GET_OR_POST)
def give_claim_report(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the report that a claim needs, for the organisation that claims."""
    claim = find_claim(request, reference)
    who = as_applicant(request, claim.organisation_id)
    kind = reports.needed_for(claim)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        file = form.cleaned_data["file"]
        facts = {"award": claim.award, "claim": claim, "file": file, "filename": file.name}
        if carry_out(form, actions.give_report, **facts, **who):
            messages.success(request, "The report is sent. It is scanned, and read by the monitoring officer.")
            return redirect("award_progress", claim.award.reference)
    page = {"award": claim.award, "claim": claim, "form": form, "kind": ReportKind(kind).label if kind else ""}
    return render(request, "awards/report_give.html", page)


@require_http_methods(GET_OR_POST)
def give_final_report(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the final report of the project, for the lead; the last payment waits for it."""
    found = find_award(request, reference)
    who = as_applicant(request, found.bid.lead_id)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        file = form.cleaned_data["file"]
        if carry_out(form, actions.give_report, award=found, file=file, filename=file.name, **who):
            messages.success(request, "The final report is sent. It is scanned, and read by the monitoring officer.")
            return redirect("award_progress", reference)
    page = {"award": found, "claim": None, "form": form, "kind": ReportKind.FINAL.label}
    return render(request, "awards/report_give.html", page)


@require_safe
@never_cache
def report(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send somebody who may see the award to a report, by a link that lasts a minute at most."""
    found = find_award(request, reference)
    stored = get_object_or_404(found.reports, pk=key)
    by = person(request)
    parties = set(found.partners.values_list("organisation", flat=True))
    role = Role.APPLICANT if by.organisation_ids(Role.APPLICANT) & parties else official_role(by)
    stored.award = found
    return hand_out(request, reverse("award_progress", args=[reference]), take_report, report=stored, by=by, role=role)


@require_POST
def accept(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Accept a report, as the monitoring officer or a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, READS)
    stored = get_object_or_404(found.reports, pk=key)
    attempt(request, actions.accept_report, f"{stored.filename} is accepted.", report=stored, **who)
    return redirect("award_progress", reference)


@require_http_methods(GET_OR_POST)
def send_back(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send a report back with a reason."""
    found = find_award(request, reference)
    who = as_official(request, READS)
    stored = get_object_or_404(found.reports, pk=key)
    form = forms.Reason(posted(request))
    if form.is_valid() and carry_out(form, actions.send_report_back, report=stored, **form.cleaned_data, **who):
        messages.success(request, f"{stored.filename} is sent back.")
        return redirect("award_progress", reference)
    return render(request, "awards/report_back.html", {"award": found, "report": stored, "form": form})


@require_http_methods(GET_OR_POST)
def review(request: HttpRequest, reference: str) -> HttpResponse:
    """Record the yearly review of an award, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, REVIEWS)
    done = set(found.reviews.values_list("year", flat=True))
    over = rules.years_to_review(found.starts_on, found.ends_on, today())
    years = [year for year in over if year not in done]
    form = Review(posted(request), years=years)
    if form.is_valid() and carry_out(form, actions.record_review, award=found, **form.cleaned_data, **who):
        messages.success(request, f"The review of year {form.cleaned_data['year']} is recorded.")
        return redirect("award_progress", reference)
    return render(request, "awards/review.html", {"award": found, "form": form, "years": years})
