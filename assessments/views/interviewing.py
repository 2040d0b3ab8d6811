"""Interviews as interviewers score them and as applicants answer the invitation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import acting, person
from accounts.states import Role
from assessments import conflicts
from assessments import interview_forms as forms
from assessments import interviews as reads
from assessments.actions import interviewing as deeds
from assessments.actions.interviews import ask_to_move, confirm_interview
from assessments.blind import title_in_lists
from assessments.models import Interview, InterviewSheet
from assessments.states import AssessmentState, Part
from assessments.views import saving
from bids import team
from bids.models import Bid, BidVersion
from bids.paper import paper
from bids.views.loading import of_bid
from infra.deeds import attempt, carry_out
from infra.kept import typed as typed_before


@require_safe
def interviews(request: HttpRequest) -> HttpResponse:
    """List the interviews that an assessor sits in, by their time."""
    user, _ = acting(request, {Role.ASSESSOR})
    found = list(reads.to_hold(user))
    mine = InterviewSheet.objects.filter(interview__in=found, interviewer__assessor__user=user)
    sheets = {sheet.interview_id: sheet for sheet in mine}
    return render(
        request, "assessments/interviewing.html", {"interviews": found, "sheets": sheets, "titles": title_in_lists}
    )


def _to_hold(request: HttpRequest, key: int) -> Interview:
    return get_object_or_404(reads.to_hold(person(request)), pk=key)


@require_http_methods(["GET", "HEAD", "POST"])
def interview(request: HttpRequest, key: int) -> HttpResponse:
    """Show who takes part, then the bid beside the points; save them and hand them in."""
    user, found, now = person(request), _to_hold(request, key), timezone.now()
    sheet = reads.sheet_of(found, user)
    facts = {"interview": found, "by": user, "at": now}
    if sheet is None and reads.is_still_blind(found, user):
        messages.error(request, "Hand in your assessment of this bid first. An interview says who bids.")
        return redirect("interviewing")
    if sheet is None:
        if request.method == "POST" and "no_interest" in request.POST:
            attempt(request, deeds.open_interview, "Thank you. You can score the interview now.", **facts)
            return redirect("interviewing_one", key)
        return render(request, "assessments/interview_declare.html", {"interview": found, "parties": _parties(found)})
    typed = typed_before(request)
    form = forms.InterviewSheetForm(request.POST or typed, reads.written_on(sheet), sheet)
    if request.method == "POST" and (
        kept := saving.by_press(form, deeds.save_interview, lambda: _kept(found, user), **facts)
    ):
        sheet = kept
        if "hand_in" not in request.POST:
            messages.success(request, "Saved. Nobody else sees it until you hand it in.")
            return redirect("interviewing_one", key)
        why = form.cleaned_data.get("change_reason", "")
        if form.is_whole() and carry_out(form, deeds.submit_interview, change_reason=why, **facts):
            messages.success(request, f"Your points for {found.bid.reference} are handed in. Thank you.")
            return redirect("interviewing")
    version = BidVersion.objects.get(bid=found.bid_id, number=found.bid.version)
    shown = {
        "interview": found, "form": form, "sheet": sheet, "paper": paper(version.content),
        "read_only": sheet.state == AssessmentState.SUBMITTED, "is_typed": form.is_bound and not form.is_saved,
    }  # fmt: skip
    return render(request, "assessments/interview_sheet.html", shown)


def _kept(found: Interview, user: User) -> dict[str, Any]:
    """Return what is saved of an interview, by the name of its field."""
    sheet = reads.sheet_of(found, user)
    return forms.kept_at(reads.written_on(sheet), sheet) if sheet else {}


@require_POST
def save(request: HttpRequest, key: int) -> HttpResponse:
    """Save what an interviewer is typing, every few seconds; reply with one line, and the version saved now."""
    user, found = person(request), _to_hold(request, key)
    sheet = reads.sheet_of(found, user)
    if sheet is None:
        raise Http404
    form = forms.InterviewSheetForm(request.POST, reads.written_on(sheet), sheet)
    return saving.by_itself(form, deeds.save_interview, interview=found, by=user, at=timezone.now())


def _parties(found: Interview) -> list[tuple[str, str]]:
    """Return (part, name) of everybody who takes part in the bid of an interview, each once."""
    parties = dict.fromkeys((str(Part(p.part).label), p.name) for p in conflicts.parties_of([found.bid]))
    return list(parties)


@require_POST
def aside(request: HttpRequest, key: int) -> HttpResponse:
    """Declare an interest in the bid of an interview and step aside from it for good."""
    done = "You have stepped aside from this interview."
    attempt(request, deeds.step_aside, done, interview=_to_hold(request, key), by=person(request), at=timezone.now())
    return redirect("interviewing")


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def for_applicant(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show the people of a bid when and where it is interviewed; they confirm or ask for another time."""
    user, now = person(request), timezone.now()
    found = reads.of_bid(bid)
    if found is None:
        raise Http404
    facts = {"interview": found, "by": user, "at": now}
    form = forms.Moving(request.POST if "move" in request.POST else typed_before(request))
    if "confirm" in request.POST:
        attempt(request, confirm_interview, "Thank you. The fund manager knows that you come.", **facts)
        return redirect("bid_interview", bid.reference)
    if "move" in request.POST and form.is_valid() and carry_out(form, ask_to_move, **form.cleaned_data, **facts):
        messages.success(request, "The fund manager knows and will write to you.")
        return redirect("bid_interview", bid.reference)
    may_answer = not team.why_not_edit(user, bid) and not forms.is_past(found.slot, now)
    shown = {"bid": bid, "interview": found, "form": form, "may_answer": may_answer}
    return render(request, "assessments/bid_interview.html", shown)
