"""The officials' pages of money: streams by year, plan against actuals, what falls due; every figure opens its rows."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.signed_in import acting
from awards import money
from awards.views.shared import today
from funds import plans
from funds.models import Stream
from funds.rules import READS_MONEY
from funds.states import StreamCode
from infra.exports import csv_download
from infra.paging import page_by_key
from infra.sheets import Sheet, xlsx_download

COLOURS = {"planned": "committed", "claimed": "instructed", "paid": "paid"}
FIGURES = ("cap", "committed", "instructed", "paid", "exposure", "left")
HEAD = ("stream", "year", *(f"{figure}_pence" for figure in FIGURES))


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Show every stream by financial year, and what the next months bring."""
    acting(request, READS_MONEY)
    cells = money.matrix()
    facts = {
        "cells": cells,
        "totals": {figure: money.total(cells, figure) for figure in FIGURES},
        "due": money.due_next(today()),
    }
    return render(request, "awards/money.html", facts)


def _rows() -> list[tuple[Any, ...]]:
    return [(c.stream.code, c.year or "all", *(getattr(c, figure) for figure in FIGURES)) for c in money.matrix()]


@require_safe
def download(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Send the streams by year as CSV or XLSX."""
    acting(request, READS_MONEY)
    if kind == "csv":
        return csv_download("money.csv", HEAD, _rows())
    if kind == "xlsx":
        return xlsx_download("money.xlsx", [Sheet("Money", HEAD, _rows())])
    raise Http404


def _stream(request: HttpRequest) -> Stream | None:
    code = request.GET.get("stream", "")
    if code and code not in StreamCode:
        raise Http404
    return get_object_or_404(Stream, code=code) if code else None


@require_safe
def forecast(request: HttpRequest) -> HttpResponse:
    """Show plan against actuals by month, of one stream or of all."""
    acting(request, READS_MONEY)
    stream = _stream(request)
    months = money.forecast(stream)
    sums = [sum(m.planned for m in months), sum(m.claimed for m in months), sum(m.paid for m in months)]
    facts = {
        "stream": stream,
        "streams": Stream.objects.order_by("title"),
        "months": months,
        "sums": dict(zip(money.FIGURES, sums, strict=True)),
        "series": [(name.capitalize(), line, COLOURS[name]) for name, line in money.running(months)],
    }
    return render(request, "awards/forecast.html", facts)


@require_safe
def month(request: HttpRequest, figure: str, month: str) -> HttpResponse:
    """Show the rows that make a figure of one month, or of all: lines of profiles, claims or payments."""
    acting(request, READS_MONEY)
    try:
        day = None if month == "all" else dt.date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404 from error
    stream = _stream(request)
    rows, total = money.rows_of(figure, stream, day)
    besides = plans.besides_awards(stream, day) if figure == "planned" else []
    page = page_by_key(request, rows)
    facts = {
        "stream": stream,
        "month": day,
        "figure": figure,
        "page": page,
        "besides": [] if page.previous else besides,
        "total": total + sum(one.pence for one in besides),
    }
    return render(request, "awards/money_month.html", facts)
