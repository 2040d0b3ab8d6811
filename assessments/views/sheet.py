"""The score sheet beside the bid: whole, or one question a step; it saves itself while somebody types."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from assessments import actions, blind, forms, queries, scoring
from assessments.actions.scoring import JUDGEMENT, save_sheet
from assessments.models import Assessment, Seat
from assessments.sheet_form import ScoreSheet, kept_on
from assessments.states import SeatState
from assessments.views import saving
from bids.models import BidVersion
from bids.paper import Paper, paper
from bids.states import DocumentKind
from infra.deeds import carry_out
from infra.kept import typed as typed_before

OVERALL, CHECK = "overall", "check"


def of_seat(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the assessor's own seat; nobody opens a bid who never agreed to the terms.

    Who sends a sheet of a bid that was taken back meanwhile, is told so.
    """

    @wraps(view)
    def load(request: HttpRequest, seat: int, **further: Any) -> HttpResponse:
        user = person(request)
        try:
            held = get_object_or_404(queries.with_agreement(queries.seats_of(user)), pk=seat)
        except Http404:
            if request.method != "POST" or not scoring.was_taken_back(user, seat):
                raise
            messages.error(request, "The fund manager has taken this bid back meanwhile, so nothing was handed in.")
            return redirect("assessments")
        if held.state == SeatState.ACCEPTED and not held.has_agreed:
            messages.error(request, "Read what assessors agree to, and agree, before you open a bid.")
            return redirect("assessor_agreement")
        return view(request, held, **further)

    return load


@dataclass(frozen=True)
class Page:
    """What an assessor reads of a bid."""

    paper: Paper
    answers: dict[str, str]  # by slug
    unscored: list[dict[str, Any]]
    documents: list[dict[str, Any]]


def read(seat: Seat, scored: set[str]) -> Page:
    """Return the submitted bid as its assessor may read it: no bank statements, and no names where it is blind."""
    content = BidVersion.objects.get(bid=seat.bid_id, number=seat.bid.version).content
    content = blind.content_for_assessor(seat.bid, content)
    shown = paper(content)
    documents = [document for document in shown.documents if document["kind"] == DocumentKind.APPENDIX]
    unscored = [answer for answer in content["answers"] if answer["slug"] not in scored]
    return Page(shown, {answer["slug"]: answer["text"] for answer in content["answers"]}, unscored, documents)


def form_of(seat: Seat, data: Any = None) -> ScoreSheet:
    """Return the whole sheet as a form."""
    return ScoreSheet(data, queries.scores_of(seat), getattr(seat, "assessment", None))


def save_typed(seat: Seat, form: ScoreSheet, request: HttpRequest) -> Assessment | None:
    """Save what was typed if all of it is right; else put beside it why not, or what another window has saved."""
    user = person(request)

    def now() -> dict[str, Any]:
        held = queries.seats_of(user).get(pk=seat.pk)
        return kept_on(queries.scores_of(held), getattr(held, "assessment", None))

    return saving.by_press(form, save_sheet, now, seat=seat, by=user, at=timezone.now())


def show_sheet(
    request: HttpRequest, seat: Seat, form: ScoreSheet | None = None, declining: forms.Refusal | None = None
) -> HttpResponse:
    """Show the whole sheet beside the bid; what was typed before a lost session stands in it again."""
    typed = typed_before(request)
    form = form or form_of(seat, typed)
    assessment = getattr(seat, "assessment", None)
    read_only = scoring.group_of(seat) != "to_do"
    page = read(seat, {question.slug for question, _ in form.written})
    facts = {
        "seat": seat, "form": form, "page": page, "assessment": assessment, "read_only": read_only,
        "title": page.paper.title, "is_typed": form.is_bound and not form.is_saved,
        "declining": declining or forms.Refusal(),
        "done": scoring.done_of(form.written), "asked": len(form.written), "reopened_reason": _reopened_reason(seat),
        "is_discussed": bool(assessment and assessment.submitted_at) and scoring.is_discussed(seat),
    }  # fmt: skip
    return render(request, "assessments/sheet.html", facts)


def _reopened_reason(seat: Seat) -> str:
    """Return why officials have reopened a sheet, as its assessor may read it; nothing when they have not."""
    assessment = getattr(seat, "assessment", None)
    reason = assessment.reopened_reason if assessment else ""
    return blind.text_for_assessor(seat.bid, reason) if reason else ""


def hand_in(request: HttpRequest, seat: Seat, form: ScoreSheet) -> bool:
    """Hand in a sheet that is whole; else say beside each field what is missing."""
    if not form.is_whole():
        return False
    reason = form.cleaned_data.get("change_reason", "")
    facts = {"seat": seat, "by": person(request), "at": timezone.now(), "change_reason": reason}
    return carry_out(form, actions.submit_assessment, **facts)


