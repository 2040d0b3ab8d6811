"""The aid that a partner received before, where the regime limits its sum."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from bids import aid, team
from bids.actions.aid import add_aid, confirm_aid, remove_aid
from bids.forms.aid import AidForm
from bids.models import Partner
from bids.views.loading import changing_part, of_part
from funds.models import PastAward
from infra.deeds import attempt, carry_out


@require_safe
@of_part
def received(request: HttpRequest, part: Partner) -> HttpResponse:
    """Show what a partner received before, whether this grant still fits, and what the register knows."""
    now = timezone.now()
    page = aid.page_of(part, now.date())
    why = team.why_not_edit_part(person(request), part.bid, part.organisation_id)
    may_change = page.is_asked and not why and team.is_open_to_changes(part.bid, now)
    return render(request, "bids/aid.html", {"bid": part.bid, "part": part, "aid": page, "may_change": may_change})


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def add(request: HttpRequest, part: Partner) -> HttpResponse:
    """Add a sum; one that the register knows is filled in."""
    form = AidForm(request.POST if request.method == "POST" else None, initial=_of_register(request, part))
    facts = {"partner": part, "by": person(request), "at": timezone.now()}
    if form.is_valid() and carry_out(form, add_aid, **facts, **form.cleaned_data):
        return redirect("bid_aid", part.bid.reference, part.pk)
    return render(request, "bids/aid_add.html", {"bid": part.bid, "part": part, "form": form})


@require_POST
@changing_part
def remove(request: HttpRequest, part: Partner, row: int) -> HttpResponse:
    """Take a sum off the list."""
    attempt(request, remove_aid, "The sum is removed.", partner=part, row=row, by=person(request), at=timezone.now())
    return redirect("bid_aid", part.bid.reference, part.pk)


@require_POST
@changing_part
def confirm(request: HttpRequest, part: Partner) -> HttpResponse:
    """Give the partner's word that its list is whole."""
    sha256 = request.POST.get("sha256", "")
    facts = {"partner": part, "sha256": sha256, "by": person(request), "at": timezone.now()}
    attempt(request, confirm_aid, "The declaration is confirmed.", **facts)
    return redirect("bid_aid", part.bid.reference, part.pk)


def _of_register(request: HttpRequest, part: Partner) -> dict[str, object]:
    """Return what the register says of the award that `?award=KEY` names, if it is this partner's."""
    key = request.GET.get("award", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19 and part.organisation.company_number):
        return {}
    found = PastAward.objects.filter(pk=key, company_number=part.organisation.company_number).first()
    if found is None:
        return {}
    return {
        "giver": found.funder, "scheme": found.scheme[:160], "granted_on": found.granted_on, "amount": found.high,
        "currency": found.currency,
    }  # fmt: skip
