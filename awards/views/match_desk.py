"""The desk of match funding: the queue, one case with its evidence beside it, decisions, and the thread."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signed_in import acting, person
from accounts.states import Role
from awards import match_case, match_forms, match_queue
from awards.actions.conditions import reopen_match
from awards.match_desk import sources
from awards.queries import SEE_ALL
from awards.views.shared import GET_OR_POST, as_official, posted, today
from bids import actions as bid_actions
from bids.models import Document, MatchSource
from bids.rules import VERIFIES_MATCH, may_edit_part
from bids.states import ScanState
from infra import previews
from infra.deeds import attempt, carry_out
from infra.paging import page_by_key
from infra.storage import StorageAway

# Deed → (text of its button, action, what is told when it is done).
DEEDS: dict[str, tuple[str, Callable[..., Any], str]] = {
    "verify": ("Verify", bid_actions.verify_match, "is verified"),
    "query": ("Query", bid_actions.query_match, "is queried: the applicant is asked for more evidence"),
    "reject": ("Reject", bid_actions.reject_match, "is rejected"),
    "reopen": ("Look again", reopen_match, "waits for a decision again"),
}


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the sources of match funding, by age or by amount."""
    user, _ = acting(request, SEE_ALL)
    form = match_forms.QueueFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    order = match_queue.ORDERS[filters.get("order") or "age"]
    rows = match_queue.queue(filters, user)
    page = page_by_key(request, rows, by=order, newest_first=order == "amount_pounds", size=30)
    context = {"form": form, "page": page, "expiring": match_queue.expiring(today(), user)[:20], "today": today()}
    return render(request, "awards/match_queue.html", context)


@require_safe
@never_cache
def case(request: HttpRequest, key: int) -> HttpResponse:
    """Show one source: to officials with its evidence beside it, to its applicants as a thread."""
    source, is_official = _find(request, key)
    shown = match_case.of(source, is_official=is_official)
    may = match_case.deeds(source, person(request)) if is_official else frozenset()
    form = match_forms.Message() if is_official else match_forms.Answer(may_give=match_case.may_give(source))
    context = {"case": shown, "source": source, "may": may, "form": form, "is_official": is_official}
    return render(request, "awards/match_case.html", context)


@require_http_methods(GET_OR_POST)
def decide(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Verify, query, reject or reopen one source of match funding, as a finance officer."""
    who = as_official(request, VERIFIES_MATCH)
    source = next(iter(sources(match_queue.visible(who["by"]).filter(pk=key))), None)
    if source is None:
        raise Http404
    button, action, told = DEEDS[deed]
    form = _form(deed, posted(request), source.row, bool(source.same))
    if form.is_valid() and carry_out(form, action, source=source.row, **form.cleaned_data, **who):
        messages.success(request, f"{source.row} {told}.")
        return redirect("match_case", key)
    shown = match_case.of(source.row, is_official=True)
    context = {"case": shown, "source": source.row, "form": form, "button": button, "deed": deed}
    return render(request, "awards/match_decide.html", context)


def _form(deed: str, data: Any, source: MatchSource, is_shared: bool) -> Any:
    if deed == "verify":
        return match_forms.Verified(data, source=source, is_shared=is_shared)
    return match_forms.Reason(data)


@require_POST
def take(request: HttpRequest, key: int) -> HttpResponse:
    """Take a case, or take it over."""
    who = as_official(request, VERIFIES_MATCH)
    source = get_object_or_404(match_queue.visible(who["by"]), pk=key)
    attempt(request, bid_actions.take_case, "The case is yours.", source=source, **who)
    return redirect("match_case", key)


@require_POST
def leave(request: HttpRequest, key: int) -> HttpResponse:
    """Give a case back to the queue."""
    who = as_official(request, VERIFIES_MATCH)
    source = get_object_or_404(match_queue.visible(who["by"]), pk=key)
    attempt(request, bid_actions.leave_case, "The case is back in the queue.", source=source, **who)
    return redirect("match_case", key)


@require_http_methods(["POST"])
def say(request: HttpRequest, key: int) -> HttpResponse:
    """Write to the other side about a source, applicants perhaps with new evidence."""
    source, is_official = _find(request, key)
    if is_official:
        who = as_official(request, VERIFIES_MATCH)
        form: Any = match_forms.Message(request.POST)
        deed: Callable[..., Any] = bid_actions.write_to_applicant
    else:
        who = {"by": person(request), "at": match_case.now()}
        form = match_forms.Answer(request.POST, request.FILES, may_give=match_case.may_give(source))
        deed = bid_actions.answer_department
    if form.is_valid() and carry_out(form, deed, source=source, **form.cleaned_data, **who):
        messages.success(request, "Your message is sent.")
        return redirect("match_case", key)
    shown = match_case.of(source, is_official=is_official)
    may = match_case.deeds(source, person(request)) if is_official else frozenset()
    context = {"case": shown, "source": source, "may": may, "form": form, "is_official": is_official}
    return render(request, "awards/match_case.html", context)


@require_GET
def picture(request: HttpRequest, key: int, document: int, page: int) -> HttpResponse:
    """Serve one page of evidence as a picture drawn anew; never the file itself."""
    source, _ = _find(request, key)
    found = get_object_or_404(Document, match_source=source, pk=document, deleted_at=None, scan=ScanState.CLEAN)
    if not 1 <= page <= previews.MOST_PAGES:
        raise Http404
    try:
        return previews.answer(match_case.picture(found, page))
    except (previews.NoPreview, StorageAway) as error:
        raise Http404 from error


def _find(request: HttpRequest, key: int) -> tuple[MatchSource, bool]:
    """Return a source and whether the person sees it as an official; others than they and its own people get 404."""
    user = person(request)
    rows = MatchSource.objects.select_related(
        "partner__bid__competition", "partner__organisation", "organisation", "taken_by"
    )
    if user.roles & SEE_ALL and (found := rows.filter(pk__in=match_queue.visible(user).values("pk"), pk=key).first()):
        return found, True
    found = get_object_or_404(rows, pk=key)
    if not _is_own(user, found):
        raise Http404
    return found, False


def _is_own(user: User, source: MatchSource) -> bool:
    bid = source.partner.bid
    acts_for = user.organisation_ids(Role.APPLICANT)
    return may_edit_part(bid.lead_id, source.partner.organisation_id, acts_for)
