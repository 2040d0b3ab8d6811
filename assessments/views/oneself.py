"""The assessor's own pages: the agreement, and when they can assess."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions, people
from assessments import agreement as terms
from assessments.models import Assessor
from assessments.people_forms import AgreeAgain, Away, CapacityHere
from assessments.views.interests import me
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest) -> HttpResponse:
    """Show the terms on which bids are assessed, and take a yes to them."""
    assessor = me(request)
    newest = assessor.agreements.order_by("-pk").first()
    form = AgreeAgain(request.POST if request.method == "POST" else None)
    facts = {"assessor": assessor, "by": assessor.user, "at": timezone.now()}
    read = {"read_sha256": form.data.get("read_sha256", "")}
    if form.is_valid() and carry_out(form, actions.agree, **facts, **read):
        messages.success(request, "Thank you. Your agreement is kept.")
        return redirect("assessments")
    is_current = newest is not None and newest.version == terms.VERSION
    shown = {"form": None if is_current else form, "newest": newest, "terms": terms.TEXT}
    return render(request, "assessments/people/agreement.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: HttpRequest) -> HttpResponse:
    """List when an assessor is away and what they take in single competitions, and add days away."""
    assessor = me(request)
    form = Away(request.POST if request.method == "POST" else None)
    facts = {"assessor": assessor, "by": assessor.user, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.add_absence, **facts, **form.cleaned_data):
        messages.success(request, "The days are on the list.")
        return redirect("assessor_availability")
    return render(request, "assessments/people/availability.html", _shown(assessor, form, CapacityHere()))


def _shown(assessor: Assessor, form: Away, capacity: CapacityHere) -> dict[str, Any]:
    return {
        "assessor": assessor,
        "absences": assessor.absences.filter(last_on__gte=timezone.localdate()),
        "capacities": people.capacities_of(assessor),
        "form": form,
        "capacity": capacity,
    }


@require_POST
def not_away(request: HttpRequest, key: int) -> HttpResponse:
    """Take days off the list."""
    assessor = me(request)
    absence = get_object_or_404(assessor.absences.select_related("assessor"), pk=key)
    facts = {"absence": absence, "by": assessor.user, "at": timezone.now()}
    attempt(request, actions.remove_absence, "The days are off the list.", **facts)
    return redirect("assessor_availability")


@require_POST
def capacity(request: HttpRequest) -> HttpResponse:
    """Set how many bids of one competition an assessor takes."""
    assessor = me(request)
    form = CapacityHere(request.POST)
    facts = {"assessor": assessor, "by": assessor.user, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.set_capacity, **facts, **form.cleaned_data):
        messages.success(request, "The number is saved.")
        return redirect("assessor_availability")
    return render(request, "assessments/people/availability.html", _shown(assessor, Away(), form))
