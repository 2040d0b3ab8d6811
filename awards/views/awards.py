"""Pages of awards: the list, one award, its conditions, its network and its end."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import person
from awards import actions, forms, letter_content, next_steps, outstanding, overview, queries, rules
from awards.models import Award
from awards.report_schedule import band_of
from awards.states import AnnexState, AwardState
from awards.views.shared import GET_OR_POST, as_applicant, as_official, facts, find_award, posted, reader, today
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key

# Deed → (action, form, text of the button, what it means).
ENDINGS: dict[str, tuple[Callable[..., Any], type[Form], str, str]] = {
    "withdraw": (
        actions.withdraw_award,
        forms.PublicReason,
        "Withdraw the offer",
        "The offer is taken back and its money returns to the competition.",
    ),
    "terminate": (
        actions.terminate,
        forms.PublicReason,
        "Terminate the award",
        "The award ends now, and what is not paid returns to the competition.",
    ),
    "complete": (
        actions.complete,
        forms.Confirmation,
        "Complete the award",
        "Once everything is claimed, reported and settled, the award ends. What is left returns to the competition.",
    ),
}


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """List the awards that the person may see, newest first."""
    form = forms.AwardFilter(request.GET)
    found = queries.visible_to(request.user)
    if form.is_valid() and form.cleaned_data["state"]:
        found = found.filter(state=form.cleaned_data["state"])
    page = page_by_key(request, found, newest_first=True)
    to_offer = queries.awaiting_offer(person(request)).count() if person(request).roles & rules.OFFERS else 0
    sees_letters = bool(person(request).roles & queries.SEE_ALL)
    context = {"form": form, "page": page, "to_offer": to_offer, "sees_letters": sees_letters}
    return render(request, "awards/awards.html", context)


@require_safe
def award(request: HttpRequest, reference: str) -> HttpResponse:
    """Show everything about one award, and what this person may do next."""
    return render(request, "awards/award.html", _everything(find_award(request, reference), person(request)))


def _everything(found: Award, user: User) -> dict[str, Any]:
    parts = list(overview.parts(found))
    letters = list(found.letter_requests.select_related("letter").order_by("number"))
    agreed = overview.agreement("letter", found.reference)
    due = letter_content.due_again(found, letters) if user.roles & rules.ISSUES else ""
    stands = agreed and agreed.proposal.content_sha256 == (due or found.content_sha256)
    proposer = agreed.proposal.by_id if agreed and stands else None
    decided = facts(
        found, parts, proposer=proposer, has_letter=any(hasattr(one, "letter") for one in letters), is_varied=bool(due)
    )
    return {
        "award": found,
        "parts": parts,
        "conditions": list(found.conditions.select_related("organisation", "settled_by")),
        "letters": letters,
        "agreed": agreed,
        "annex": found.annexes.filter(state=AnnexState.WAITING).first()
        if found.state == AwardState.LETTER_ISSUED
        else None,
        "is_mine": proposer == user.pk,
        "money": overview.money(found),
        "months": overview.months(found),
        "claims": list(overview.claims_of(found, user)),
        "reports": band_of(found.grant_pence).words,
        "may": next_steps.of_award(decided, reader(user), today()),
        "sees_all": bool(user.roles & queries.SEE_ALL),
        "acts_for": reader(user).acts_for,
        "sees_match": bool(user.roles & queries.SEE_ALL) or bool(reader(user).acts_for & decided.parties),
    }


@require_http_methods(GET_OR_POST)
def network(request: HttpRequest, reference: str) -> HttpResponse:
    """Name the network that monitors an award, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    form = forms.NetworkChoice(posted(request), initial={"network": found.network_id})
    if form.is_valid() and carry_out(form, actions.assign_network, award=found, **form.cleaned_data, **who):
        messages.success(request, f"{form.cleaned_data['network']} monitors award {reference}.")
        return redirect("award", reference)
    return render(request, "awards/network.html", {"award": found, "form": form})


@require_POST
def go_live(request: HttpRequest, reference: str) -> HttpResponse:
    """Start the project, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    attempt(request, actions.go_live, f"Award {reference} is live.", award=found, **who)
    return redirect("award", reference)


@require_http_methods(GET_OR_POST)
def end(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Withdraw, terminate or complete an award, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, rules.OFFERS)
    action, form_class, button, means = ENDINGS[deed]
    form = form_class(posted(request))
    if form.is_valid() and carry_out(form, action, award=found, **form.cleaned_data, **who):
        messages.success(request, f"Award {reference} has ended, and its money has returned.")
        return redirect("award", reference)
    context = {"award": found, "form": form, "button": button, "means": means, "warning": deed != "complete"}
    context["missing"] = outstanding.of(found) if deed == "complete" else []
    return render(request, "awards/end.html", context)


@require_http_methods(GET_OR_POST)
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    """Turn an award down, for its lead."""
    found = find_award(request, reference)
    who = as_applicant(request, found.bid.lead_id)
    form = forms.Confirmation(posted(request))
    if form.is_valid() and carry_out(form, actions.decline, award=found, **who):
        messages.success(request, f"Award {reference} is declined.")
        return redirect("award", reference)
    means = f"You turn the award down for {found.bid.lead}. Its money goes to others, and you cannot take this back."
    context = {"award": found, "form": form, "button": "Decline the award", "means": means, "warning": True}
    context["missing"] = []
    return render(request, "awards/end.html", context)
