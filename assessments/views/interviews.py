"""The officials' pages of interviews: what is scored, who sits, when, and which bids are invited."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting
from assessments import interview_forms as forms
from assessments import interview_rules, rules
from assessments import interviews as reads
from assessments.actions import interviews as deeds
from assessments.actions.interviewing import reopen_interview
from assessments.forms import Reopening
from assessments.models import Interview, InterviewPlan
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.queries import kept_from
from funds.models import Competition
from infra.deeds import attempt, carry_out


def _competition(request: HttpRequest, reference: str, roles: frozenset[str]) -> tuple[Competition, dict[str, Any]]:
    """Return a competition that interviews, and who acts on it; answer 404 for one that does not."""
    user, role = acting(request, roles)
    competition = competition_for(user, reference)
    if not competition.has_interview:
        raise Http404
    return competition, {"by": user, "role": role, "at": timezone.now()}


def _plan(competition: Competition) -> InterviewPlan:
    plan = reads.plan_of(competition)
    if plan is None:
        raise Http404
    plan.competition = competition
    return plan


@require_safe
def interviews(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the interviews of a competition: what is scored, the panel, the times and the bids."""
    competition, who = _competition(request, reference, rules.READS_ALL)
    plan, kept = reads.plan_of(competition), kept_from(who["by"], competition)
    shown = {
        "competition": competition, "plan": plan, "may_manage": rules.MANAGES & who["by"].roles,
        "is_now": competition.state in interview_rules.WHEN,
        "criteria": list(plan.criteria.order_by("position")) if plan else [],
        "panel": list(plan.interviewers.filter(left_at=None).select_related("assessor__user")) if plan else [],
        "held": list(reads.all_of(plan).exclude(bid__in=kept)) if plan else [],
        "free": list(reads.free_slots(plan)) if plan else [],
        "scores": reads.scores_of(competition), "now": who["at"],
    }  # fmt: skip
    return render(request, "assessments/interviews.html", shown)


