"""Documents of a bid, and the whole bid to read."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from bids import actions, overview, queries
from bids.forms.papers import DocumentForm
from bids.models import Bid
from bids.paper import paper
from bids.states import EDITABLE, ScanState
from bids.views.loading import changing, of_bid
from infra import storage
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def documents(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show what was uploaded, and upload more."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*sent)
    if form.is_valid():
        file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
        facts = {"bid": bid, "kind": kind, "by": person(request), "at": timezone.now()}
        if carry_out(form, actions.attach_document, file=file, filename=file.name, **facts):
            messages.success(request, "The document is uploaded. It is scanned for viruses before anybody opens it.")
            return redirect("bid_documents", bid.reference)
    there = bid.documents.filter(deleted_at=None).select_related("uploaded_by").order_by("pk")
    return render(request, "bids/documents.html", {"bid": bid, "form": form, "documents": there})


@require_safe
@of_bid
def document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Send somebody to a document that is clean, by a link that lasts a minute at most."""
    found = get_object_or_404(bid.documents.filter(deleted_at=None), pk=document)
    if found.scan != ScanState.CLEAN:
        messages.error(request, "This document cannot be opened: it has not been scanned and found clean.")
        return redirect("bid", bid.reference)
    return redirect(storage.link(settings.S3_UPLOADS_BUCKET, found.key, found.filename))


@require_POST
@changing
def remove_document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Put a document aside."""
    found = get_object_or_404(bid.documents, pk=document)
    done = f"{found.filename} is removed."
    attempt(request, actions.delete_document, done, document=found, by=person(request), at=timezone.now())
    return redirect("bid_documents", bid.reference)


@require_safe
@of_bid
def check(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show the whole bid, and what it still lacks."""
    page = {
        "bid": bid,
        "paper": paper(queries.content_of(bid)),
        "problems": queries.problems(bid, timezone.now().date()) if bid.state in EDITABLE else [],
        "may_edit": overview.may_edit(person(request), bid),
        "is_editable": bid.state in EDITABLE,
    }
    return render(request, "bids/check.html", page)


@require_safe
@of_bid
def version(request: HttpRequest, bid: Bid, number: int) -> HttpResponse:
    """Show the bid as it was submitted."""
    found = get_object_or_404(bid.versions.select_related("by"), number=number)
    return render(request, "bids/version.html", {"bid": bid, "version": found, "paper": paper(found.content)})
