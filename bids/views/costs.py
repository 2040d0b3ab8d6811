"""What a partner's part costs, and how much grant it asks for."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import person
from bids import actions, overview, queries
from bids.actions.lines import put_line, set_working_days, take_line
from bids.forms.costs import CostForm, WorkingDaysForm
from bids.forms.money import FundingForm
from bids.models import Partner
from bids.paper import workings
from bids.states import CostCategory
from bids.views.loading import changing_part
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def costs(request: HttpRequest, part: Partner) -> HttpResponse:
    """Show a partner's costs line by line; set its working days."""
    form = WorkingDaysForm(request.POST or None, initial={"working_days": part.working_days})
    if form.is_valid():
        facts = {"partner": part, "by": person(request), "at": timezone.now()}
        if carry_out(form, set_working_days, **facts, **form.cleaned_data):
            messages.success(request, "The working days are saved, and labour is worked out anew.")
            return redirect("bid_costs", part.bid.reference, part.pk)
    groups = overview.cost_groups(part, part.bid.competition)
    page = {"bid": part.bid, "part": part, "groups": groups, "form": form, "workings": workings}
    return render(request, "bids/costs.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def add_cost(request: HttpRequest, part: Partner, category: str) -> HttpResponse:
    """Add a line of costs."""
    if category not in part.bid.competition.cost_categories:
        raise Http404
    return _line(request, part, CostForm(request.POST or None, category=category))


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def change_cost(request: HttpRequest, part: Partner, category: str, line: str) -> HttpResponse:
    """Change a line of costs; what somebody else has changed meanwhile is not written over."""
    if category not in CostCategory.values or not overview.is_line_key(line):
        raise Http404
    kept = overview.cost_line(part, line)
    if kept is None and request.method != "POST":
        messages.error(request, "This line has been changed or removed meanwhile.")
        return redirect("bid_costs", part.bid.reference, part.pk)
    return _line(request, part, CostForm(request.POST or None, category=category, was=line, line=kept))


def _line(request: HttpRequest, part: Partner, form: CostForm) -> HttpResponse:
    if form.is_valid():
        facts = {"partner": part, "by": person(request), "at": timezone.now()}
        if carry_out(form, put_line, line=form.line(), was=form.cleaned_data["was"], **facts):
            messages.success(request, f"{form.label} saved.")
            return redirect("bid_costs", part.bid.reference, part.pk)
    return render(request, "bids/cost.html", {"bid": part.bid, "part": part, "form": form})


@require_POST
@changing_part
def remove_cost(request: HttpRequest, part: Partner, line: str) -> HttpResponse:
    """Take out a line of costs."""
    attempt(request, take_line, "The line is removed.", partner=part, was=line, by=person(request), at=timezone.now())
    return redirect("bid_costs", part.bid.reference, part.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def funding(request: HttpRequest, part: Partner) -> HttpResponse:
    """Ask for a percentage of grant within the ceiling, and name other public funding."""
    found = queries.ceiling_of(part, part.bid.category, part.bid.competition)
    form = FundingForm(request.POST or None, partner=part, because=found.because)
    if form.is_valid():
        facts = {"partner": part, "by": person(request), "at": timezone.now()}
        if carry_out(form, actions.set_funding, **facts, **form.cleaned_data):
            messages.success(request, f"The funding of {part.organisation} is saved.")
            return redirect("bid_funding", part.bid.reference, part.pk)
    return render(request, "bids/funding.html", {"bid": part.bid, "part": part, "form": form})
