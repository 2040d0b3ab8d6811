"""The pages on which officials correct a published competition where nobody is harmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.signed_in import acting
from funds import actions, queries, rules
from funds.forms.changes import Asked, Note, Plan
from funds.models import Competition
from funds.states import CompetitionState
from funds.views.setup import competition_for
from infra import kept
from infra.deeds import carry_out
from infra.paging import page_by_key

DONE = "It is changed, shown on the page of the competition, and everybody with a bid is told."


@require_GET
def corrections(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what has changed since a competition was published, and what may be corrected."""
    user, _ = acting(request, rules.READS_MONEY)
    competition = competition_for(user, reference)
    facts = {
        "competition": competition,
        "page": page_by_key(request, queries.changes_of(competition).select_related("by"), newest_first=True),
        "questions": competition.questions.order_by("position"),
        "may_manage": bool(user.roles & rules.SETS_UP),
        "is_published": competition.state == CompetitionState.PUBLISHED,
        "is_draft": competition.state == CompetitionState.DRAFT,
    }
    return render(request, "funds/corrections.html", facts)


def _who(request: HttpRequest, reference: str) -> dict[str, Any]:
    user, role = acting(request, rules.SETS_UP)
    return {"competition": competition_for(user, reference), "by": user, "role": role, "at": timezone.now()}


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Correct the days of the plan and the responsible officer."""
    who = _who(request, reference)
    form = Plan(request.POST or kept.typed(request), competition=who["competition"])
    if request.method == "POST" and form.is_valid() and carry_out(form, actions.correct_plan, **form.facts(), **who):
        return _done(request, reference)
    return _form(request, who["competition"], form, "Correct dates and officer")


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, reference: str, slug: str) -> HttpResponse:
    """Allow longer answers to a question, or say its guidance more clearly."""
    who = _who(request, reference)
    found = get_object_or_404(who["competition"].questions, slug=slug)
    form = Asked(request.POST or kept.typed(request), question=found)
    typed = form.cleaned_data if request.method == "POST" and form.is_valid() else None
    if typed and carry_out(form, actions.correct_question, question=found, **typed, **who):
        return _done(request, reference)
    return _form(request, who["competition"], form, f"Correct “{found.heading}”", found.text)


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a note that says more clearly what holds already."""
    who = _who(request, reference)
    form = Note(request.POST or kept.typed(request))
    if request.method == "POST" and form.is_valid() and carry_out(form, actions.clarify, **form.cleaned_data, **who):
        return _done(request, reference)
    return _form(request, who["competition"], form, "Add a note")


def _form(request: HttpRequest, competition: Competition, form: Any, title: str, asked: str = "") -> HttpResponse:
    facts = {"competition": competition, "form": form, "title": title, "asked": asked, "is_typed": form.is_bound}
    return render(request, "funds/correct.html", facts)


def _done(request: HttpRequest, reference: str) -> HttpResponse:
    messages.success(request, DONE)
    return redirect("corrections", reference)
