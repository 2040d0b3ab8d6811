"""The whole bid to read: as it is now, as it was submitted, on paper."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.signed_in import person
from audit.record import canonical
from bids import overview, printed, queries, tasks, team
from bids.models import Bid, BidVersion
from bids.paper import paper
from bids.states import EDITABLE
from bids.views.loading import of_bid
from infra import storage
from infra.deeds import STORAGE_AWAY


@require_safe
@of_bid
def check(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show the whole bid, and what it still lacks."""
    user, is_editable = person(request), team.is_open_to_changes(bid, timezone.now())
    content = queries.content_of(bid)
    if is_editable:
        content["answers"] = _with_unanswered(bid, content["answers"])
    page = {
        "bid": bid,
        "paper": paper(content),
        "problems": queries.problems(bid, timezone.now().date()) if is_editable else [],
        "changes": _changes(user, bid) if is_editable else {},
        "may_edit": overview.may_edit(user, bid),
        "may_lead": not team.why_not_lead(user, bid),
        "is_editable": is_editable,
    }
    return render(request, "bids/check.html", page)


def _with_unanswered(bid: Bid, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the answers with empty ones for the questions that nobody has begun."""
    given = {answer["slug"]: answer["text"] for answer in answers}
    asked = bid.competition.questions.order_by("position").values_list("slug", "heading")
    return [{"slug": slug, "heading": heading, "text": given.get(slug, "")} for slug, heading in asked]


def _changes(user: User, bid: Bid) -> dict[str, Any]:
    """Return where this person changes which part of a bid."""
    ref, partners = bid.reference, list(bid.partners.all())
    found: dict[str, Any] = {"parts": {}, "questions": ""}
    for part in partners:
        part.bid = bid
        if overview.may_edit_part(user, part):
            names = ("bid_costs", "bid_funding", "bid_match")
            found["parts"][part.organisation_id] = {name: reverse(name, args=[ref, part.pk]) for name in names}
    if overview.may_edit(user, bid):
        found |= {name: reverse(f"bid_{name}", args=[ref]) for name in ("details", "partners", "documents")}
        found["questions"] = ref
    return found


@require_safe
@of_bid
def version(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Show the bid as it was submitted."""
    found = get_object_or_404(bid.versions.select_related("by"), number=number)
    return render(request, "bids/version.html", {"bid": bid, "version": found, "paper": paper(found.content)})


@require_safe
@never_cache
@of_bid
def version_content(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Hand out the very bytes whose SHA-256 stands on the receipt."""
    found = get_object_or_404(bid.versions, number=number)
    return _download(canonical(found.content), "application/json", f"{bid.reference}-version-{number}.json")


@require_safe
@never_cache
@of_bid
def version_receipt(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Hand out the receipt of a version as a PDF."""
    found = _version(bid, number)
    return _download(printed.receipt_pdf(found), "application/pdf", f"{bid.reference}-receipt-{number}.pdf")


@require_safe
@never_cache
@of_bid
def version_paper(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Hand out the bid as it was submitted as a PDF."""
    return submitted_paper(request, bid, number, back=reverse("bid_check", args=[bid.reference]))


@require_safe
@never_cache
@of_bid
def draft_paper(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Hand out the bid as it is now as a PDF: the draft while it can be changed, else the version that stands."""
    if bid.state not in EDITABLE and bid.version:
        return redirect("bid_version_paper", bid.reference, bid.version)
    back = reverse("bid_check", args=[bid.reference])
    return _paper(request, bid, 0, queries.content_of(bid), lambda: printed.draft_pdf(bid, timezone.now()), back)


def submitted_paper(request: HttpRequest, bid: Bid, number: int, back: str) -> HttpResponse:
    """Hand out a submitted version as a PDF to somebody who may read it; `back` is the page that they come from."""
    found = _version(bid, number)
    return _paper(request, bid, number, found.content, lambda: printed.version_pdf(found), back)


def _version(bid: Bid, number: int) -> BidVersion:
    found = get_object_or_404(bid.versions.select_related("by"), number=number)
    found.bid = bid
    return found


def _paper(
    request: HttpRequest, bid: Bid, number: int, content: dict[str, Any], make: Callable[[], bytes], back: str
) -> HttpResponse:
    """Hand out a PDF at once; one that takes long is made by a worker, while the page asks again every few seconds."""
    name = f"{bid.reference}-{f'version-{number}' if number else 'draft'}.pdf"
    if not printed.is_long(content):
        return _download(make(), "application/pdf", name)
    key = printed.key(content, number)
    try:
        if storage.exists(settings.S3_UPLOADS_BUCKET, key):
            return redirect(storage.link(settings.S3_UPLOADS_BUCKET, key, name))
    except storage.StorageAway:
        messages.error(request, STORAGE_AWAY)
        return redirect(back)
    if "waits" not in request.GET:
        tasks.print_bid.defer(bid_id=bid.pk, number=number)
    answer = render(request, "bids/printing.html", {"bid": bid, "back": back}, status=202)
    answer["Refresh"] = f"3; url={request.path}?waits=1"
    return answer


def _download(body: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
