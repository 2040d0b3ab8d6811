"""What a partner's part costs, and how much grant it asks for."""

from typing import Any

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
from bids.forms.papers import FileForm
from bids.models import Partner
from bids.paper import workings
from bids.states import CostCategory, DocumentKind
from bids.views.loading import changing_part
from infra.deeds import attempt, carry_out
from infra.kept import typed

REMOVED = "bids.removed_cost"


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
    page = {
        "bid": part.bid, "part": part, "form": form, "workings": workings,
        "groups": overview.cost_groups(part, part.bid.competition),
        "sums": overview.sums(part.bid),
        "ceiling": queries.ceiling_of(part, part.bid.category, part.bid.competition),
        "removed": _removed(request, part),
    }  # fmt: skip
    return render(request, "bids/costs.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def add_cost(request: HttpRequest, part: Partner, category: str) -> HttpResponse:
    """Add a line of costs, perhaps as a copy of another."""
    if category not in part.bid.competition.cost_categories:
        raise Http404
    copied = overview.cost_line(part, request.GET.get("copy", ""))
    copied = copied if copied and copied.category == category else None
    return _line(request, part, CostForm(request.POST or typed(request), category=category, line=copied))


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
    return _line(request, part, CostForm(request.POST or typed(request), category=category, was=line, line=kept))


def _line(request: HttpRequest, part: Partner, form: CostForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        facts = {"partner": part, "by": person(request), "at": timezone.now()}
        if carry_out(form, put_line, line=form.line(), was=form.cleaned_data["was"], **facts):
            messages.success(request, f"{form.label} saved.")
            return redirect("bid_costs", part.bid.reference, part.pk)
    page = {"bid": part.bid, "part": part, "form": form, "is_typed": form.is_bound}
    return render(request, "bids/cost.html", page)


@require_POST
@changing_part
def try_cost(request: HttpRequest, part: Partner, category: str) -> HttpResponse:
    """Answer with what a line that is being typed comes to, and the totals with it; nothing is saved."""
    if category not in CostCategory.values:
        raise Http404
    form = CostForm(request.POST, category=category)
    tried = overview.tried(part, form.line(), form.cleaned_data.get("was", "")) if form.is_valid() else None
    return render(request, "bids/cost_tried.html", {"part": part, "tried": tried})


@require_POST
@changing_part
def remove_cost(request: HttpRequest, part: Partner, line: str) -> HttpResponse:
    """Take out a line of costs."""
    kept, now = overview.cost_line(part, line), timezone.now()
    if attempt(request, take_line, "The line is removed.", partner=part, was=line, by=person(request), at=now) and kept:
        removed = {"category": kept.category, "description": kept.description, "inputs": kept.inputs}
        request.session[REMOVED] = {"partner": part.pk, "line": removed}
    return redirect("bid_costs", part.bid.reference, part.pk)


def _removed(request: HttpRequest, part: Partner) -> dict[str, Any] | None:
    """Return the line that this person removed last, when it was one of this partner's."""
    last = request.session.get(REMOVED, {})
    return last["line"] if last.get("partner") == part.pk else None


@require_POST
@changing_part
def put_back(request: HttpRequest, part: Partner) -> HttpResponse:
    """Put the line back that was removed last."""
    line = _removed(request, part)
    if line is None:
        messages.error(request, "There is no line to put back.")
        return redirect("bid_costs", part.bid.reference, part.pk)
    facts = {"partner": part, "by": person(request), "at": timezone.now()}
    if attempt(request, put_line, "The line is back.", line=line, **facts):
        del request.session[REMOVED]
    return redirect("bid_costs", part.bid.reference, part.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def overhead_workings(request: HttpRequest, part: Partner) -> HttpResponse:
    """Upload the workings of stated overheads; who changes the costs need not be who changes the other documents."""
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    facts = {"bid": part.bid, "kind": DocumentKind.OVERHEAD_WORKINGS, "by": person(request), "at": timezone.now()}
    if form.is_valid():
        file = form.cleaned_data["file"]
        if carry_out(form, actions.attach_document, file=file, filename=file.name, **facts):
            messages.success(request, "The workings are uploaded. They are scanned before anybody opens them.")
            return redirect("bid_costs", part.bid.reference, part.pk)
    return render(request, "bids/cost_workings.html", {"bid": part.bid, "part": part, "form": form})


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
