"""Questions from bidders: asked, answered to one or to all, corrected."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import acting, person
from funds import call, finding, rules
from funds.actions import enquiries as actions
from funds.forms.enquiries import AnswerForm, AskForm, CorrectForm, QueueForm
from funds.models import Enquiry
from funds.states import EnquiryState
from infra import kept
from infra.deeds import carry_out
from infra.paging import page_by_key


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask a question about an open competition."""
    user = person(request)
    if user.roles & rules.READS_MONEY:
        raise PermissionDenied
    found, now = get_object_or_404(finding.published(), reference=reference), timezone.now()
    if request.method != "POST" and not rules.is_open(found.state, found.opens_at, found.closes_at, now):
        messages.error(request, "Questions can be asked while a competition is open. This one is not open now.")
        return redirect("competition", reference)
    form = AskForm(request.POST or kept.typed(request))
    typed = form.cleaned_data if request.method == "POST" and form.is_valid() else None
    if typed and carry_out(form, actions.ask, competition=found, by=user, at=now, **typed):
        messages.success(request, "Your question is sent. You get an e-mail when it is answered.")
        return redirect("my_enquiries")
    return render(request, "public/ask.html", {"competition": found, "form": form, "is_typed": form.is_bound})


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show what a person has asked, and the answers."""
    rows = Enquiry.objects.filter(asked_by=person(request)).select_related("competition")
    page = page_by_key(request, rows.prefetch_related("published"), size=20, newest_first=True)
    return render(request, "public/my_enquiries.html", {"page": page})


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show officials what was asked, the oldest first."""
    acting(request, rules.READS_MONEY)
    form = QueueForm(request.GET)
    rows = Enquiry.objects.none()
    if form.is_valid():
        state = form.cleaned_data["state"] or EnquiryState.ASKED
        rows = Enquiry.objects.select_related("competition", "asked_by")
        rows = rows if state == "any" else rows.filter(state=state)
        if reference := form.cleaned_data["competition"]:
            rows = rows.filter(competition__reference__iexact=reference)
    facts = {"form": form, "page": page_by_key(request, rows, size=50), "now": timezone.now()}
    return render(request, "funds/enquiries.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def enquiry(request: HttpRequest, enquiry: int) -> HttpResponse:
    """Show one question, and answer it."""
    user, role = acting(request, rules.READS_MONEY)
    rows = Enquiry.objects.select_related("competition", "asked_by", "answered_by").prefetch_related("published")
    found = get_object_or_404(rows, pk=enquiry)
    if request.method == "POST" and role not in rules.SETS_UP:
        raise PermissionDenied
    before = kept.typed(request)
    form = AnswerForm(request.POST or before, question=found.text, only_for_all=found.state != EnquiryState.ASKED)
    if request.method == "POST" and form.is_valid():
        deed = actions.publish_answer if form.is_for_all else actions.answer_privately
        facts = {"enquiry": found, "by": user, "role": role, "at": timezone.now()}
        if carry_out(form, deed, **facts, **form.texts()):
            messages.success(request, "The answer is published." if form.is_for_all else "The answer is sent.")
            return redirect("enquiries")
    facts = {"enquiry": found, "form": form, "may_answer": role in rules.SETS_UP, "is_typed": form.is_bound}
    return render(request, "funds/enquiry.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Correct a published answer; the versions before it are shown below."""
    user, role = acting(request, rules.SETS_UP)
    found = get_object_or_404(finding.published(), reference=reference)
    newest = get_object_or_404(call.answers_of(found), number=number)
    before = kept.typed(request)
    form = CorrectForm(request.POST or before, question=newest.question, answer=newest.answer, version=newest.version)
    if request.method == "POST" and form.is_valid():
        read = newest
        read.version = form.cleaned_data.pop("version")
        facts = {"published": read, "by": user, "role": role, "at": timezone.now()}
        if carry_out(form, actions.correct_answer, **facts, **form.cleaned_data):
            messages.success(request, "The answer is changed. Everybody sees that it was, and when.")
            return redirect("competition_answers", reference)
    earlier = found.published_answers.filter(number=number).select_related("by").order_by("-version")
    facts = {"competition": found, "form": form, "versions": earlier, "is_typed": form.is_bound}
    return render(request, "funds/answer_correct.html", facts)
