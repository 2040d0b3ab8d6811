"""Pages of the signed annex: the lead hands it in, an official looks at it and decides."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.rules import Refused
from accounts.signed_in import acting, person
from accounts.states import Role
from awards import actions, letter_forms, queries, rules
from awards.models import Award, SignedAnnex
from awards.states import AnnexState
from awards.views.shared import GET_OR_POST, as_applicant, as_official, find_award, posted
from infra.deeds import attempt, carry_out

SEES = tuple(sorted(queries.SEE_ALL))


@require_http_methods(GET_OR_POST)
def annex(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the annexes of an award: its lead hands one in, an official decides on the one that waits."""
    found = find_award(request, reference)
    if found.bid.lead_id in person(request).organisation_ids(Role.APPLICANT):
        return _hand_in(request, found)
    _, role = acting(request, SEES)
    page = _page(found) | {"form": letter_forms.AnnexRefusal(), "may_decide": role in rules.ISSUES}
    return render(request, "awards/annex.html", page)


@reauthentication_required
def _hand_in(request: HttpRequest, award: Award) -> HttpResponse:
    form = letter_forms.Annex(posted(request), request.FILES or None)
    if form.is_valid():
        file, who = form.cleaned_data["file"], as_applicant(request, award.bid.lead_id)
        facts = {"award": award, "name": form.cleaned_data["name"], "file": file, "filename": file.name}
        if carry_out(form, actions.hand_in_annex, **facts, **who):
            messages.success(request, "The signed annex is handed in. An official looks at it.")
            return redirect("award", award.reference)
    return render(request, "awards/annex.html", _page(award) | {"form": form, "may_decide": False})


def _page(award: Award) -> dict[str, Any]:
    annexes = list(award.annexes.select_related("uploaded_by", "decided_by").order_by("-id"))
    waiting = next((one for one in annexes if one.state == AnnexState.WAITING), None)
    return {"award": award, "annexes": annexes, "waiting": waiting}


@require_http_methods(["POST"])
def decide(request: HttpRequest, reference: str, key: int, deed: str) -> HttpResponse:
    """Agree to a signed annex, or refuse it with a reason."""
    found = find_award(request, reference)
    who = as_official(request, rules.ISSUES)
    one = _annex(found, key)
    if deed == "agree":
        done = f"Award {reference} is accepted, by the signature of {one.name}."
        attempt(request, actions.agree_annex, done, annex=one, **who)
        return redirect("award", reference)
    form = letter_forms.AnnexRefusal(request.POST)
    if form.is_valid() and carry_out(form, actions.refuse_annex, annex=one, **form.cleaned_data, **who):
        messages.success(request, "The annex is refused, and the organisation is told why.")
        return redirect("award", reference)
    return render(request, "awards/annex.html", _page(found) | {"form": form, "may_decide": True})


@require_GET
@never_cache
def file(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send the person to the signed annex on S3, by an address that lasts a minute."""
    found = find_award(request, reference)
    if found.bid.lead_id in person(request).organisation_ids(Role.APPLICANT):
        who = as_applicant(request, found.bid.lead_id) | {"role": Role.APPLICANT}
    else:
        who = as_official(request, SEES)
    try:
        return redirect(actions.take_annex(annex=_annex(found, key), **who))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("award_annex", reference)


def _annex(award: Award, key: int) -> SignedAnnex:
    found = award.annexes.select_related("uploaded_by", "award").filter(pk=key).first()
    if found is None:
        raise Http404
    return found
