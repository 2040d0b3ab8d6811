"""Who works on a bid, and who does which section."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import person
from bids import sections, team
from bids.actions import invitations as invited
from bids.actions import team as deeds
from bids.forms.team import AssignForm, HandOverForm, InviteForm, RoleForm
from bids.models import Assignment, Bid, Partner
from bids.states import TeamRole
from bids.views.loading import leading, of_bid
from infra.deeds import attempt, carry_out


@require_safe
@of_bid
def people(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show who works on a bid, who is invited, and who does which section."""
    user = person(request)
    found = team.people(bid)
    page = {
        "bid": bid,
        "people": found,
        "me": next((p for p in found if p.user == user), None),
        "leads": not team.why_not_lead(user, bid),
        "has_lead_person": any(p.role == TeamRole.LEAD for p in found),
        "invites": [o.pk for o in team.may_invite_into(user, bid)],
        "invitations": team.invitations(bid)[:50],
        "now": timezone.now(),
        "sections": _shared_out(user, bid),
    }
    return render(request, "bids/team.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def invite(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Invite somebody by e-mail."""
    user = person(request)
    possible = team.may_invite_into(user, bid)
    if not possible:
        messages.error(request, "Only the lead person, and editors of a partner, can invite people.")
        return redirect("bid_team", bid.reference)
    form = InviteForm(request.POST or None, organisations=possible, organisation=request.GET.get("organisation"))
    if form.is_valid() and carry_out(form, invited.invite, bid=bid, by=user, at=timezone.now(), **form.facts()):
        messages.success(request, f"{form.cleaned_data['email'].lower()} is invited.")
        return redirect("bid_team", bid.reference)
    return render(request, "bids/team_invite.html", {"bid": bid, "form": form, "organisations": possible})


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def role(request: HttpRequest, bid: Bid, member: int) -> HttpResponse:
    """Say what somebody does on the bid."""
    found = _member(bid, member)
    kept = found.role if found.role in deeds.GIVEN else TeamRole.EDITOR
    form = RoleForm(request.POST or None, initial={"role": kept})
    facts = {"bid": bid, "person": found.user, "by": person(request), "at": timezone.now()}
    if form.is_valid() and carry_out(form, deeds.set_role, role=form.cleaned_data["role"], **facts):
        messages.success(request, f"What {found.user} does is saved.")
        return redirect("bid_team", bid.reference)
    return render(request, "bids/team_role.html", {"bid": bid, "member": found, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def remove(request: HttpRequest, bid: Bid, member: int) -> HttpResponse:
    """Take somebody off the bid, once asked again."""
    found = _member(bid, member)
    if request.method == "POST":
        facts = {"bid": bid, "person": found.user, "by": person(request), "at": timezone.now()}
        attempt(request, deeds.remove, f"{found.user} is no longer on the bid.", **facts)
        return redirect("bid_team", bid.reference)
    return render(request, "bids/team_remove.html", {"bid": bid, "member": found})


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def leave(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Take oneself off the bid, once asked again."""
    if request.method == "POST":
        done = f"You have left the bid {bid.reference}."
        left = attempt(request, deeds.leave, done, bid=bid, by=person(request), at=timezone.now())
        return redirect("dashboard") if left else redirect("bid_team", bid.reference)
    return render(request, "bids/team_leave.html", {"bid": bid})


@require_http_methods(["GET", "HEAD", "POST"])
@leading
def hand_over(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Ask a colleague to lead the bid."""
    user = person(request)
    colleagues = [p for p in team.people(bid) if p.is_of_lead and p.user != user]
    form = HandOverForm(request.POST or None, people=colleagues)
    if form.is_valid():
        chosen = form.people[form.cleaned_data["person"]]
        if carry_out(form, invited.hand_over, bid=bid, person=chosen, by=user, at=timezone.now()):
            messages.success(request, f"{chosen} is asked to lead the bid. You lead it until they accept.")
            return redirect("bid_team", bid.reference)
    return render(request, "bids/team_hand_over.html", {"bid": bid, "form": form, "colleagues": colleagues})


@require_POST
@of_bid
def take_lead(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Become the lead person of a bid that has none."""
    done = "You are the lead person of this bid now."
    attempt(request, deeds.take_lead, done, bid=bid, by=person(request), at=timezone.now())
    return redirect("bid_team", bid.reference)


@require_POST
@of_bid
def send_again(request: HttpRequest, bid: Bid, invitation: int) -> HttpResponse:
    """Send an invitation again."""
    found = get_object_or_404(bid.invitations, pk=invitation)
    facts = {"invitation": found, "by": person(request), "at": timezone.now()}
    attempt(request, invited.send_again, f"The invitation is sent to {found.email} again.", **facts)
    return redirect("bid_team", bid.reference)


@require_POST
@of_bid
def withdraw(request: HttpRequest, bid: Bid, invitation: int) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(bid.invitations, pk=invitation)
    facts = {"invitation": found, "by": person(request), "at": timezone.now()}
    attempt(request, invited.withdraw_invitation, f"The invitation of {found.email} is withdrawn.", **facts)
    return redirect("bid_team", bid.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def assign(request: HttpRequest, bid: Bid, section: str) -> HttpResponse:
    """Say who does a section, and till when."""
    known, user = team.sections_of(bid), person(request)
    if section not in known:
        raise Http404
    part = sections.partner_of(section)
    whose = Partner.objects.get(bid=bid, pk=part).organisation_id if part else None
    able = [p for p in team.people(bid) if p.may_do(bid, whose)]
    there = bid.assignments.filter(section=section).first()
    kept = {"person": str(there.user_id), "due_on": there.due_on} if there else {}
    form = AssignForm(request.POST if request.method == "POST" else None, people=able, **kept)
    if form.is_valid():
        facts = {"bid": bid, "section": section, "by": user, "at": timezone.now()}
        chosen = form.people.get(form.cleaned_data["person"])
        more = {"person": chosen, "due_on": form.cleaned_data["due_on"]} if chosen else {}
        if carry_out(form, deeds.assign if chosen else deeds.unassign, **facts, **more):
            messages.success(
                request, f"{known[section]}: {f'assigned to {chosen}' if chosen else 'assigned to nobody'}."
            )
            return redirect("bid_team", bid.reference)
    return render(request, "bids/team_assign.html", {"bid": bid, "form": form, "section": known[section]})


def _shared_out(user: User, bid: Bid) -> list[tuple[str, str, Assignment | None, bool]]:
    """Return each section with what it is called, who does it, and whether the person may say who."""
    assigned, parts = team.assignments(bid), team.own_parts(user, bid, bid.partners.all())
    may_edit = not team.why_not_edit(user, bid)
    return [
        (section, label, assigned.get(section), may_edit or sections.partner_of(section) in parts)
        for section, label in team.sections_of(bid).items()
    ]


def _member(bid: Bid, key: int) -> team.Person:
    """Return somebody who works on the bid; who does not is not found."""
    found = next((p for p in team.people(bid) if p.user.pk == key), None)
    if found is None:
        raise Http404
    return found
