"""Documents of a bid."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person
from accounts.states import Role
from bids import actions
from bids.actions.downloads import take_document
from bids.documents import places, shelf
from bids.forms.papers import DocumentForm, FileForm
from bids.models import Bid, Document
from bids.views.loading import changing, of_bid
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def documents(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show what was uploaded, and upload more."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*sent, places=places(bid.competition), chosen=request.GET.get("for", ""))
    facts = {"bid": bid, "by": person(request), "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.attach_document, **form.facts(), **facts):
        messages.success(request, "The document is uploaded. It is scanned for viruses before anybody opens it.")
        return redirect("bid_documents", bid.reference)
    return render(request, "bids/documents.html", {"bid": bid, "form": form, "shelf": shelf(bid)})


@require_http_methods(["GET", "HEAD", "POST"])
@changing
def replace_document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Upload the next version of a document."""
    found = get_object_or_404(bid.documents.filter(match_source=None, deleted_at=None), pk=document)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*sent)
    if form.is_valid():
        file, facts = form.cleaned_data["file"], {"document": found, "by": person(request), "at": timezone.now()}
        if carry_out(form, actions.replace_document, file=file, filename=file.name, **facts):
            messages.success(request, f"Version {found.number} is replaced. It stays listed below the new one.")
            return redirect("bid_documents", bid.reference)
    return render(request, "bids/document_replace.html", {"bid": bid, "form": form, "document": found})


@require_GET
@never_cache
@of_bid
def document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Send somebody of the bid to a document that is clean, by a link that lasts a minute at most."""
    user = person(request)
    found = get_object_or_404(bid.documents.select_related("bid", "match_source__partner"), pk=document)
    if not _may_open(user, found):
        raise Http404
    try:
        return redirect(take_document(document=found, by=user, role=Role.APPLICANT, at=timezone.now()))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("bid", bid.reference)


def _may_open(user: User, document: Document) -> bool:
    """Tell whether somebody of the bid may read a document: bank statements of a partner are its own and the lead's."""
    if document.match_source is None:
        return True
    readers = {document.bid.lead_id, document.match_source.partner.organisation_id}
    return bool(readers & user.organisation_ids(Role.APPLICANT))


@require_POST
@of_bid
def remove_document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Put a document aside."""
    found = get_object_or_404(bid.documents.select_related("match_source"), pk=document)
    done = f"{found.filename} is removed."
    attempt(request, actions.delete_document, done, document=found, by=person(request), at=timezone.now())
    if found.match_source:
        return redirect("bid_match", bid.reference, found.match_source.partner_id)
    return redirect("bid_documents", bid.reference)


@require_POST
@of_bid
def restore_document(request: HttpRequest, bid: Bid, document: int) -> HttpResponse:
    """Bring back a document that was replaced or removed."""
    found = get_object_or_404(bid.documents, pk=document)
    done = f"{found.filename} is back in the bid."
    attempt(request, actions.restore_document, done, document=found, by=person(request), at=timezone.now())
    return redirect("bid_documents", bid.reference)
