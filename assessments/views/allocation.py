"""The officials' pages of allocations: runs side by side, one run, the team of a bid, and accepting."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import acting
from assessments import actions, loads, rules, runs, suits
from assessments.allocation_forms import FINISHED, Change, NewRun, Pair
from assessments.models import AllocationRun, AllocationTeam
from assessments.states import RunState
from assessments.teams import Place, Verdict
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.queries import kept_from
from bids.views.officials import find_bid
from funds.models import Competition
from infra.deeds import attempt, carry_out, outcome
from infra.paging import page_by_key

RUNS_SHOWN = 12
SHORTFALLS_SHOWN = 20
CANDIDATES_SHOWN = 12


def run_for(competition: Competition, number: int) -> AllocationRun:
    """Return a run of a competition, or answer 404."""
    found = AllocationRun.objects.select_related("by", "accepted_by", "competition")
    return get_object_or_404(found, competition=competition, number=number)


def words(text: str, names: tuple[dict[int, str], dict[int, str]]) -> str:
    """Return what the solver says with names in the place of keys."""
    return runs.in_words(text, *names)


@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the newest runs side by side, and start another."""
    user, role = acting(request, rules.MANAGES if request.method == "POST" else rules.READS_ALL)
    competition = competition_for(user, reference)
    form = NewRun(request.POST if request.method == "POST" else None, competition)
    if form.is_valid():
        facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
        run = outcome(form, actions.ask_for_run, terms=form.terms(), seconds=form.cleaned_data["seconds"], **facts)
        if run:
            return redirect("allocation_run", reference, run.number)
    newest = list(AllocationRun.objects.filter(competition=competition).order_by("-number")[:RUNS_SHOWN])
    finished = [run for run in newest if run.state in FINISHED]
    shown = {
        "competition": competition,
        "form": form,
        "runs": newest,
        "spreads": loads.words_of_runs(finished),
        "pair": Pair({"first": finished[0].number, "second": finished[1].number}, finished) if finished[1:] else None,
        "may_manage": bool(user.roles & rules.MANAGES),
        "is_in_assessment": competition.state == "in_assessment",
    }
    return render(request, "assessments/allocation/runs.html", shown)


