"""Who takes part in a bid."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import is_company
from accounts.signed_in import person
from accounts.states import Role
from bids import actions, overview, team
from bids.actions.organisations import bring_in
from bids.forms.organisations import SizeForm
from bids.models import Bid, Partner
from bids.views.finding import find
from bids.views.loading import changing, changing_part, of_bid
from infra.deeds import attempt, carry_out, outcome


@require_safe
@of_bid
def partners(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show who takes part and what each costs."""
    found = overview.overview(bid, timezone.now().date())
    may_change = overview.may_edit(person(request), bid) and team.is_open_to_changes(bid, timezone.now())
    parts = [part for part, _ in found.money]
    totals = {f: sum(getattr(p, f) for p in parts) for f in overview.MONEY}
    page = {"bid": bid, "parts": parts, "totals": totals, "missing": found.missing, "may_change": may_change}
    user = person(request)
    invites = [o for o in team.may_invite_into(user, bid) if o.pk != bid.lead_id]
    page |= {"own": user.organisation_ids(Role.APPLICANT), "invites": invites}
    return render(request, "bids/partners.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def add(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Let an organisation take part."""
    at = timezone.now()
    finding = find(request, bid.competition.partner_kinds, "What kind of organisation takes part?")
    facts = finding.facts(at)
    if facts and (partner := outcome(finding.form, bring_in, bid=bid, by=person(request), at=at, **facts)):
        messages.success(request, f"{partner.organisation} takes part. Enter its costs next.")
        return redirect("bid_partners", bid.reference)
    return render(request, "bids/organisation.html", {"bid": bid, "finding": finding, "form": finding.form})


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def remove(request: HttpRequest, part: Partner) -> HttpResponse:
    """Take a partner out, once asked again."""
    if request.method == "POST":
        done = f"{part.organisation} takes part no longer."
        attempt(request, actions.remove_partner, done, partner=part, by=person(request), at=timezone.now())
        return redirect("bid_partners", part.bid.reference)
    return render(request, "bids/partner_remove.html", {"bid": part.bid, "part": part})


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def size(request: HttpRequest, part: Partner) -> HttpResponse:
    """Change the size under which a company claims."""
    if not is_company(part.organisation.kind):
        messages.error(request, f"{part.organisation} is not a business, so it has no size.")
        return redirect("bid_partners", part.bid.reference)
    form = SizeForm(request.POST or None, initial={"size": part.size})
    if form.is_valid():
        facts = {"partner": part, "by": person(request), "at": timezone.now()}
        if carry_out(form, actions.set_size, size=form.cleaned_data["size"], **facts):
            messages.success(request, f"The size of {part.organisation} is saved.")
            return redirect("bid_partners", part.bid.reference)
    page = {"bid": part.bid, "part": part, "form": form}
    is_own = part.organisation_id in person(request).organisation_ids(Role.APPLICANT)
    is_fixed = part.size == part.organisation.size and part.organisation.size_declarations.exists()
    return render(request, "bids/size.html", page | {"is_own": is_own, "is_fixed": is_fixed})
