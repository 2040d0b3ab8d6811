"""The spend profile of a partner: read, put forward as a table, approved or sent back."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import person
from awards import profiles, rules
from awards.actions.profiling import approve_profile, propose_profile, send_profile_back
from awards.forms import PenceField, PublicReason
from awards.models import Award, AwardPartner
from awards.next_steps import BEFORE_LETTER
from awards.queries import SEE_ALL
from awards.views.shared import GET_OR_POST, as_applicant, as_official, find_award, posted, reader
from infra.deeds import attempt, carry_out, refusal


@require_http_methods(GET_OR_POST)
def profile(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Show a partner's spend profile; let its people put another forward."""
    found, part = _find(request, reference, organisation)
    shape = profiles.table(found, part)
    waits = profiles.waiting(found, organisation)
    by = reader(person(request))
    context: dict[str, Any] = {
        "award": found,
        "part": part,
        "shape": shape,
        "waits": waits,
        "errors": {},
        "problem": "",
    }
    context |= {
        "may_edit": organisation in by.acts_for and found.state in BEFORE_LETTER,
        "may_decide": bool(by.roles & rules.OFFERS) and waits is not None and not by.belongs_to & {organisation},
        "back": profiles.sent_back(found, organisation),
        "table": profiles.proposed(shape, waits) if waits else shape,
    }
    if request.method == "POST":
        who = as_applicant(request, organisation)
        cells, context["errors"], context["typed"] = _read(request.POST, shape)
        if not context["errors"]:
            facts = {"award": found, "organisation": organisation, "cells": cells}
            context["problem"] = refusal(propose_profile, **facts, **who)
            if not context["problem"]:
                messages.success(request, "The spend profile is put forward. The department looks at it.")
                return redirect("award_profile", reference, organisation)
        context["table"] = profiles.Table(shape.months, shape.due, cells)
    return render(request, "awards/profile.html", context)


@require_POST
def approve(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Approve the profile that waits, as a fund manager."""
    found, _ = _find(request, reference, organisation)
    who = as_official(request, rules.OFFERS)
    facts = {"award": found, "organisation": organisation, "seen": request.POST.get("sha256", "")}
    attempt(request, approve_profile, "The spend profile is approved.", **facts, **who)
    return redirect("award_profile", reference, organisation)


@require_http_methods(GET_OR_POST)
def send_back(request: HttpRequest, reference: str, organisation: int) -> HttpResponse:
    """Send the profile that waits back, as a fund manager."""
    found, part = _find(request, reference, organisation)
    who = as_official(request, rules.OFFERS)
    form = PublicReason(posted(request))
    facts = {"award": found, "organisation": organisation}
    if form.is_valid() and carry_out(form, send_profile_back, **facts, **form.cleaned_data, **who):
        messages.success(request, "The spend profile is sent back.")
        return redirect("award_profile", reference, organisation)
    return render(request, "awards/profile_back.html", {"award": found, "part": part, "form": form})


def _find(request: HttpRequest, reference: str, organisation: int) -> tuple[Award, AwardPartner]:
    """Return an award and its partner, to officials and to the partner's own people; others get 404."""
    found = find_award(request, reference)
    by = reader(person(request))
    if not (by.roles & SEE_ALL or organisation in by.acts_for):
        raise Http404
    parts = found.partners.select_related("organisation").filter(grant_pounds__gt=0)
    return found, get_object_or_404(parts, organisation=organisation)


def name(month: dt.date, category: str) -> str:
    """Return the name of a cell's box."""
    return f"{category}_{month:%Y_%m}"


def _read(data: QueryDict, shape: profiles.Table) -> tuple[profiles.Cells, dict[str, str], dict[str, str]]:
    """Return the cells that were typed, what is wrong by box, and what was typed by box."""
    reads = PenceField(required=False, max_length=20)
    cells: profiles.Cells = {}
    errors, typed = {}, {}
    for month in shape.months:
        for category in shape.due:
            box = name(month, category)
            typed[box] = data.get(box, "")[:40]
            try:
                cells[month, category] = reads.clean(typed[box]) or 0
            except ValidationError as error:
                errors[box] = error.messages[0]
    return cells, errors, typed
