"""The pages of the second person: money for a competition, its publication, and the move of its deadline."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.signed_in import acting
from accounts.states import Size
from audit.record import digest
from funds import actions, approvals, call, queries, reading, rules
from funds.bars import parts
from funds.forms.changes import Allocation, Deadline, SendBack
from funds.models import Proposal
from funds.parts import Part
from funds.states import CompetitionState
from funds.views.setup import competition_for
from infra.deeds import attempt, carry_out

WAITS = "It is put forward. Another fund manager has to approve it."


def _who(request: HttpRequest, reference: str) -> dict[str, Any]:
    """Return the competition and who acts on it now, as actions take them."""
    user, role = acting(request, rules.SETS_UP)
    return {"competition": competition_for(user, reference), "by": user, "role": role, "at": timezone.now()}


@require_POST
def put_forward(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a competition forward for publication."""
    attempt(
        request, actions.propose_publication, "It is put forward. The other fund managers are told.",
        **_who(request, reference),
    )  # fmt: skip
    return redirect("setup", reference)


@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a competition exactly as it was put forward, and publish it as it was read."""
    user, _ = acting(request, rules.READS_MONEY)
    competition = competition_for(user, reference)
    if request.method == "POST":
        who = _who(request, reference)
        read = request.POST.get("sha256", "")
        if attempt(request, actions.publish, "The competition is published.", sha256=read, **who):
            return redirect("competition_manage", reference)
        return redirect("publish", reference)
    found = queries.set_up_of(competition)
    proposal = approvals.waiting("competition").filter(reference=reference).first()
    content_sha256 = digest(queries.content_of(competition))
    facts = {
        "competition": competition,
        "sections": reading.sections(found),
        "questions": found.questions,
        "ceilings": call.ceilings_of(competition),
        "ceilings_in": Part.SUBSIDY.label,
        "sizes": Size.labels,
        "files": call.files_of(competition),
        "proposal": proposal,
        "as_put_forward": proposal is not None and proposal.content_sha256 == content_sha256,
        "may_publish": _may_approve(user, proposal),
        "form": SendBack(),
    }
    return render(request, "funds/publish.html", facts)


def _may_approve(user: User, proposal: Proposal | None) -> bool:
    return bool(proposal and proposal.by_id != user.pk and user.roles & rules.SETS_UP)


@require_http_methods(["GET", "POST"])
def publish_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a competition back with a reason, or take one's own proposal back."""
    return _back(request, reference, actions.send_publication_back, "setup")


@require_http_methods(["GET", "POST"])
def deadline_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Leave the deadline as it is, with a reason."""
    return _back(request, reference, actions.send_deadline_back, "deadline")


@require_http_methods(["GET", "POST"])
def money_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Do not allocate what was put forward, with a reason."""
    return _back(request, reference, actions.send_allocation_back, "setup_money")


def _back(request: HttpRequest, reference: str, deed: Callable[..., Any], after: str) -> HttpResponse:
    """Ask for the reason, and send a proposal back with it."""
    who = _who(request, reference)
    form = SendBack(request.POST or None)
    if request.method == "POST" and form.is_valid() and carry_out(form, deed, **form.cleaned_data, **who):
        messages.success(request, "It is sent back, and its maker is told.")
        return redirect(after, reference)
    return render(request, "funds/send_back.html", {"competition": who["competition"], "form": form, "after": after})


@require_http_methods(["GET", "POST"])
def money(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the pot of a competition and what waits, and put money forward."""
    user, role = acting(request, rules.READS_MONEY)
    competition = competition_for(user, reference)
    form = Allocation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pence = form.cleaned_data["pounds"] * 100
        facts = {"pence": pence, "reason": form.cleaned_data["reason"], **_who(request, reference)}
        if carry_out(form, actions.propose_allocation, **facts):
            messages.success(request, WAITS)
            return redirect("setup_money", reference)
    proposal = approvals.waiting("allocation").filter(reference=reference).first()
    envelope = queries.streams_with_money().filter(stream=competition.stream_id).first()
    shown = {
        "competition": competition, "form": form, "proposal": proposal, "parts": parts(competition.pot),
        "left_pence": envelope.cap_pence - envelope.allocated_pence if envelope else 0,
        "may_manage": role in rules.SETS_UP or bool(user.roles & rules.SETS_UP),
        "may_approve": _may_approve(user, proposal),
    }  # fmt: skip
    return render(request, "funds/setup_money.html", shown)


@require_POST
def money_approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the money that was put forward, as it was read."""
    read = request.POST.get("sha256", "")
    attempt(request, actions.approve_allocation, "The money is allocated.", sha256=read, **_who(request, reference))
    return redirect("setup_money", reference)


@require_http_methods(["GET", "POST"])
def deadline(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the deadline and what is proposed, and propose a later one."""
    user, _ = acting(request, rules.READS_MONEY)
    competition, now = competition_for(user, reference), timezone.now()
    form = Deadline(request.POST or None, competition=competition, now=now)
    typed = form.facts() if request.method == "POST" and form.is_valid() else None
    if typed and carry_out(form, actions.propose_deadline, **typed, **_who(request, reference)):
        messages.success(request, WAITS)
        return redirect("deadline", reference)
    proposal = approvals.waiting("deadline").filter(reference=reference).first()
    facts = {
        "competition": competition,
        "form": form,
        "proposal": proposal,
        "instants": _instants(proposal) if proposal else {},
        "may_manage": bool(user.roles & rules.SETS_UP),
        "may_approve": _may_approve(user, proposal),
        "can_move": competition.state == CompetitionState.PUBLISHED,
        "has_closed": now > competition.closes_at,
    }
    return render(request, "funds/deadline.html", facts)


def _instants(proposal: Proposal) -> dict[str, dt.datetime]:
    """Return the instants of a proposed deadline."""
    content = proposal.content
    kept = {"before": content["before"], "after": content["after"]}
    if content["outage"]:
        kept |= {"away": content["outage"][0], "back": content["outage"][1]}
    return {name: dt.datetime.fromisoformat(text) for name, text in kept.items()}


@require_POST
def deadline_approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve the deadline that was put forward, as it was read."""
    read = request.POST.get("sha256", "")
    done = "The deadline is moved. Everybody with a bid is told."
    attempt(request, actions.approve_deadline, done, sha256=read, **_who(request, reference))
    return redirect("deadline", reference)
