"""The officials' pages of the streams: what there is, what is promised, what is paid, what is left."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.signed_in import acting
from funds import queries, rules
from funds.bars import parts


@require_GET
def streams(request: HttpRequest) -> HttpResponse:
    """Show the money of all streams."""
    acting(request, rules.READS_MONEY)
    return render(request, "funds/streams.html", {"bars": [(e, parts(e)) for e in queries.streams_with_money()]})


@require_GET
def stream(request: HttpRequest, code: str) -> HttpResponse:
    """Show one stream: its envelope, its financial years and its competitions."""
    user, _ = acting(request, rules.READS_MONEY)
    envelope = queries.streams_with_money().filter(stream__code=code).first()
    if envelope is None:
        raise Http404
    found = queries.visible_to(user).filter(stream=envelope.stream_id).order_by("-closes_at", "reference")
    facts = {
        "envelope": envelope,
        "parts": parts(envelope),
        "years": [(year, parts(year)) for year in queries.years_of(envelope.stream)],
        "competitions": [(competition, parts(competition.pot)) for competition in found],
    }
    return render(request, "funds/stream.html", facts)
