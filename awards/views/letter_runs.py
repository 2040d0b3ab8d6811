"""Pages on which officials put many letters forward, issue them and watch them being made."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import acting, person
from awards import actions, letter_forms, letter_queue, queries, rules
from awards.models import LetterRun
from awards.states import LetterDeed
from awards.views.shared import GET_OR_POST, as_official, posted
from infra.deeds import outcome

SEES = tuple(sorted(queries.SEE_ALL))


@require_safe
def letter_runs(request: HttpRequest) -> HttpResponse:
    """Show how many letters wait for which step, those that have trouble, and the newest runs."""
    acting(request, SEES)
    return render(request, "awards/letter_runs.html", letter_queue.overview())


@require_http_methods(GET_OR_POST)
def begin(request: HttpRequest, deed: str) -> HttpResponse:
    """Choose letters to put forward or to issue, and begin a run."""
    who = as_official(request, rules.ISSUES)
    waiting = letter_queue.waiting(deed, person(request))
    form = letter_forms.LetterChoice(posted(request), waiting=waiting, deed=deed)
    if form.is_valid():
        chosen = form.cleaned_data["awards"]
        if run := outcome(form, actions.begin_letter_run, step=deed, awards=chosen, **who):
            return redirect("letter_run", run.pk)
    return render(request, "awards/letter_run_begin.html", {"form": form, "deed": LetterDeed(deed), "waiting": waiting})


@require_safe
def letter_run(request: HttpRequest, key: int) -> HttpResponse:
    """Show how far a run is, and what was refused; the page asks again by itself while it goes on."""
    acting(request, SEES)
    run = get_object_or_404(LetterRun.objects.select_related("by"), pk=key)
    return render(request, "awards/letter_run.html", {"run": run, "made": letter_queue.made(run)})
