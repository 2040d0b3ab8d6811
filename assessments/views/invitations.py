"""Invitations to become an assessor: who is invited, and the invited person's answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.invitation_views import by_link
from accounts.signed_in import acting, person
from assessments import actions, people
from assessments.agreement import TEXT
from assessments.models import Invitation
from assessments.people_forms import BecomeAssessor, InviteAssessor
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """List who is invited to become an assessor, and invite one more."""
    user, role = acting(request, people.LISTS)
    may_invite = bool(user.roles & people.INVITES)
    form = InviteAssessor(request.POST if request.method == "POST" and may_invite else None, user=user)
    facts = {"by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.invite_assessor, **facts, **form.cleaned_data):
        messages.success(request, f"The invitation is on its way to {form.cleaned_data['email']}.")
        return redirect("assessor_invitations")
    shown = {
        "form": form if may_invite else None,
        "page": page_by_key(request, people.invitations_for(user), newest_first=True),
        "now": facts["at"],
    }
    return render(request, "assessments/people/invitations.html", shown)


def _deed(request: HttpRequest, key: int, deed: Callable[..., Any], done: str) -> HttpResponse:
    """Do something with an invitation that the person may see."""
    user, role = acting(request, people.INVITES)
    found = get_object_or_404(people.invitations_for(user), pk=key)
    attempt(request, deed, done, invitation=found, by=user, role=role, at=timezone.now())
    return redirect("assessor_invitations")


@require_POST
def again(request: HttpRequest, key: int) -> HttpResponse:
    """Send an invitation again."""
    return _deed(request, key, actions.invite_again, "The invitation is on its way again, with a new link.")


@require_POST
def withdraw(request: HttpRequest, key: int) -> HttpResponse:
    """Take an invitation back."""
    return _deed(request, key, actions.take_back_invitation, "The invitation is withdrawn. Its link works no longer.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the invitation that the link in an e-mail names, to the person whom it was sent to and to nobody else."""
    return by_link(request, Invitation, token, "assess bids", _answered)


def _answered(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Ask for agreement and profile on GET, take them, or a no, on POST."""
    now = timezone.now()
    facts = {"invitation": found, "by": person(request), "at": now}
    if request.method == "POST" and request.POST.get("answer") == "decline":
        attempt(request, actions.decline_to_assess, "You have declined the invitation.", **facts)
        return redirect("home")
    form = BecomeAssessor(request.POST if request.method == "POST" else None)
    if form.is_valid():
        profile = {name: value for name, value in form.cleaned_data.items() if name != "agreed"}
        if carry_out(form, actions.become_assessor, **facts, **profile):
            messages.success(request, "You are an assessor now. Say next which interests you have.")
            return redirect("interests")
    is_open = found.state == "waiting" and found.expires_at > now
    shown = {"form": form if is_open else None, "invitation": found, "terms": TEXT}
    return render(request, "assessments/people/invitation.html", shown)
