"""The officials' lists of bids, and the decision on eligibility. Only submitted versions are shown."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.signed_in import acting
from bids import actions, exports, listing, queries, rules
from bids.call_progress import progress_of
from bids.forms.officials import BidFilter, Ineligibility
from bids.models import Bid, Standing
from bids.views.reading import submitted_paper
from funds.models import Competition
from funds.queries import visible_to
from infra.deeds import attempt, carry_out
from infra.exports import csv_download
from infra.paging import page_by_key
from infra.rows import planned_anew
from infra.sheets import Sheet, xlsx_download


@require_GET
def bids(request: HttpRequest) -> HttpResponse:
    """List what was submitted to all competitions."""
    user, _ = acting(request, rules.READS_SUBMITTED)
    return render(request, "bids/officials/bids.html", _listed(request, user))


@require_GET
def competition_bids(request: HttpRequest, reference: str) -> HttpResponse:
    """List what was submitted to one competition."""
    user, _ = acting(request, rules.READS_SUBMITTED)
    competition = get_object_or_404(visible_to(user), reference=reference)
    return render(request, "bids/officials/competition.html", _listed(request, user, competition))


@planned_anew()
def _listed(request: HttpRequest, user: User, competition: Competition | None = None) -> dict[str, Any]:
    form = BidFilter(request.GET, competition)
    rows = listing.visible_to(user)
    if competition is not None:
        rows = rows.filter(competition=competition)
    found = listing.narrowed(rows, form.asked, competition)
    order = form.order_chosen
    page = page_by_key(request, listing.for_page(found), by=order.by, newest_first=order.highest_first)
    return {
        "competition": competition,
        "form": form,
        "page": page,
        "fits": listing.count(found),
        "counted": listing.COUNTED,
        "asked": request.GET.urlencode(),
    }


@require_GET
def progress(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how a competition goes: what was started, submitted and asked for, and by whom in general."""
    user, _ = acting(request, rules.READS_SUBMITTED)
    competition = get_object_or_404(visible_to(user), reference=reference)
    shown = {"competition": competition, "progress": progress_of(competition, queries.kept_from(user, competition))}
    return render(request, "bids/officials/progress.html", shown)


def _found(request: HttpRequest, reference: str) -> tuple[Competition, QuerySet[Standing]]:
    """Return a competition and those of its bids that the list with the same query string shows."""
    user, _ = acting(request, rules.READS_SUBMITTED)
    competition = get_object_or_404(visible_to(user), reference=reference)
    rows = listing.visible_to(user).filter(competition=competition)
    return competition, listing.narrowed(rows, BidFilter(request.GET, competition).asked, competition)


@require_GET
def export_csv(request: HttpRequest, reference: str, table: str) -> StreamingHttpResponse:
    """Send one table of a competition's submitted bids as CSV."""
    competition, found = _found(request, reference)
    if table not in exports.NAMES:
        raise Http404
    head, rows = exports.head(table, competition), exports.rows(table, competition, found)
    return csv_download(f"{reference}-{table}.csv", head, rows)


@require_GET
def export_xlsx(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Send a competition's submitted bids as a workbook: a sheet each for bids, partners, costs and match funding."""
    competition, found = _found(request, reference)
    sheets = [
        Sheet(name, exports.head(table, competition), exports.rows(table, competition, found), table != "bids")
        for table, name in exports.NAMES.items()
    ]
    return xlsx_download(f"{reference}-bids.xlsx", sheets)


def find_bid(user: User, reference: str, bid: str) -> Bid:
    """Return a submitted bid of a competition that the person may see, or answer 404."""
    seen = queries.visible_to(user).select_related("competition", "submitted_by", "standing__strand")
    return get_object_or_404(seen, competition__reference=reference, reference=bid)


@require_GET
@never_cache
def paper(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Hand out the last submitted version of a bid as a PDF."""
    user, _ = acting(request, rules.READS_SUBMITTED)
    found = find_bid(user, reference, bid)
    return submitted_paper(request, found, found.version, back=reverse("competition_bid", args=[reference, bid]))


@require_http_methods(["GET", "POST"])
def ineligible(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Ask for the reason and take a bid out of the competition."""
    user, role = acting(request, rules.CHECKS_ELIGIBILITY)
    found = find_bid(user, reference, bid)
    form = Ineligibility(request.POST if request.method == "POST" else None)
    facts = {"bid": found, "by": user, "role": role, "at": timezone.now()}
    if form.is_valid() and carry_out(form, actions.find_ineligible, reason=form.cleaned_data["reason"], **facts):
        messages.success(request, f"{bid} is out of the competition. Tell the applicant when you are sure.")
        return redirect("competition_bid", reference, bid)
    return render(request, "bids/officials/ineligible.html", {"bid": found, "form": form})


@require_POST
def inform(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Tell the applicant that the bid is ineligible, and why."""
    user, role = acting(request, rules.CHECKS_ELIGIBILITY)
    found = find_bid(user, reference, bid)
    attempt(request, actions.inform, "The applicant is told.", bid=found, by=user, role=role, at=timezone.now())
    return redirect("competition_bid", reference, bid)


@require_POST
def reinstate(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Bring an ineligible bid back into the competition."""
    user, role = acting(request, rules.CHECKS_ELIGIBILITY)
    found = find_bid(user, reference, bid)
    attempt(request, actions.reinstate, "The bid is back.", bid=found, by=user, role=role, at=timezone.now())
    return redirect("competition_bid", reference, bid)
