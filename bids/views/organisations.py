"""An organisation as its own people and officials see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, queries, registers
from accounts.models import Organisation
from accounts.rules import is_company
from accounts.signed_in import person
from accounts.states import CHECKS_ORGANISATIONS, OFFICIAL_ROLES, Role
from audit import queries as audit
from audit.changes import lines
from bids.forms.figures import AddressForm
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key

View = Callable[..., HttpResponse]
EVENTS = 50


def shown(view: View) -> View:
    """Give the view the organisation of the address; somebody else's is not to be known."""

    @wraps(view)
    def load(request: HttpRequest, organisation: int, **further: Any) -> HttpResponse:
        found = get_object_or_404(queries.visible_to(person(request)), pk=organisation)
        return view(request, found, **further)

    return load


def own(view: View) -> View:
    """Give the view an organisation that the person acts for as applicant; others who may see it may not change it."""

    @wraps(view)
    def look(request: HttpRequest, organisation: Organisation, **further: Any) -> HttpResponse:
        if organisation.pk not in person(request).organisation_ids(Role.APPLICANT):
            raise PermissionDenied
        return view(request, organisation, **further)

    return shown(look)


class SearchForm(forms.Form):
    """What to look for among the organisations."""

    marks_optional = False
    q = forms.CharField(label="Name or number", required=False, max_length=100)
    typed = forms.BooleanField(label="Only those that no register has confirmed", required=False)


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """List the organisations that a person may see."""
    user = person(request)
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = queries.search(queries.visible_to(user), asked.get("q", ""), only_typed=asked.get("typed", False))
    is_official = bool(user.roles & OFFICIAL_ROLES)
    page = page_by_key(request, found, newest_first=True)
    return render(request, "organisations/organisations.html", {"form": form, "page": page, "is_official": is_official})


@require_safe
@shown
def organisation(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show what is known of an organisation, to its people with what is to be done, to officials with its history."""
    user = person(request)
    is_official = bool(user.roles & OFFICIAL_ROLES)
    may_change = organisation.pk in user.organisation_ids(Role.APPLICANT)
    declared = list(queries.declarations(organisation)) if is_company(organisation.kind) else []
    can_be_checked = registers.register_of(organisation.kind) is not None
    page = {
        "organisation": organisation,
        "is_company": is_company(organisation.kind),
        "may_change": may_change,
        "may_check": can_be_checked and (may_change or bool(user.roles & CHECKS_ORGANISATIONS)),
        "people": queries.people_of(organisation),
        "asking": queries.waiting(organisation) if may_change else (),
        "declared": declared,
        "is_official": is_official,
        "history": _history(organisation) if is_official else (),
    }
    return render(request, "organisations/organisation.html", page)


def _history(organisation: Organisation) -> list[dict[str, Any]]:
    """Return the newest events of an organisation, each with its person and what changed."""
    events = audit.timeline(subject=f"organisation:{organisation.pk}", limit=EVENTS)
    names = audit.names(event.actor_id for event in events)
    return [{"event": e, "name": names.get(e.actor_id or 0, ""), "changes": lines(e.changes)} for e in events]


@require_http_methods(["GET", "HEAD", "POST"])
@own
def address(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Change where letters go."""
    form = AddressForm(request.POST or None, organisation=organisation)
    if form.is_valid():
        facts = {"organisation": organisation, "by": person(request), "at": timezone.now()} | form.facts()
        if carry_out(form, actions.change_address, **facts):
            messages.success(request, "The address is saved.")
            return redirect("organisation", organisation.pk)
    return render(request, "organisations/address.html", {"organisation": organisation, "form": form})


@require_POST
@shown
def check(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Ask its register about an organisation."""
    done = "Its register has answered. This page shows what it says."
    facts = {"organisation": organisation, "by": person(request), "at": timezone.now()}
    attempt(request, actions.check_again, done, **facts)
    return redirect("organisation", organisation.pk)


@require_POST
@own
def answer(request: HttpRequest, organisation: Organisation, join: int) -> HttpResponse:
    """Let somebody in who asks to be, or decline."""
    asked = get_object_or_404(organisation.join_requests, pk=join)
    accept = request.POST.get("answer") == "accept"
    done = f"{asked.user} can bid for {organisation.name} now." if accept else "The request is declined."
    attempt(request, actions.answer_join, done, asked=asked, accept=accept, by=person(request), at=timezone.now())
    return redirect("organisation", organisation.pk)
