"""The live board of an assessment, for officials."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.signed_in import acting
from assessments import board as reads
from assessments import rules
from assessments.views.competitions import competition_for
from bids.queries import kept_from
from infra.exports import csv_download
from infra.paging import query


@require_safe
def board(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how far each bid is, a page at a time; htmx asks again for the part that changes."""
    user, _ = acting(request, rules.READS_ALL)
    competition, now = competition_for(user, reference), timezone.now()
    view = request.GET.get("show", "")
    view = view if view in reads.VIEWS else ""
    after = request.GET.get("after", "")[:20].replace("\0", "")
    today = timezone.localdate(now)
    kept = kept_from(user, competition)
    found = reads.lines(competition, today, view=view, after=after, limit=reads.PAGE + 1, without=kept)
    shown = {
        "competition": competition, "totals": reads.totals(competition, today, kept), "lines": found[: reads.PAGE],
        "next": query(request, after=found[reads.PAGE - 1].reference) if len(found) > reads.PAGE else "",
        "previous": query(request, after=None) if after else "", "view": view, "labels": reads.LABELS, "now": now,
    }  # fmt: skip
    part = "assessments/_board.html" if request.headers.get("HX-Request") else "assessments/board.html"
    return render(request, part, shown)


@require_safe
def assessors(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how far each assessor is, a page at a time."""
    user, _ = acting(request, rules.READS_ALL)
    competition, now = competition_for(user, reference), timezone.now()
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
    found = reads.workers(competition, timezone.localdate(now), after=after, limit=reads.PAGE + 1)
    shown = {
        "competition": competition, "workers": found[: reads.PAGE], "now": now,
        "next": query(request, after=found[reads.PAGE - 1].assessor_id) if len(found) > reads.PAGE else "",
        "previous": query(request, after=None) if after else "",
    }  # fmt: skip
    return render(request, "assessments/board_assessors.html", shown)


@require_safe
def board_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Send the board of all bids as CSV."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    kept = kept_from(user, competition)
    found = reads.lines(competition, timezone.localdate(), limit=None, without=kept)
    return csv_download(f"board-{reference}.csv", reads.HEAD, reads.cells(found))
