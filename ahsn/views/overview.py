"""The officials' pages of the networks' money: every network by instalment, the rows behind each total, shares."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting, person
from ahsn import actions, queries, rules
from ahsn.forms import InstalmentFilter, Share
from ahsn.models import Allocation, Network, NetworkReturn
from ahsn.states import ReturnState, Standing
from awards.views.shared import GET_OR_POST, as_official, posted, today
from funds import approvals
from funds.forms.changes import SendBack
from funds.models import Proposal, Stream
from funds.rules import READS_MONEY
from funds.states import StreamCode
from infra.deeds import attempt, carry_out
from infra.exports import csv_download
from infra.paging import page_by_key

HEAD = ("reference", "network", "year", "instalment", "from", "to", "return_due", "return_signed", "return_accepted",
        "amount_gbp", "stands")  # fmt: skip


@require_safe
def networks(request: HttpRequest) -> HttpResponse:
    """Show every network's instalments of a year, with totals that open their rows."""
    user, _ = acting(request, READS_MONEY)
    years = queries.years()
    year = request.GET.get("year") or next(iter(years), "")
    if year and year not in years:
        raise Http404
    found = queries.of_year(year, today())
    facts = {
        "year": year,
        "years": years,
        "rows": queries.by_network(found),
        "numbers": queries.by_number(found),
        "standings": queries.by_standing(found),
        "allocated": queries.total(found),
        "paid": queries.total(found, Standing.PAID),
        "waiting": approvals.waiting("shares"),
        "may_share": bool(user.roles & rules.SHARES),
        "may_release": bool(user.roles & rules.RELEASES),
    }
    return render(request, "ahsn/networks.html", facts)


@require_safe
def instalments(request: HttpRequest) -> HttpResponse:
    """List the instalments that make a total."""
    acting(request, READS_MONEY)
    form = InstalmentFilter(request.GET, queries.years())
    found = queries.instalments(today()).filter(**form.asked)
    sums = found.order_by().values_list("pence", flat=True)
    facts = {"form": form, "page": page_by_key(request, found), "total": sum(sums), "count": len(sums),
             "query": f"?{request.GET.urlencode()}" if request.GET else ""}  # fmt: skip
    return render(request, "ahsn/instalments.html", facts)


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Send the instalments that are listed as CSV."""
    acting(request, READS_MONEY)
    form = InstalmentFilter(request.GET, queries.years())
    found = queries.instalments(today()).filter(**form.asked).order_by("pk").iterator(chunk_size=500)
    return csv_download("instalments.csv", HEAD, map(_line, found))


def _line(due: Any) -> tuple[Any, ...]:
    report: NetworkReturn | None = getattr(due, "network_return", None)
    accepted_at = report.decided_at if report and report.state == ReturnState.ACCEPTED else None
    return (
        due.reference, due.allocation.network.organisation, due.allocation.year,
        "closing" if due.is_closing else due.number, due.starts_on,
        due.ends_on, due.due_on, report.signed_at.isoformat() if report and report.signed_at else "",
        accepted_at.isoformat() if accepted_at else "", f"{due.pence // 100}.{due.pence % 100:02d}",
        due.standing,
    )  # fmt: skip


def _stream() -> Stream:
    return get_object_or_404(Stream, code=StreamCode.AHSN_ALLOCATION)


@require_http_methods(GET_OR_POST)
def share(request: HttpRequest) -> HttpResponse:
    """Put a year's shares and instalments forward."""
    who, stream = as_official(request, rules.SHARES), _stream()
    form = Share(posted(request), today=today())
    if form.is_valid() and carry_out(form, actions.propose_allocations, stream=stream, **form.facts(), **who):
        messages.success(request, "The shares are put forward. Another fund manager approves them.")
        return redirect("network_shares", form.cleaned_data["year"])
    return render(request, "ahsn/share.html", {"form": form, "stream": stream})


def _proposal(year: str) -> Proposal:
    found = approvals.newest("shares", f"{StreamCode.AHSN_ALLOCATION}/{year}")
    if found is None:
        raise Http404
    return found


@require_safe
def shares(request: HttpRequest, year: str) -> HttpResponse:
    """Show exactly what was put forward for a year, and what became of it."""
    user, _ = acting(request, READS_MONEY)
    proposal = _proposal(year)
    names = dict(Network.objects.values_list("acronym", "organisation__name"))
    approval = proposal.approvals.select_related("by").first()
    sent_back = getattr(proposal, "sent_back", None)
    waits = not (approval or sent_back)
    facts = {
        "year": year,
        "proposal": proposal,
        "rows": sorted((names.get(key, key), *parts, sum(parts)) for key, parts in proposal.content["shares"].items()),
        "approval": approval,
        "sent_back": sent_back,
        "may_approve": waits and user.roles & rules.SHARES and proposal.by_id != user.pk,
        "may_send_back": waits and user.roles & rules.SHARES,
        "is_made": Allocation.objects.filter(proposal=proposal).exists(),
    }
    return render(request, "ahsn/shares.html", facts)


@require_POST
def approve(request: HttpRequest, year: str) -> HttpResponse:
    """Approve the shares of a year as they were read."""
    who = as_official(request, rules.SHARES)
    _proposal(year)
    done, seen = "The money is shared out.", request.POST.get("sha256", "")
    attempt(request, actions.approve_allocations, done, stream=_stream(), year=year, seen=seen, **who)
    return redirect("network_shares", year)


@require_http_methods(GET_OR_POST)
def shares_back(request: HttpRequest, year: str) -> HttpResponse:
    """Send the shares of a year back, or take them back."""
    who = as_official(request, rules.SHARES)
    proposal = _proposal(year)
    form = SendBack(posted(request))
    if form.is_valid() and carry_out(form, approvals.send_back, proposal=proposal, **form.cleaned_data, **who):
        messages.success(request, "It is sent back.")
        return redirect("network_shares", year)
    is_own = proposal.by_id == person(request).pk
    return render(request, "ahsn/shares_back.html", {"year": year, "form": form, "is_own": is_own})
