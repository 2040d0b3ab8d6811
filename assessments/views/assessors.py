"""The officials' pages of assessors: the list, its export, and one assessor with load and interests."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.signed_in import acting
from assessments import actions, people, queries, rules
from assessments.models import Assessor
from assessments.people_forms import AssessorFilter, CapacityHere
from assessments.states import AssessorType
from infra.deeds import carry_out
from infra.exports import csv_download
from infra.paging import page_by_key

_HEAD = (
    "name", "email", "network", "judges", "clinical_areas", "expertise", "capacity", "fee_pounds",
    "takes_invitations", "invitations_waiting", "seats_now", "handed_in", "declined", "declared_until",
)  # fmt: skip


@require_GET
def assessors(request: HttpRequest) -> HttpResponse:
    """List the assessors whom a person may see, with what they carry."""
    user, _ = acting(request, people.LISTS)
    form = AssessorFilter(request.GET, user)
    found = people.narrowed(people.visible_to(user), form.asked, timezone.localdate())
    shown = {
        "form": form,
        "page": page_by_key(request, people.with_load(found)),
        "fits": found.order_by().count(),
        "asked": request.GET.urlencode(),
        "reads_all": bool(user.roles & rules.READS_ALL),
        "today": timezone.localdate(),
        "type_names": dict(AssessorType.choices),
    }
    return render(request, "assessments/people/assessors.html", shown)


@require_GET
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Send the list, narrowed as on the page, as CSV."""
    user, _ = acting(request, people.LISTS)
    form = AssessorFilter(request.GET, user)
    found = people.with_load(people.narrowed(people.visible_to(user), form.asked, timezone.localdate()))
    return csv_download("assessors.csv", _HEAD, map(_cells, found.order_by("pk").iterator(chunk_size=500)))


def _cells(assessor: Any) -> tuple[Any, ...]:
    return (
        assessor.user.full_name, assessor.user.email, assessor.network or "", "; ".join(assessor.types),
        "; ".join(assessor.clinical_areas), "; ".join(assessor.expertise), assessor.capacity,
        f"{assessor.fee_pence / 100:.2f}", "yes" if assessor.is_available else "no", assessor.waiting, assessor.held,
        assessor.handed_in, assessor.declined, assessor.declared_until or "",
    )  # fmt: skip


def _page(request: HttpRequest, found: Assessor, form: CapacityHere | None) -> HttpResponse:
    today = timezone.localdate()
    shown = {
        "assessor": found,
        "interests": found.interests.select_related("organisation").order_by("ended_at", "pk"),
        "declared_until": queries.declared_until(found),
        "agreed": found.agreements.order_by("-pk").first(),
        "absences": found.absences.filter(last_on__gte=today),
        "capacities": people.capacities_of(found),
        "seats": people.seats_shown(found),
        "blocks": people.blocks_shown(found),
        "form": form,
        "today": today,
        "type_names": dict(AssessorType.choices),
    }
    return render(request, "assessments/people/assessor.html", shown)


@require_GET
def assessor(request: HttpRequest, key: int) -> HttpResponse:
    """Show one assessor: profile, declaration, interests, load, and the bids that they are kept from."""
    user, _ = acting(request, rules.READS_ALL)
    found = get_object_or_404(people.visible_to(user), pk=key)
    return _page(request, found, CapacityHere() if user.roles & rules.MANAGES else None)


@require_POST
def capacity(request: HttpRequest, key: int) -> HttpResponse:
    """Set how many bids of one competition an assessor takes."""
    user, _ = acting(request, rules.MANAGES)
    found = get_object_or_404(people.visible_to(user), pk=key)
    form = CapacityHere(request.POST)
    facts = {"assessor": found, "by": user, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.set_capacity, **facts, **form.cleaned_data):
        messages.success(request, "The number is saved.")
        return redirect("assessor", key)
    return _page(request, found, form)
