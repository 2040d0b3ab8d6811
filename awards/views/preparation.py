"""What stands before the letter: the task list, each judgement with its papers, approval of large awards."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.rules import Refused
from accounts.signed_in import person
from awards import actions, other_money, overview, preparation_forms, readiness, rules, task_list
from awards.actions.approving import approve_large_award, name_officer, propose_large_award
from awards.actions.papers import attach_paper, take_paper
from awards.models import ConditionFile
from awards.queries import SEE_ALL
from awards.views.shared import GET_OR_POST, as_official, facts, find_award, posted, reader
from infra.deeds import attempt, carry_out


@require_safe
def preparation(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what is still to be done before the letter, by whom."""
    found = find_award(request, reference)
    parts = list(overview.parts(found))
    by = reader(person(request))
    if not (by.roles & SEE_ALL or by.acts_for & facts(found, parts).parties):
        raise PermissionDenied
    return render(request, "awards/preparation.html", {"award": found, **task_list.of(found, parts, by)})


@require_http_methods(GET_OR_POST)
def condition(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Judge one condition of an award, as a finance officer."""
    found = find_award(request, reference)
    who = as_official(request, rules.SETTLES)
    judged = get_object_or_404(found.conditions.select_related("organisation", "settled_by"), pk=key)
    form = preparation_forms.Judgement(posted(request), condition=judged)
    if form.is_valid() and carry_out(form, actions.settle_condition, condition=judged, **form.judged(), **who):
        rating = form.cleaned_data["rating"]
        messages.success(request, f"{judged.get_kind_display()}: {rating} for {judged.organisation}.")
        return redirect("award_preparation", reference)
    part = overview.parts(found).get(organisation=judged.organisation_id)
    page: dict[str, Any] = {"award": found, "condition": judged, "part": part, "form": form}
    page |= {"files": judged.files.select_related("uploaded_by"), "other": other_money.beside(part, found)}
    page["cover"] = next(iter(readiness.cover([part])), None)
    return render(request, "awards/condition.html", page)


@require_http_methods(GET_OR_POST)
def paper(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Keep a paper on which a condition is judged."""
    found = find_award(request, reference)
    who = as_official(request, rules.SETTLES)
    judged = get_object_or_404(found.conditions.select_related("organisation"), pk=key)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = preparation_forms.Paper(*sent)
    if form.is_valid() and carry_out(form, attach_paper, condition=judged, **form.cleaned_data, **who):
        messages.success(request, "The paper is kept. It is scanned for viruses before anybody opens it.")
        return redirect("condition", reference, key)
    return render(request, "awards/paper.html", {"award": found, "condition": judged, "form": form})


@require_GET
@never_cache
def open_paper(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send an official to a paper on S3, by an address that lasts a minute."""
    found = find_award(request, reference)
    who = as_official(request, SEE_ALL)
    kept = get_object_or_404(ConditionFile.objects.select_related("condition__award"), condition__award=found, pk=key)
    try:
        return redirect(take_paper(paper=kept, **who))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("award_preparation", reference)


@require_http_methods(GET_OR_POST)
def large(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a large award forward, or read what was put forward."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    form = preparation_forms.LargeAward(posted(request))
    if form.is_valid() and carry_out(form, propose_large_award, award=found, **form.cleaned_data, **who):
        messages.success(request, "The award is put forward. A colleague has to approve it.")
        return redirect("award_large", reference)
    proposal = readiness.large_proposal(found)
    page = {"award": found, "form": form, "proposal": proposal, "is_mine": proposal and proposal.by == who["by"]}
    page["approval"] = proposal and proposal.approvals.select_related("by").first()
    return render(request, "awards/large.html", page)


@require_POST
def approve_large(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve a large award as a second person."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    seen = request.POST.get("sha256", "")
    attempt(request, approve_large_award, f"Award {reference} is approved.", award=found, seen=seen, **who)
    return redirect("award_large", reference)


@require_http_methods(GET_OR_POST)
def officer(request: HttpRequest, reference: str) -> HttpResponse:
    """Name the official who is responsible for an award, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    form = preparation_forms.OfficerChoice(posted(request), initial={"officer": found.responsible_officer_id})
    if form.is_valid() and carry_out(form, name_officer, award=found, **form.cleaned_data, **who):
        messages.success(request, f"{form.cleaned_data['officer']} is responsible for award {reference}.")
        return redirect("award_preparation", reference)
    return render(request, "awards/officer.html", {"award": found, "form": form})
