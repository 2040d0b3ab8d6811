"""The ranked sheet: on a page, as CSV and as a workbook, without the bids that a conflict keeps from the reader."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.signed_in import acting
from assessments import coverage, interviews, panel_forms, ranking, rules, sheet
from assessments.views.competitions import competition_for
from funds.models import Competition
from infra.exports import csv_download
from infra.sheets import Sheet, xlsx_download

HEAD = (
    "rank", "bid", "title", "lead", "state", "assessments_counted", "score", "calibrated", "spread", "lowest",
    "highest", "flags", "in_scope", "fundable", "grant_pounds", "cumulative_grant_pounds", "outcome", "outcome_is",
    "override_reason", "clinical_area", "region", "above_line", "match_required_pounds", "match_declared_pounds",
    "match_evidenced_pounds", "match_verified_pounds", "interview", "combined",
)  # fmt: skip


@require_safe
def ranked(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the ranked sheet, narrowed and in an order as asked."""
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    found, lines, form = _asked(request, user, competition)
    start = request.GET.get("start", "")
    page = ranking.page(lines, int(start) if start.isascii() and start.isdecimal() and len(start) < 7 else 0)
    threshold = competition.quality_threshold
    shown = {
        "competition": competition,
        "sheet": found,
        "page": page,
        "form": form,
        "coverage": coverage.of(line.row.bid_id for line in page.lines),
        "interviewed": interviews.beside(competition, [line.row for line in page.lines]),
        "above": {line.row.bid_id for line in page.lines if rules.is_above_line(line.row, threshold)},
        "asked": request.GET.urlencode(),
    }
    return render(request, "assessments/ranked.html", shown)


def _asked(
    request: HttpRequest, user: User, competition: Competition
) -> tuple[sheet.Sheet, list[sheet.Line], panel_forms.Narrow]:
    """Return the whole sheet, the lines that fit, and the form that asks."""
    found = sheet.of(competition, user)
    form = panel_forms.Narrow(request.GET, found.lines)
    return found, ranking.narrowed(found.lines, form.asked, competition), form


@require_safe
def ranking_csv(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Send the ranked sheet, narrowed as the page is, as CSV."""
    return csv_download(f"ranking-{reference}.csv", HEAD, _rows(request, reference))


@require_safe
def ranking_xlsx(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Send the ranked sheet, narrowed as the page is, as a workbook."""
    return xlsx_download(f"ranking-{reference}.xlsx", [Sheet("Ranked sheet", HEAD, _rows(request, reference))])


def _rows(request: HttpRequest, reference: str) -> Iterator[tuple[Any, ...]]:
    user, _ = acting(request, rules.READS_ALL)
    competition = competition_for(user, reference)
    found, lines, _ = _asked(request, user, competition)
    covered = coverage.of(line.row.bid_id for line in lines)
    talked = interviews.beside(competition, [line.row for line in lines])
    nothing = (None, None)
    return (
        _cells(line, found, competition, covered.get(line.row.bid_id)) + talked.get(line.row.bid_id, nothing)
        for line in lines
    )


def _cells(
    line: sheet.Line, found: sheet.Sheet, competition: Competition, covered: coverage.Coverage | None
) -> tuple[Any, ...]:
    row = line.row
    ends = (line.marks[0], line.marks[-1]) if line.marks else (None, None)
    flags = "; ".join(flag.value for flag in line.flags)
    return (
        row.rank, row.reference, row.title, row.lead, row.state, row.counted, row.score, line.calibrated, row.spread,
        *ends, flags, row.in_scope, row.fundable, row.grant_pounds, line.cumulative_pounds, line.outcome,
        found.basis.lower(), line.override_reason, row.clinical_area, row.region,
        "yes" if rules.is_above_line(row, competition.quality_threshold) else "no",
        *(covered or (None, None, None, None)),
    )  # fmt: skip
