"""Documents of a submitted bid, for its assessors and for officials."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import acting, person
from accounts.states import Role
from assessments import queries, rules
from assessments.models import Seat
from assessments.states import SeatState
from bids.actions.downloads import take_document
from bids.models import Bid, Document
from bids.queries import standing_content
from bids.states import DocumentKind
from bids.views.officials import find_bid
from infra import storage
from infra.deeds import STORAGE_AWAY
from infra.plain_pdf import without_makers


def _document(bid: Bid, key: int, *kinds: str) -> Document:
    """Return a document of the version that stands, of one of `kinds` (any when none is named), or answer 404."""
    for kept in (standing_content(bid) or {}).get("documents", []):
        if kept["id"] == key and (not kinds or kept["kind"] in kinds):
            return get_object_or_404(Document.objects.select_related("bid"), pk=key, bid=bid)
    raise Http404


def _taken(request: HttpRequest, document: Document, by: User, role: str, back: str) -> HttpResponse:
    try:
        return redirect(take_document(document=document, by=by, role=role, at=timezone.now()))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(back)


def _nameless(request: HttpRequest, seat: Seat, document: Document) -> HttpResponse:
    """Hand out an appendix under a neutral name, without what the file says about who made it."""
    try:
        address = take_document(document=document, by=person(request), role=Role.ASSESSOR, at=timezone.now())
        body = b"".join(storage.chunks(settings.S3_UPLOADS_BUCKET, document.key)) if address else b""
        clean = without_makers(body)
    except Refused as refused:
        messages.error(request, str(refused).replace(document.filename, "This document"))
    except storage.StorageAway:
        messages.error(request, STORAGE_AWAY)
    else:
        headers = {"Content-Disposition": f'attachment; filename="{seat.bid.reference}-{document.pk}.pdf"'}
        return HttpResponse(clean, content_type="application/pdf", headers=headers)
    return redirect("assessment", seat.pk)


@require_safe
@never_cache
def for_assessor(request: HttpRequest, seat: int, key: int) -> HttpResponse:
    """Send an assessor to an appendix of the bid; bank statements are not theirs to see."""
    user = person(request)
    seats = queries.with_agreement(queries.seats_of(user))
    held = get_object_or_404(seats, pk=seat, state=SeatState.ACCEPTED, has_agreed=True)
    document = _document(held.bid, key, DocumentKind.APPENDIX)
    if held.bid.competition.is_blind:
        return _nameless(request, held, document)
    return _taken(request, document, user, Role.ASSESSOR, reverse("assessment", args=[held.pk]))


@require_safe
@never_cache
def for_official(request: HttpRequest, reference: str, bid: str, key: int) -> HttpResponse:
    """Send an official to a document of a submitted bid."""
    user, role = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    return _taken(request, _document(found, key), user, role, reverse("competition_bid", args=[reference, bid]))