@require_POST
def save(request: HttpRequest, seat: int) -> HttpResponse:
    """Save what somebody is typing, every few seconds; reply with one line, and the version that is saved now."""
    user = person(request)
    sent = [name.partition("-")[2].replace("\0", "") for name in request.POST if "-" in name]
    asked = scoring.asked_of(user, seat, sent)
    if asked is None:
        raise Http404
    judges = any(name in request.POST for name in JUDGEMENT)
    form = ScoreSheet(request.POST, [(question, None) for question in asked], None, judges=judges)
    return saving.by_itself(form, save_sheet, seat=seat, by=user, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@of_seat
def step(request: HttpRequest, seat: Seat, slug: str = OVERALL) -> HttpResponse:
    """Show one question with its answer, or the judgement on the whole bid, and save it."""
    if scoring.group_of(seat) != "to_do":
        return redirect("assessment", seat.pk)
    written = queries.scores_of(seat)
    steps = [question.slug for question, _ in written]
    if slug not in (*steps, OVERALL):
        raise Http404
    is_overall = request.resolver_match is not None and request.resolver_match.url_name == "assessment_overall"
    mine = [] if is_overall else [(q, score) for q, score in written if q.slug == slug]
    typed = typed_before(request)
    form = ScoreSheet(request.POST or typed, mine, getattr(seat, "assessment", None), judges=is_overall)
    form.fields.pop("change_reason", None)
    if request.method == "POST" and save_typed(seat, form, request):
        return _after(request, seat, steps, None if is_overall else slug)
    page = read(seat, set(steps))
    facts = {
        "seat": seat, "form": form, "page": page, "title": page.paper.title, "is_typed": form.is_bound,
        "assessment": getattr(seat, "assessment", None), "question": mine[0][0] if mine else None,
        "number": len(steps) + 1 if is_overall else steps.index(slug) + 1, "steps": len(steps) + 1,
        "back": _address(steps, None if is_overall else slug, -1),
        "done": scoring.done_of(written), "asked": len(written),
    }  # fmt: skip
    return render(request, "assessments/step.html", facts)


def _address(steps: list[str], slug: str | None, by: int) -> tuple[str, ...]:
    """Return name and keys of the step before or after one: questions, then the whole bid, then the check."""
    at = (steps.index(slug) if slug in steps else len(steps)) + by
    if at < 0:
        return ("assessment",)
    if at < len(steps):
        return "assessment_question", steps[at]
    return ("assessment_overall",) if at == len(steps) else ("assessment_check",)


def _after(request: HttpRequest, seat: Seat, steps: list[str], slug: str | None) -> HttpResponse:
    """Go on to the next step, or stay."""
    name, *keys = _address(steps, slug, 1 if "then" in request.POST else 0)
    if "then" not in request.POST:
        messages.success(request, "Saved. Nobody else sees it until you hand it in.")
    return redirect(name, seat.pk, *keys)


@require_http_methods(["GET", "HEAD", "POST"])
@of_seat
def check(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the whole sheet to read through, with what is missing, and hand it in."""
    if scoring.group_of(seat) != "to_do":
        return redirect("assessment", seat.pk)
    form, assessment = form_of(seat), getattr(seat, "assessment", None)
    typed = {"change_reason": request.POST.get("change_reason", "")}
    kept = {name: "" if value is None else value for name, value in {**form.initial, **typed}.items()}
    whole = ScoreSheet(kept, form.written, assessment)
    whole.is_valid()
    if request.method == "POST" and hand_in(request, seat, whole):
        return thanks(request, seat)
    if request.method != "POST":
        whole.is_whole()
    for why in whole.non_field_errors():
        messages.error(request, str(why))
    facts = {
        "seat": seat, "missing": missing_of(whole), "written": form.written, "assessment": assessment,
        "title": blind.title_for_assessor(seat.bid),
        "reason": whole["change_reason"] if "change_reason" in whole.fields else None,
    }  # fmt: skip
    return render(request, "assessments/check.html", facts)


def missing_of(form: ScoreSheet) -> list[tuple[str, str, str]]:
    """Return each gap of a sheet as (what to do, slug of the question or nothing, name of the field)."""
    gaps = ((name, str(error)) for name, errors in form.errors.items() for error in errors)
    return [(error, name.partition("-")[2], name) for name, error in gaps if name not in ("change_reason", "__all__")]


def thanks(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Say that a sheet is handed in, and show it."""
    messages.success(request, f"Your assessment of {seat.bid.reference} is handed in. Thank you.")
    return redirect("assessment", seat.pk)


@require_safe
@of_seat
def bid_paper(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Hand out the bid as a PDF; where the competition is blind, without names in it or about it."""
    from infra import pdf  # the renderer takes 0.7 s and 46 MB, which most processes never need

    if seat.state != SeatState.ACCEPTED:
        raise Http404
    version = BidVersion.objects.select_related("by").get(bid=seat.bid_id, number=seat.bid.version)
    version.bid = seat.bid
    content = blind.content_for_assessor(seat.bid, version.content)
    template = "bid_blind.html" if seat.bid.competition.is_blind else "bid.html"
    body = pdf.render(template, bid=seat.bid, paper=paper(content), version=version)
    headers = {"Content-Disposition": f'attachment; filename="{seat.bid.reference}.pdf"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)
