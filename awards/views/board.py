"""The board of claims for officials and networks, and how promptly claims are paid."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.signed_in import acting
from awards import claims_board, queries
from awards.claim_forms import BoardFilter
from awards.claims_board import TARGETS, WAITS_FOR, Promptness
from infra.exports import csv_download
from infra.paging import page_by_key, query
from infra.sheets import Sheet, xlsx_download

PROMPT_HEAD = ("Month", "Claims paid", "Within 5 days (%)", "Within 30 days (%)", "Median days", "80 % within days",
               "All within days")  # fmt: skip


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the claims that wait, the oldest first, by filter."""
    user, _ = acting(request, queries.OFFICIALS)
    form, at = BoardFilter(request.GET or {"state": "open"}), timezone.now()
    claims = claims_board.board(user, form.cleaned_data if form.is_valid() else {}, at)
    page = page_by_key(request, claims, newest_first=False, by="received_at")
    shown = [
        (claim, claims_board.days_of(claim, at), WAITS_FOR.get(claim.state, ""), claims_board.is_late(claim))
        for claim in page.rows
    ]
    context = {"form": form, "page": page, "rows": shown, "query": query(request, after=None, before=None)}
    return render(request, "awards/claims_board.html", context)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Hand out what the board shows as CSV or as a workbook."""
    user, _ = acting(request, queries.OFFICIALS)
    form, at = BoardFilter(request.GET or {"state": "open"}), timezone.now()
    claims = claims_board.board(user, form.cleaned_data if form.is_valid() else {}, at)
    rows = claims_board.rows(claims, at)
    if kind == "csv":
        return csv_download("claims.csv", claims_board.HEAD, rows)
    return xlsx_download("claims.xlsx", [Sheet("Claims", claims_board.HEAD, rows)])


@require_safe
def prompt_payment(request: HttpRequest) -> HttpResponse:
    """Show how promptly claims are paid, against the targets, month by month."""
    user, _ = acting(request, queries.OFFICIALS)
    found = claims_board.promptness(user, timezone.now())
    page = {"whole": found[0] if found else None, "months": found[1:], "targets": TARGETS}
    return render(request, "awards/prompt_payment.html", page)


@require_safe
def prompt_payment_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the monthly figures as CSV."""
    user, _ = acting(request, queries.OFFICIALS)
    return csv_download(
        "prompt-payment.csv", PROMPT_HEAD, _prompt_rows(claims_board.promptness(user, timezone.now())[1:])
    )


def _prompt_rows(months: list[Promptness]) -> Iterator[Sequence[Any]]:
    for row in months:
        percentiles = (row.percentile(50), row.percentile(80), row.percentile(100))
        yield (f"{row.month:%Y-%m}", row.count, row.within(5), row.within(30), *percentiles)
