"""Pages on which grant that a partner will not spend is released."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from awards import change_forms as forms
from awards import rules, underspends
from awards.actions import releasing
from awards.models import Underspend
from awards.views.shared import GET_OR_POST, as_official, find_award, posted
from infra.deeds import attempt, carry_out

RELEASED = "It is released. The organisation is told, and the next bids in reserve are offered the money."


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Put forward that a partner will not spend part of its grant."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    part = get_object_or_404(found.partners.select_related("organisation", "award"), pk=key)
    left = underspends.left_by_year(part)
    form = forms.NotSpent(posted(request), years=left)
    if form.is_valid() and carry_out(form, releasing.propose_underspend, part=part, **form.cleaned_data, **who):
        messages.success(request, "The release is put forward. Another fund manager agrees to it.")
        return redirect("award_changes", reference)
    facts = {"award": found, "part": part, "left": left, "can_claim": underspends.left_of(part), "form": form}
    return render(request, "awards/release.html", facts)


@require_POST
def decide(request: HttpRequest, reference: str, key: int, deed: str) -> HttpResponse:
    """Agree to a release, or drop it."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    underspend = get_object_or_404(Underspend.objects.select_related("part__award"), part__award=found, pk=key)
    if deed == "release":
        attempt(request, releasing.release_underspend, RELEASED, underspend=underspend, **who)
    else:
        attempt(request, releasing.drop_underspend, "The grant stays as it is.", underspend=underspend, **who)
    return redirect("award_changes", reference)