@require_safe
def differences(request: HttpRequest, reference: str) -> HttpResponse:
    """Show on which bids two runs seat different people."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    finished = list(AllocationRun.objects.filter(competition=competition, state__in=FINISHED).order_by("-number"))
    form = Pair(request.GET, finished)
    if not form.is_valid():
        raise Http404
    first, second = (form.by_number[form.cleaned_data[name]] for name in ("first", "second"))
    shown = {"competition": competition, "form": form, "first": first, "second": second}
    found = loads.differences(first, second, without=kept_from(user, competition))
    return render(request, "assessments/allocation/differences.html", shown | {"found": found})


@require_safe
def run(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show a run: how far it is, or what it found."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    found = run_for(competition, number)
    shown: dict[str, Any] = {
        "competition": competition,
        "run": found,
        "may_manage": bool(user.roles & rules.MANAGES),
        "names": ({}, {}),
    }
    if found.state in FINISHED:
        shown |= _answer(request, user, competition, found)
    return render(request, "assessments/allocation/run.html", shown)


def _answer(request: HttpRequest, user: User, competition: Competition, found: AllocationRun) -> dict[str, Any]:
    names, kept = runs.names(), kept_from(user, competition)
    teams = AllocationTeam.objects.filter(run=found).exclude(bid__in=kept).select_related("bid__standing")
    hidden = set(Bid.objects.filter(pk__in=kept).values_list("reference", flat=True)) if kept else set()
    shortfalls = [short for short in found.shortfalls if short["bid"] not in hidden]
    told = [short | {"because": words(short["because"], names)} for short in shortfalls[:SHORTFALLS_SHOWN]]
    return {
        "names": names,
        "page": page_by_key(request, teams.defer("affinities", "seats"), size=50),
        "spread": loads.spread(competition, loads.load_of_run(found)),
        "shortfalls": told,
        "more_shortfalls": len(shortfalls) - len(told),
    }


@require_POST
def cancel(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Stop a run."""
    user, role = acting(request, rules.MANAGES)
    found = run_for(competition_for(user, reference), number)
    done = "The run is being stopped. No seat has changed."
    attempt(request, actions.cancel_run, done, run=found, by=user, role=role, at=timezone.now())
    return redirect("allocation_run", reference, number)


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show what accepting a run would do and what stands in its way; accept exactly what was read."""
    user, role = acting(request, rules.MANAGES)
    competition = competition_for(user, reference)
    found = run_for(competition, number)
    if found.state != RunState.DONE:
        messages.error(request, f"Run {number} is {found.get_state_display().lower()}, so it cannot be accepted.")
        return redirect("allocation_run", reference, number)
    if request.method == "POST":
        edits = request.POST.get("edits", "")
        facts = {"run": found, "edits": int(edits) if edits.isdecimal() and len(edits) < 10 else -1}
        done = "The seats are given and everybody new is told by e-mail."
        if attempt(request, actions.accept_run, done, by=user, role=role, at=timezone.now(), **facts):
            return redirect("seats", reference)
        return redirect("allocation_accept", reference, number)
    plan = runs.plan(found)
    now = runs.question_now(found, timezone.now().date())
    new = {(bid, person) for bid, team in plan.items() for person in team} - now.held
    shown = {
        "competition": competition,
        "run": found,
        "invitations": len(new),
        "people": len({person for _, person in new}),
        "problems": runs.in_the_way(found, plan, now),
        "has_moved": now.sha256 != found.question_sha256,
    }
    return render(request, "assessments/allocation/accept.html", shown)


@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, reference: str, number: int, bid: str) -> HttpResponse:
    """Show why each sits on a bid, who else there is, and change the team by hand with its rules checked at once."""
    user, role = acting(request, rules.MANAGES if request.method == "POST" else rules.READS_ALL)
    competition = competition_for(user, reference)
    found = run_for(competition, number)
    about = find_bid(user, reference, bid)
    get_object_or_404(AllocationTeam, run=found, bid=about)
    desk = runs.desk_of_run(found, about, timezone.now().date())
    candidates = desk.candidates()
    form = Change(sent_of(request), desk, candidates, found)
    verdict = desk.judge(form.cleaned_data["off"], form.cleaned_data["on"]) if form.is_valid() else None
    if request.method == "POST" and form.is_valid():
        deed = {name: form.cleaned_data[name] for name in ("off", "on")} | {"edits": form.cleaned_data["edits"] or 0}
        facts = {"run": found, "bid": about, "by": user, "role": role, "at": timezone.now()}
        if carry_out(form, actions.edit_team, **deed, **facts):
            messages.success(request, "The team is changed. Nothing is sent before the run is accepted.")
            return redirect("allocation_team", reference, number, bid)
    shown = {"run": found, "may_change": bool(user.roles & rules.MANAGES) and found.state == RunState.DONE}
    return render_team(request, competition, desk, form, verdict, candidates, shown)


def sent_of(request: HttpRequest) -> QueryDict | None:
    """Return what was sent to be done, or only to be checked; nothing when the page is opened."""
    return request.POST if request.method == "POST" else request.GET or None


def render_team(
    request: HttpRequest,
    competition: Competition,
    desk: runs.Desk,
    form: Change,
    verdict: Verdict | None,
    candidates: list[runs.Candidate],
    shown: dict[str, Any],
) -> HttpResponse:
    """Show a team with why each sits there, the best suited others, and the form that changes it."""
    names = runs.names()
    facts = {
        "competition": competition,
        "bid": desk.bid,
        "desk": desk,
        "form": form,
        "verdict": verdict,
        "rows": [explained(place, names) for place in desk.places],
        "candidates": candidates[:CANDIDATES_SHOWN],
        "more": len(candidates) - CANDIDATES_SHOWN,
    }
    return render(request, "assessments/allocation/team.html", shown | facts)


def explained(place: Place, names: tuple[dict[int, str], dict[int, str]]) -> dict[str, Any]:
    """Return who sits on a bid, and why, in words."""
    return {
        "place": place,
        "name": names[0].get(place.assessor, "?"),
        "because": words(place.because, names),
        "parts": suits.Suits(*place.parts).words if place.affinity else "how well they suit is not known",
        "others": [(names[0].get(one.assessor, "?"), one.affinity, words(one.because, names)) for one in place.others],
    }
