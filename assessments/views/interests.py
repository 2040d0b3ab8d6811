"""The assessor's own pages: interests, the yearly declaration, and what they know."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import acting
from accounts.states import Role
from assessments import actions, people_forms, queries
from assessments.models import Assessor
from infra.deeds import attempt, carry_out


def me(request: HttpRequest) -> Assessor:
    """Return the assessor who asks; answer 403 to people without the role, 404 to those not registered."""
    user, _ = acting(request, {Role.ASSESSOR})
    return get_object_or_404(Assessor.objects.select_related("network"), user=user)


@require_http_methods(["GET", "HEAD", "POST"])
def interests(request: HttpRequest) -> HttpResponse:
    """List an assessor's interests and add one; each is looked for among the parties of every bid at once."""
    assessor = me(request)
    form = people_forms.NewInterest(request.POST if request.method == "POST" else None)
    facts = {"assessor": assessor, "by": assessor.user, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.declare_interest, **facts, **form.cleaned_data):
        messages.success(request, "The interest is on the list. Bids in which it takes part are kept from you.")
        return redirect("interests")
    shown = {
        "form": form,
        "assessor": assessor,
        "interests": assessor.interests.filter(ended_at=None).select_related("organisation").order_by("pk"),
        "until": queries.declared_until(assessor),
        "today": timezone.localdate(),
    }
    return render(request, "assessments/interests.html", shown)


@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    """Take an interest off the list."""
    assessor = me(request)
    interest = get_object_or_404(assessor.interests, pk=key)
    done = "The interest has ended. What it has kept from you stays away."
    attempt(request, actions.end_interest, done, interest=interest, by=assessor.user, at=timezone.now())
    return redirect("interests")


@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare for the year that the list is complete."""
    assessor = me(request)
    done = "Thank you. Your declaration holds for a year."
    attempt(request, actions.declare_for_the_year, done, assessor=assessor, by=assessor.user, at=timezone.now())
    return redirect("assessments")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Change what an assessor knows and how many bids they take."""
    assessor = me(request)
    kept = {
        "about": assessor.about,
        "expertise": ", ".join(assessor.expertise),
        "clinical_areas": assessor.clinical_areas,
        "capacity": assessor.capacity,
        "is_available": assessor.is_available,
        "types": assessor.types,
        "fee_pence": assessor.fee_pence,
    }
    form = people_forms.Profile(request.POST if request.method == "POST" else None, initial=kept)
    facts = {"assessor": assessor, "by": assessor.user, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.describe_oneself, **facts, **form.cleaned_data):
        messages.success(request, "Your profile is saved.")
        return redirect("assessments")
    return render(request, "assessments/profile.html", {"form": form, "assessor": assessor})
