"""How a bid was decided: one page and one file, for officials and auditors."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.signed_in import acting
from assessments import history as reads
from assessments import queries, rules, sheet
from audit.changes import lines
from audit.lines import instant
from audit.record import as_json
from bids.views.officials import find_bid
from infra.exports import csv_download

HEAD = ("at_utc", "person", "role", "deed", "subject", "facts")


@require_safe
def history(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show what led to the decision on a bid: who scored what and when, who declared what, what the panel did."""
    user, _ = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    shown = {
        "bid": found,
        "may_reopen": False,
        "deeds": [(deed, lines(as_json(deed.facts))) for deed in reads.of(found)],
        "columns": sheet.columns_of(user, found),
        "questions": found.competition.questions.filter(is_scored=True),
        "decisions": found.decisions.select_related("proposal__by", "meeting").order_by("pk"),
        "row": next((row for row in queries.ranked(found.competition) if row.bid_id == found.pk), None),
    }
    return render(request, "assessments/history.html", shown)


@require_safe
def history_csv(request: HttpRequest, reference: str, bid: str) -> StreamingHttpResponse:
    """Send the same as CSV."""
    user, _ = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    return csv_download(f"history-{found.reference}.csv", HEAD, (_cells(deed) for deed in reads.of(found)))


def _cells(deed: reads.Deed) -> tuple[Any, ...]:
    facts = json.dumps(as_json(deed.facts), sort_keys=True, ensure_ascii=False)
    return instant(deed.at), deed.person, deed.role, deed.verb, deed.subject, facts
