"""The assessor's pages: what waits, an invitation, and the bid beside its score sheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.signed_in import acting, person
from accounts.states import Role
from assessments import actions, conflicts, forms, queries, sheet
from assessments.actions.sheet import save_sheet
from assessments.models import Seat
from assessments.states import AssessmentState, SeatState
from bids.models import BidVersion
from bids.paper import paper
from bids.states import DocumentKind
from funds.states import CompetitionState
from infra.deeds import attempt, carry_out


@require_GET
def assessments(request: HttpRequest) -> HttpResponse:
    """List an assessor's seats: to answer, to assess, handed in, and over."""
    user, _ = acting(request, {Role.ASSESSOR})
    groups: dict[str, list[Seat]] = {"invited": [], "to_do": [], "handed_in": [], "over": []}
    for seat in sheet.work_of(user):
        groups[_group(seat)].append(seat)
    facts = {
        "parties": _parties([s.bid for s in groups["invited"]]),
        "declared": queries.has_declared(user, timezone.localdate()),
    }
    return render(request, "assessments/assessments.html", groups | facts)


def _group(seat: Seat) -> str:
    assessment = getattr(seat, "assessment", None)
    if assessment and assessment.state == AssessmentState.SUBMITTED:
        return "handed_in"
    if seat.bid.competition.state != CompetitionState.IN_ASSESSMENT:
        return "over"
    return "invited" if seat.state == SeatState.INVITED else "to_do"


def _parties(bids: list[Any]) -> dict[int, dict[str, str]]:
    """Return bid key → name → what part they take; all that an assessor sees before accepting."""
    parts: dict[int, dict[str, str]] = {bid.pk: {} for bid in bids}
    for party in conflicts.parties_of(bids) if bids else ():
        parts[party.owner].setdefault(party.name, party.part)
    return parts


@require_http_methods(["GET", "POST"])
def assessment(request: HttpRequest, seat: int) -> HttpResponse:
    """Show the submitted bid beside the score sheet, and save or hand in the sheet."""
    user = person(request)
    held = get_object_or_404(queries.seats_of(user), pk=seat)
    if held.state == SeatState.INVITED:
        return _invitation(request, held)
    if request.method == "GET":
        return _sheet(request, held)
    form = _form(held, request.POST)
    saved = form.is_valid() and carry_out(
        form, save_sheet, seat=held, scores=form.changed_scores(), by=user, at=timezone.now(), **form.judgement()
    )
    if not saved or "hand_in" not in request.POST:
        return _saved(request, held) if saved else _sheet(request, held, form)
    handed_in = form.is_whole() and carry_out(form, actions.submit_assessment, seat=held, by=user, at=timezone.now())
    if not handed_in:
        return _sheet(request, held, form)
    messages.success(request, f"Your assessment of {held.bid.reference} is handed in. Thank you.")
    return redirect("assessment", held.pk)


def _saved(request: HttpRequest, seat: Seat) -> HttpResponse:
    messages.success(request, "Saved. Nobody else sees it until you hand it in.")
    return redirect("assessment", seat.pk)


def _form(seat: Seat, data: Any = None) -> forms.ScoreSheet:
    return forms.ScoreSheet(data, queries.scores_of(seat), getattr(seat, "assessment", None))


def _sheet(request: HttpRequest, seat: Seat, form: forms.ScoreSheet | None = None) -> HttpResponse:
    form = form or _form(seat)
    content = BidVersion.objects.get(bid=seat.bid_id, number=seat.bid.version).content
    shown = paper(content)
    answers = content["answers"]
    scored = {question.slug for question, _ in form.written}
    facts = {
        "seat": seat,
        "form": form,
        "paper": shown,
        "documents": [document for document in shown.documents if document["kind"] == DocumentKind.APPENDIX],
        "answers": {answer["slug"]: answer["text"] for answer in answers},
        "unscored": [answer for answer in answers if answer["slug"] not in scored],
        "declining": forms.Refusal(),
        "read_only": _group(seat) != "to_do",
        "assessment": getattr(seat, "assessment", None),
    }
    return render(request, "assessments/sheet.html", facts)


def _invitation(
    request: HttpRequest, seat: Seat, accepting: forms.Acceptance | None = None, declining: forms.Refusal | None = None
) -> HttpResponse:
    """Show who takes part in a bid, and nothing of its content, so that an interest can be declared first."""
    facts = {
        "seat": seat,
        "parties": _parties([seat.bid])[seat.bid_id],
        "accepting": accepting or forms.Acceptance(),
        "declining": declining or forms.Refusal(),
    }
    return render(request, "assessments/invitation.html", facts)


@require_POST
def accept(request: HttpRequest, seat: int) -> HttpResponse:
    """Take a bid, declaring no interest in it."""
    user = person(request)
    held = get_object_or_404(queries.seats_of(user), pk=seat)
    form = forms.Acceptance(request.POST)
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
        return _invitation(request, held, declining=form)
    attempt(
        request, actions.decline, f"You have declined {held.bid.reference}.",
        seat=held, by=user, at=timezone.now(), reason=form.cleaned_data["reason"],
    )  # fmt: skip
    return redirect("assessments")
