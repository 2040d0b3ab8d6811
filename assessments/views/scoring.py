"""The assessor's pages: what waits, an invitation, and the bid beside its score sheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.signed_in import acting, person
from accounts.states import Role
from assessments import actions, blind, conflicts, forms, interviews, queries, scoring, sheet
from assessments.models import Seat
from assessments.states import Part, SeatState
from assessments.views.sheet import form_of, hand_in, of_seat, save_typed, show_sheet, thanks
from infra.deeds import attempt


@require_GET
def assessments(request: HttpRequest) -> HttpResponse:
    """List an assessor's seats by deadline: to answer, to assess, handed in, and over."""
    user, _ = acting(request, {Role.ASSESSOR})
    seats, today = list(sheet.work_of(user)), timezone.localdate()
    form = forms.WorkFilter(request.GET, seats)
    form.is_valid()
    shown = [seat for seat in seats if form.takes(seat)]
    groups = {group: [seat for seat in shown if scoring.group_of(seat) == group] for group in scoring.GROUPS}
    facts = {
        "parties": _parties([s.bid for s in groups["invited"] if not s.bid.competition.is_blind]),
        **dict(zip(("agreed", "declared"), queries.standing_of(user, today), strict=True)),
        "today": today,
        "has_any": bool(seats),
        "titles": blind.title_in_lists,
        "filter": form,
        "interviews": interviews.to_hold(user).exists(),
    }
    return render(request, "assessments/assessments.html", groups | facts)


def _parties(bids: list[Any]) -> dict[int, dict[str, str]]:
    """Return bid key → name → what part they take; all that an assessor sees before accepting."""
    parts: dict[int, dict[str, str]] = {bid.pk: {} for bid in bids}
    for party in conflicts.parties_of(bids) if bids else ():
        parts[party.owner].setdefault(party.name, Part(party.part).label)
    return parts


@require_http_methods(["GET", "HEAD", "POST"])
@of_seat
def assessment(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the submitted bid beside the score sheet, and save or hand in the sheet; an invitation shows no content."""
    if seat.state == SeatState.INVITED:
        return _invitation(request, seat)
    if request.method != "POST":
        return show_sheet(request, seat)
    form = form_of(seat, request.POST)
    kept = save_typed(seat, form, request)
    if kept is None:
        return show_sheet(request, seat, form)
    seat.assessment = kept
    if "hand_in" in request.POST:
        return thanks(request, seat) if hand_in(request, seat, form) else show_sheet(request, seat, form)
    messages.success(request, "Saved. Nobody else sees it until you hand it in.")
    return redirect("assessment", seat.pk)


def _invitation(
    request: HttpRequest, seat: Seat, accepting: forms.Acceptance | None = None, declining: forms.Refusal | None = None
) -> HttpResponse:
    """Show who takes part in a bid, and nothing of its content, so that an interest can be declared first."""
    facts = {
        "seat": seat,
        "title": blind.title_for_assessor(seat.bid),
        "parties": {} if seat.bid.competition.is_blind else _parties([seat.bid])[seat.bid_id],
        "accepting": accepting or forms.Acceptance(is_blind=seat.bid.competition.is_blind),
        "declining": declining or forms.Refusal(),
    }
    return render(request, "assessments/invitation.html", facts)


@require_POST
def accept(request: HttpRequest, seat: int) -> HttpResponse:
    """Take a bid, declaring no interest in it."""
    user = person(request)
    held = get_object_or_404(queries.seats_of(user), pk=seat)
    form = forms.Acceptance(request.POST, is_blind=held.bid.competition.is_blind)
    if not form.is_valid():
        return _invitation(request, held, accepting=form)
    attempt(
        request, actions.accept, "Accepted. You can read and score the bid now.", seat=held, by=user, at=timezone.now()
    )
    return redirect("assessment", held.pk)


@require_POST
def decline(request: HttpRequest, seat: int) -> HttpResponse:
    """Decline a bid with a reason."""
    user = person(request)
    held = get_object_or_404(queries.seats_of(user), pk=seat)
    form = forms.Refusal(request.POST)
    if not form.is_valid():
        is_invited = held.state == SeatState.INVITED
        return (_invitation if is_invited else show_sheet)(request, held, declining=form)
    attempt(
        request, actions.decline, f"You have declined {held.bid.reference}.",
        seat=held, by=user, at=timezone.now(), reason=form.cleaned_data["reason"],
    )  # fmt: skip
    return redirect("assessments")
