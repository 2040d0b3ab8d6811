"""Which costs of a partner are eligible: officials read its lines, put reductions forward, and approve them."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import acting, person
from awards import reductions, rules
from awards.actions.reducing import approve_reduction, propose_reduction, send_reduction_back
from awards.forms import PenceField, PublicReason
from awards.models import Award, AwardPartner
from awards.next_steps import BEFORE_LETTER
from awards.queries import SEE_ALL
from awards.views.shared import GET_OR_POST, as_official, find_award, posted
from infra.deeds import attempt, carry_out


@require_http_methods(GET_OR_POST)
def costs(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Show a partner's cost lines and what is eligible of them; put a reduction forward."""
    acting(request, SEE_ALL)
    found, part = _find(request, reference, organisation)
    lines = reductions.lines(part)
    form, errors, typed = PublicReason(posted(request)), dict[str, str](), dict[str, str]()
    if request.method == "POST":
        who = as_official(request, rules.OFFERS)
        to, errors, typed = _read(request.POST, lines)
        facts = {"award": found, "organisation": organisation, "to": to}
        if form.is_valid() and not errors and carry_out(form, propose_reduction, **facts, **form.cleaned_data, **who):
            messages.success(request, "The reduction is put forward. A colleague has to approve it.")
            return redirect("award_costs", reference, organisation)
    waits, user = reductions.waiting(found, organisation), person(request)
    page: dict[str, Any] = {
        "award": found,
        "part": part,
        "lines": lines,
        "form": form,
        "errors": errors,
        "typed": typed,
    }
    page |= {"waits": waits, "is_mine": bool(waits and waits.by_id == user.pk)}
    page["may_propose"] = bool(user.roles & rules.OFFERS) and found.state in BEFORE_LETTER
    page["so_far"] = list(found.reductions.filter(organisation=organisation).select_related("line", "proposal__by"))
    return render(request, "awards/costs.html", page)


@require_POST
def approve(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Approve a reduction as a second person."""
    who = as_official(request, rules.OFFERS)
    found, _ = _find(request, reference, organisation)
    facts = {"award": found, "organisation": organisation, "seen": request.POST.get("sha256", "")}
    attempt(request, approve_reduction, "The costs are reduced, and the grant with them.", **facts, **who)
    return redirect("award_costs", reference, organisation)


@require_http_methods(GET_OR_POST)
def send_back(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Decline a reduction that waits, or take it back."""
    who = as_official(request, rules.OFFERS)
    found, part = _find(request, reference, organisation)
    form = PublicReason(posted(request))
    facts = {"award": found, "organisation": organisation}
    if form.is_valid() and carry_out(form, send_reduction_back, **facts, **form.cleaned_data, **who):
        messages.success(request, "The reduction is sent back.")
        return redirect("award_costs", reference, organisation)
    return render(request, "awards/costs_back.html", {"award": found, "part": part, "form": form})


def _find(request: HttpRequest, reference: str, organisation: int) -> tuple[Award, AwardPartner]:
    found = find_award(request, reference)
    return found, get_object_or_404(found.partners.select_related("organisation"), organisation=organisation)


def _read(data: QueryDict, lines: list[reductions.Line]) -> tuple[dict[int, Decimal], dict[str, str], dict[str, str]]:
    """Return what is eligible of each line that was filled in, what is wrong by box, and what was typed by box."""
    reads, to = PenceField(required=False, max_length=20), {}
    errors, typed = {}, {}
    for line in lines:
        box = f"line_{line.row.pk}"
        typed[box] = data.get(box, "")[:40]
        try:
            pence = reads.clean(typed[box])
        except ValidationError as error:
            errors[box] = error.messages[0]
            continue
        if pence is not None:
            to[line.row.pk] = Decimal(pence) / 100
    return to, errors, typed
