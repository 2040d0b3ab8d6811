"""The panel's meetings: planned, with members who declare their interests, opened on the frozen sheet."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import acting, person
from assessments import actions, conflicts, panel_forms, panel_queries, panel_rules, rules
from assessments.models import PanelMeeting, PanelMember
from assessments.states import MeetingState
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.queries import kept_from
from bids.states import BidState
from infra.deeds import attempt, carry_out, outcome


def meeting_for(user: User, key: int) -> PanelMeeting:
    """Return a meeting that the person may see, or answer 404."""
    return get_object_or_404(panel_queries.visible_to(user).select_related("competition__pot", "agreed_by"), pk=key)


def member_at(user: User, meeting: PanelMeeting) -> PanelMember | None:
    """Return the person's seat at a meeting; nothing when they sit there only as a reader."""
    return PanelMember.objects.filter(meeting=meeting, user=user).select_related("meeting__competition").first()


@require_http_methods(["GET", "HEAD", "POST"])
def panels(request: HttpRequest, reference: str) -> HttpResponse:
    """List the meetings of a competition's panel, and plan one."""
    user, role = acting(request, rules.READS_ALL if request.method != "POST" else rules.MANAGES)
    competition = competition_for(user, reference)
    form = panel_forms.Meeting(request.POST if request.method == "POST" else None)
    facts = {"competition": competition, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and (made := outcome(form, actions.plan_meeting, **facts, **form.cleaned_data)):
        messages.success(request, "The meeting is planned. Now ask the people who take part.")
        return redirect("panel_meeting", made.pk)
    found = panel_queries.visible_to(user).filter(competition=competition).order_by("-pk")
    shown = {"competition": competition, "meetings": found, "form": form}
    shown["may_plan"] = bool(user.roles & rules.MANAGES) and not found.filter(state__in=_RUNNING).exists()
    return render(request, "assessments/panels.html", shown)


_RUNNING = (MeetingState.PLANNED, MeetingState.OPEN)


@require_safe
def my_panels(request: HttpRequest) -> HttpResponse:
    """List the meetings at which a person sits."""
    user, _ = acting(request, panel_rules.MAY_SIT)
    return render(request, "assessments/my_panels.html", {"meetings": panel_queries.meetings_of(user)})


@require_safe
def meeting(request: HttpRequest, key: int) -> HttpResponse:
    """Show a meeting: who sits there, what each still has to do, and the agenda without what a conflict hides."""
    user = person(request)
    found = meeting_for(user, key)
    mine = member_at(user, found)
    if mine and not mine.declared_at and found.state in _RUNNING:
        return redirect("panel_declare", key)
    kept = kept_from(user, found.competition)
    table = panel_queries.table(found)
    shown = {
        "meeting": found,
        "mine": mine,
        "members": table,
        "agenda": panel_queries.agenda(found, without=kept),
        "withheld": len(kept),
        "conflicts": panel_queries.conflicts_of(found),
        "writes": bool(mine and mine.duty in panel_rules.WRITES_MINUTES),
        "attendance": panel_forms.Attendance(None, table),
        "reads_all": bool(user.roles & rules.READS_ALL),
        "may_manage": bool(user.roles & rules.MANAGES),
        "ask": panel_forms.Ask(None, _people()),
    }
    return render(request, "assessments/meeting.html", shown)


def _people() -> QuerySet[User]:
    """Return everybody who may sit on a panel, by name."""
    sits = User.objects.filter(memberships__role__in=panel_rules.MAY_SIT, memberships__ended_at=None, is_active=True)
    return sits.distinct().order_by("full_name", "pk")


@require_POST
def ask(request: HttpRequest, key: int) -> HttpResponse:
    """Ask somebody to a meeting."""
    user, role = acting(request, rules.MANAGES)
    found = meeting_for(user, key)
    form = panel_forms.Ask(request.POST, _people())
    if not form.is_valid():
        messages.error(request, "Choose who is asked, and as what.")
        return redirect("panel_meeting", key)
    who, facts = form.cleaned_data["person"], {"by": user, "role": role, "at": timezone.now()}
    done = f"{who} is asked, and gets an e-mail."
    attempt(request, actions.ask_to_panel, done, meeting=found, user=who, duty=form.cleaned_data["duty"], **facts)
    return redirect("panel_meeting", key)


@require_POST
def remove(request: HttpRequest, key: int, member: int) -> HttpResponse:
    """Take somebody off a meeting."""
    user, role = acting(request, rules.MANAGES)
    seat = get_object_or_404(PanelMember.objects.select_related("meeting", "user"), meeting=key, pk=member)
    done = f"{seat.user} is off the panel."
    attempt(request, actions.remove_from_panel, done, member=seat, by=user, role=role, at=timezone.now())
    return redirect("panel_meeting", key)


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, key: int) -> HttpResponse:
    """Show the names of everybody who takes part in a bid, and nothing else, so that interests are declared first."""
    user = person(request)
    found = meeting_for(user, key)
    mine = member_at(user, found)
    if mine is None:
        raise Http404
    if mine.declared_at or found.state not in _RUNNING:
        return redirect("panel_meeting", key)
    bids = Bid.objects.filter(competition=found.competition_id, state=BidState.SUBMITTED).order_by("reference")
    form = panel_forms.AtTable(request.POST if request.method == "POST" else None, bids, _labels(list(bids)))
    if form.is_valid() and carry_out(
        form, actions.declare_at_table, member=mine, bids=form.cleaned_data["bids"], by=user, at=timezone.now()
    ):
        messages.success(request, "Your declaration is on the record.")
        return redirect("panel_meeting", key)
    return render(request, "assessments/panel_declare.html", {"meeting": found, "form": form, "mine": mine})


def _labels(bids: list[Bid]) -> dict[int, str]:
    """Return bid key → its reference and the names of everybody who takes part."""
    names: dict[int, dict[str, None]] = {bid.pk: {} for bid in bids}
    for party in conflicts.parties_of(bids) if bids else ():
        names[party.owner].setdefault(party.name)
    return {bid.pk: f"{bid.reference}: {', '.join(names[bid.pk])}" for bid in bids}


@require_POST
def attend(request: HttpRequest, key: int) -> HttpResponse:
    """Write down who is present."""
    user = person(request)
    found = meeting_for(user, key)
    form = panel_forms.Attendance(request.POST, panel_queries.table(found))
    if not form.is_valid():
        raise Http404
    facts = {"meeting": found, "members": form.keys(), "by": user, "at": timezone.now()}
    attempt(request, actions.mark_present, "Who is present is written down.", **facts)
    return redirect("panel_meeting", key)


@require_POST
def begin(request: HttpRequest, key: int) -> HttpResponse:
    """Lay the frozen sheet on the table."""
    user = person(request)
    done = "The sheet is on the table."
    attempt(request, actions.open_meeting, done, meeting=meeting_for(user, key), by=user, at=timezone.now())
    return redirect("panel_meeting", key)


@require_POST
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Cancel a planned meeting."""
    user, role = acting(request, rules.MANAGES)
    found = meeting_for(user, key)
    done = "The meeting is cancelled, and everybody who was asked is told."
    facts: dict[str, Any] = {"meeting": found, "by": user, "role": role, "at": timezone.now()}
    attempt(request, actions.cancel_meeting, done, **facts)
    return redirect("panels", found.competition.reference)
