"""Complaints: applicants make them within the window, officials answer them."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import acting, person
from assessments import actions, panel_forms, panel_rules, rules
from assessments import feedback as reads
from assessments.models import Complaint
from assessments.states import ComplaintState
from assessments.views.competitions import competition_for
from bids.models import Bid
from bids.queries import kept_from
from bids.views.loading import of_bid
from infra.deeds import carry_out


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def mine(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show an applicant the complaints about a bid with their answers, and take one within the window."""
    user, now, released = person(request), timezone.now(), reads.release_of(bid)
    form = panel_forms.NewComplaint(request.POST if request.method == "POST" else None)
    if form.is_valid() and carry_out(form, actions.complain, bid=bid, by=user, at=now, **form.cleaned_data):
        messages.success(request, "We have your complaint. You will get an answer by e-mail.")
        return redirect("bid_complaints", bid.reference)
    made = list(bid.complaints.order_by("-pk"))
    why_not = ""
    try:
        panel_rules.must_be_in_window(released, now)
    except Refused as refused:
        why_not = str(refused)
    waits = any(one.state == ComplaintState.OPEN for one in made)
    shown = {"bid": bid, "released": released, "complaints": made, "form": form, "why_not": why_not, "waits": waits}
    return render(request, "assessments/my_complaints.html", shown)


def _seen_by(user: User) -> QuerySet[Complaint]:
    """Return the complaints that an official may read: not those about bids that a conflict keeps from them."""
    found = Complaint.objects.select_related("bid__competition", "by", "answered_by")
    return found.exclude(bid__in=kept_from(user))


@require_safe
def complaints(request: HttpRequest, reference: str) -> HttpResponse:
    """List the complaints about the bids of a competition, those that wait first."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    found = _seen_by(user).filter(bid__competition=competition).order_by("-state", "pk")
    return render(request, "assessments/complaints.html", {"competition": competition, "complaints": found})


@require_http_methods(["GET", "HEAD", "POST"])
def complaint(request: HttpRequest, key: int) -> HttpResponse:
    """Show a complaint, and answer it."""
    user, role = acting(request, rules.READS_ALL if request.method != "POST" else rules.MANAGES)
    found = get_object_or_404(_seen_by(user), pk=key)
    form = panel_forms.ComplaintAnswer(request.POST if request.method == "POST" else None)
    facts = {"complaint": found, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.answer_complaint, **facts, **form.cleaned_data):
        messages.success(request, "The complaint is answered, and the applicant is told.")
        return redirect("complaint", key)
    may_answer = bool(user.roles & rules.MANAGES) and found.state == ComplaintState.OPEN
    return render(request, "assessments/complaint.html", {"complaint": found, "form": form, "may_answer": may_answer})
