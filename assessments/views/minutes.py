"""At the table: a bid with its scores and votes, what the panel decides on it, and the minutes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from assessments import actions, feedback, minutes, panel_forms, panel_queries, panel_rules
from assessments.actions.minutes import GENERAL, ITEM, lacking
from assessments.models import PanelItem, PanelMember, PanelVote
from assessments.states import MeetingState
from assessments.views.meetings import meeting_for, member_at
from audit.record import digest
from bids.paper import paper
from bids.queries import kept_from
from funds.seen import Outdated, key_of
from infra.deeds import attempt, carry_out


def _item(user: User, key: int, bid: str) -> tuple[PanelItem, PanelMember | None]:
    """Return a bid on the agenda and the person's seat; 404 before they have declared, and with a conflict."""
    meeting = meeting_for(user, key)
    mine = member_at(user, meeting)
    items = PanelItem.objects.select_related("bid__standing", "bid__competition", "meeting__competition")
    item = get_object_or_404(items, meeting=meeting, bid__reference=bid)
    if (mine and not mine.declared_at) or item.bid_id in kept_from(user, meeting.competition):
        raise Http404
    return item, mine


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, key: int, bid: str) -> HttpResponse:
    """Show a bid on the agenda with its scores, reasons and votes; chair and secretary write down what is decided."""
    user = person(request)
    found, mine = _item(user, key, bid)
    form = panel_forms.Minute(request.POST) if request.method == "POST" else None
    if (
        form
        and form.is_valid()
        and carry_out(form, actions.write_item, item=found, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        return redirect("panel_meeting", key)
    scored, overall = feedback.of(found.bid)
    version = found.bid.versions.get(number=found.bid.version)
    conflicts = panel_queries.conflicts_of(found.meeting)
    shown = {
        "item": found,
        "beside": panel_queries.agendum(found),
        "meeting": found.meeting,
        "mine": mine,
        "form": form or panel_forms.Minute.opened(found, key_of(found, ITEM)),
        "writes": _writes(mine, found),
        "votes": found.meeting.state == MeetingState.OPEN and mine and panel_queries.as_seat(mine).votes,
        "vote": _vote_form(found, mine),
        "given": found.votes.select_related("member__user").order_by("member"),
        "away": [m.user for m in panel_queries.table(found.meeting) if found.bid_id in conflicts.get(m.pk, {})],
        "scored": scored,
        "overall": overall,
        "paper": paper(version.content),
    }
    return render(request, "assessments/panel_item.html", shown)


def _writes(mine: PanelMember | None, found: PanelItem) -> bool:
    is_open = found.meeting.state == MeetingState.OPEN
    return bool(is_open and mine and mine.duty in panel_rules.WRITES_MINUTES)


def _vote_form(found: PanelItem, mine: PanelMember | None) -> panel_forms.Vote:
    given = PanelVote.objects.filter(item=found, member=mine).first() if mine else None
    return panel_forms.Vote(initial={"choice": given.choice if given else None})


@require_POST
def item_save(request: HttpRequest, key: int, bid: str) -> HttpResponse:
    """Save what is being written about a bid; reply with one line that says so, or why not."""
    user, now = person(request), timezone.now()
    found, _ = _item(user, key, bid)
    form = panel_forms.Minute(request.POST)
    return _kept(request, form, lambda **typed: key_of(actions.write_item(item=found, by=user, at=now, **typed), ITEM))


@require_POST
def vote(request: HttpRequest, key: int, bid: str) -> HttpResponse:
    """Vote on a bid."""
    user = person(request)
    found, _ = _item(user, key, bid)
    choice = request.POST.get("choice", "")
    attempt(request, actions.vote, "Your vote is counted.", item=found, choice=choice, by=user, at=timezone.now())
    return redirect("panel_item", key, bid)


@require_POST
def leave(request: HttpRequest, key: int, bid: str) -> HttpResponse:
    """Declare an interest in a bid at the table, and leave it."""
    user = person(request)
    found, mine = _item(user, key, bid)
    if mine is None:
        raise Http404
    done = f"You have left the table for {bid}. You do not see it any more."
    attempt(request, actions.leave_table, done, member=mine, bid=found.bid, by=user, at=timezone.now())
    return redirect("panel_meeting", key)


@require_http_methods(["GET", "HEAD", "POST"])
def whole(request: HttpRequest, key: int) -> HttpResponse:
    """Show the whole minutes with what they lack; chair and secretary write what is about no bid in particular."""
    user = person(request)
    meeting = meeting_for(user, key)
    mine = member_at(user, meeting)
    if (mine and not mine.declared_at) or meeting.state in (MeetingState.PLANNED, MeetingState.CANCELLED):
        raise Http404
    form = panel_forms.General(request.POST) if request.method == "POST" else None
    if (
        form
        and form.is_valid()
        and carry_out(form, actions.write_general, meeting=meeting, by=user, at=timezone.now(), **form.cleaned_data)
    ):
        return redirect("panel_minutes", key)
    content, is_open = minutes.shown(meeting), meeting.state == MeetingState.OPEN
    kept = kept_from(user, meeting.competition)
    hidden = set(meeting.items.filter(bid__in=kept).values_list("bid__reference", flat=True)) if kept else set()
    shown = {
        "meeting": meeting,
        "minutes": content,
        "sha256": digest(content),
        "hidden": hidden,
        "lacking": lacking(meeting) if is_open else [],
        "writes": bool(is_open and mine and mine.duty in panel_rules.WRITES_MINUTES),
        "chairs": bool(is_open and mine and mine.duty == "chair"),
        "form": form or panel_forms.General(initial={"text": meeting.general, "seen": key_of(meeting, GENERAL)}),
    }
    return render(request, "assessments/panel_minutes.html", shown)


@require_POST
def general_save(request: HttpRequest, key: int) -> HttpResponse:
    """Save general minutes while they are typed; reply with one line that says so, or why not."""
    user, now = person(request), timezone.now()
    meeting = meeting_for(user, key)
    form = panel_forms.General(request.POST)
    return _kept(
        request, form, lambda **typed: key_of(actions.write_general(meeting=meeting, by=user, at=now, **typed), GENERAL)
    )


def _kept(request: HttpRequest, form: Any, deed: Any) -> HttpResponse:
    """Save a form by itself and answer with the line beside it."""
    try:
        if not form.is_valid():
            raise Refused(next(iter(form.errors.values()))[0])
        version = deed(**form.cleaned_data)
    except Refused as refused:
        is_conflict = isinstance(refused, Outdated)
        why = {"saved_at": None, "why": str(refused), "is_conflict": is_conflict}
        return HttpResponse(render_to_string("bids/saved.html", why), status=409 if is_conflict else 422)
    line = render_to_string("bids/saved.html", {"saved_at": timezone.now(), "why": ""})
    return HttpResponse(line, headers={"Matchfund-Version": version})


@require_POST
def agree(request: HttpRequest, key: int) -> HttpResponse:
    """Agree the minutes as the chair, as they were read."""
    user = person(request)
    facts = {"meeting": meeting_for(user, key), "sha256": request.POST.get("sha256", ""), "by": user}
    attempt(request, actions.agree_minutes, "The minutes are agreed.", at=timezone.now(), **facts)
    return redirect("panel_minutes", key)


@require_safe
def printed(request: HttpRequest, key: int) -> HttpResponse:
    """Hand out the minutes as a PDF, without the bids that a conflict of interest hides from the reader."""
    from infra import pdf  # the renderer takes 0.7 s and 46 MB, which most processes never need

    user = person(request)
    meeting = meeting_for(user, key)
    mine = member_at(user, meeting)
    if (mine and not mine.declared_at) or meeting.state in (MeetingState.PLANNED, MeetingState.CANCELLED):
        raise Http404
    kept = kept_from(user, meeting.competition)
    hidden = set(meeting.items.filter(bid__in=kept).values_list("bid__reference", flat=True)) if kept else set()
    file = pdf.render("minutes.html", meeting=meeting, minutes=minutes.shown(meeting), hidden=hidden)
    name = f"minutes-{meeting.competition.reference}-{meeting.held_on}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file, content_type="application/pdf", headers=headers)