def _asks(request: HttpRequest, competition: Competition, form: Any, title: str, button: str) -> HttpResponse:
    shown = {"competition": competition, "form": form, "title": title, "button": button}
    return render(request, "assessments/interview_form.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Say on what interviews are scored and what they weigh."""
    competition, who = _competition(request, reference, rules.MANAGES)
    kept = reads.plan_of(competition)
    lines = [f"{c.title}: {c.guidance}" if c.guidance else c.title for c in kept.criteria.all()] if kept else []
    initial = {"criteria": "\n".join(lines), "weight_percent": kept.weight_percent if kept else 0}
    form = forms.Plan(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        facts = {"criteria": form.rows(), "weight_percent": form.cleaned_data["weight_percent"], **who}
        if carry_out(form, deeds.plan_interviews, competition=competition, **facts):
            messages.success(request, "The plan of the interviews is saved.")
            return redirect("interviews", reference)
    return _asks(request, competition, form, "What interviews are scored on", "Save the plan")


@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest, reference: str) -> HttpResponse:
    """Add times for interviews."""
    competition, who = _competition(request, reference, rules.MANAGES)
    plan = _plan(competition)
    form = forms.Slots(request.POST if request.method == "POST" else None)
    if form.is_valid() and (facts := form.facts()) and carry_out(form, deeds.add_slots, plan=plan, **facts, **who):
        messages.success(request, "The times are added.")
        return redirect("interviews", reference)
    return _asks(request, competition, form, "Add times for interviews", "Add the times")


@require_POST
def remove_slot(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Take away a time that no bid is invited to."""
    competition, who = _competition(request, reference, rules.MANAGES)
    slot = get_object_or_404(_plan(competition).slots.select_related("plan"), pk=key)
    attempt(request, deeds.remove_slot, "The time is taken away.", slot=slot, **who)
    return redirect("interviews", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: HttpRequest, reference: str) -> HttpResponse:
    """Give an assessor a place on the panel that interviews."""
    competition, who = _competition(request, reference, rules.MANAGES)
    plan = _plan(competition)
    form = forms.Named(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(form, deeds.name_interviewer, plan=plan, assessor=form.assessor, **who):
        messages.success(request, f"{form.assessor} sits on the panel and is told.")
        return redirect("interviews", reference)
    return _asks(request, competition, form, "Name an interviewer", "Name them")


@require_POST
def dismiss(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Take an assessor off the panel."""
    competition, who = _competition(request, reference, rules.MANAGES)
    one = get_object_or_404(_plan(competition).interviewers.select_related("plan"), pk=key)
    attempt(request, deeds.dismiss_interviewer, "They sit on the panel no more.", interviewer=one, **who)
    return redirect("interviews", reference)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, reference: str) -> HttpResponse:
    """Invite a bid to a free time; the best come first."""
    competition, who = _competition(request, reference, rules.MANAGES)
    plan = _plan(competition)
    kept = kept_from(who["by"], competition)
    bids = [
        (r.reference, f"{r.rank}. {r.reference} {r.title} ({r.score} %)")
        for r in reads.bids_to_invite(competition)
        if r.bid_id not in kept
    ]
    free = reads.free_slots(plan).filter(starts_at__gt=who["at"])[: reads.MOST_TO_CHOOSE]
    form = forms.Inviting(request.POST if request.method == "POST" else None, free, bids)
    if form.is_valid():
        bid = get_object_or_404(Bid, competition=competition, reference=form.cleaned_data["bid"])
        if carry_out(form, deeds.invite_to_interview, bid=bid, slot=form.chosen(), **who):
            messages.success(request, f"{bid.reference} is invited, and its people are told.")
            return redirect("interviews", reference)
    return _asks(request, competition, form, "Invite a bid to an interview", "Invite")


def _interview(competition: Competition, bid: str, who: dict[str, Any]) -> Interview:
    found = Interview.objects.filter(plan__competition=competition, bid__reference=bid)
    found = found.exclude(bid__in=kept_from(who["by"], competition))
    return get_object_or_404(found.select_related("bid", "slot", "plan__competition"))


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show one interview with what was given, and give it another time."""
    roles = rules.MANAGES if request.method == "POST" else rules.READS_ALL
    competition, who = _competition(request, reference, roles)
    interview = _interview(competition, bid, who)
    free = reads.free_slots(interview.plan).filter(starts_at__gt=who["at"])[: reads.MOST_TO_CHOOSE]
    form = forms.Inviting(request.POST if request.method == "POST" else None, free)
    if form.is_valid() and carry_out(form, deeds.invite_to_interview, bid=interview.bid, slot=form.chosen(), **who):
        messages.success(request, "The interview has another time, and the bid's people are told.")
        return redirect("interview", reference, bid)
    shown = {
        "competition": competition, "interview": interview, "form": form, "given": reads.given_to(interview),
        "may_reopen": bool(rules.MANAGES & who["by"].roles) and competition.state in interview_rules.WHEN,
        "has_free": bool(form.slots), "may_manage": rules.MANAGES & who["by"].roles,
        "score": reads.scores_of(competition).get(interview.bid_id),
    }  # fmt: skip
    return render(request, "assessments/interview.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest, reference: str, bid: str, key: int) -> HttpResponse:
    """Let an interviewer change what they have handed in."""
    competition, who = _competition(request, reference, rules.MANAGES)
    interview = _interview(competition, bid, who)
    sheet = get_object_or_404(interview.sheets.select_related("interviewer__assessor__user", "interview"), pk=key)
    form = Reopening(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(form, reopen_interview, sheet=sheet, **form.cleaned_data, **who):
        messages.success(request, f"The sheet is open again, and {sheet.interviewer.assessor.user} is told.")
        return redirect("interview", reference, bid)
    shown = {
        "competition": competition, "bid": interview.bid, "form": form,
        "back": (f"Interview of {bid}", reverse("interview", args=[reference, bid])),
        "what": f"the interview sheet of {sheet.interviewer.assessor.user}",
    }  # fmt: skip
    return render(request, "assessments/reopen.html", shown)


@require_POST
def cancel(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Take an interview off."""
    competition, who = _competition(request, reference, rules.MANAGES)
    done = "The interview is cancelled, and the bid's people are told."
    attempt(request, deeds.cancel_interview, done, interview=_interview(competition, bid, who), **who)
    return redirect("interviews", reference)
