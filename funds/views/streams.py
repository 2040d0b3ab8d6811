"""The officials' pages of the streams: what there is, what is promised, paid and left, and how an envelope changes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.signed_in import acting
from funds import actions, approvals, movements, queries, rules
from funds.actions.envelopes import KIND
from funds.bars import parts
from funds.forms.changes import SendBack
from funds.forms.streams import Change, EntryFilter
from funds.models import LedgerEntry, Proposal, SentBack, Stream
from infra.deeds import attempt, carry_out
from infra.exports import csv_download
from infra.filters import UK
from infra.paging import page_by_key


@require_GET
def streams(request: HttpRequest) -> HttpResponse:
    """Show the money of all streams, and what waits for a second person."""
    acting(request, rules.READS_MONEY)
    facts = {
        "bars": [(e, parts(e)) for e in queries.streams_with_money()],
        "without_money": queries.streams_without_money(),
        "waiting": approvals.waiting(KIND),
        "titles": dict(Stream.objects.values_list("code", "title")),
    }
    return render(request, "funds/streams.html", facts)


@require_GET
def stream(request: HttpRequest, code: str) -> HttpResponse:
    """Show one stream: its envelope, its financial years, its competitions and how it burns down."""
    user, _ = acting(request, rules.READS_MONEY)
    stream = get_object_or_404(Stream, code=code)
    envelope = queries.envelope_of(stream)
    found = queries.visible_to(user).filter(stream=stream).order_by("-closes_at", "reference")
    facts = {
        "envelope": envelope,
        "parts": parts(envelope),
        "years": [(year, parts(year)) for year in queries.years_of(stream)],
        "competitions": [(competition, parts(competition.pot)) for competition in found],
        "months": movements.burn_down(stream, timezone.now().astimezone(UK).date()),
        "waiting": approvals.waiting(KIND).filter(content__stream=code),
        "may_change": bool(user.roles & rules.SETS_UP),
    }
    return render(request, "funds/stream.html", facts)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Put a change of the envelope forward."""
    user, role = acting(request, rules.SETS_UP)
    stream, now = get_object_or_404(Stream, code=code), timezone.now()
    form = Change(request.POST or None, stream=stream, today=now.astimezone(UK).date())
    who = {"stream": stream, "by": user, "role": role, "at": now}
    typed = form.facts() if request.method == "POST" and form.is_valid() else None
    if typed and carry_out(form, actions.propose_appropriation, **typed, **who):
        messages.success(request, "It is put forward. The other fund managers are told.")
        return redirect("stream", code)
    shown = {"stream": stream, "form": form, "years": queries.years_of(stream)}
    return render(request, "funds/stream_change.html", shown)


def _proposal(code: str, key: int) -> Proposal:
    """Return a proposal to change the envelope of a stream, or answer 404."""
    return get_object_or_404(Proposal.objects.select_related("by"), kind=KIND, pk=key, content__stream=code)


@require_GET
def proposal(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Show exactly what was put forward, and what became of it."""
    user, _ = acting(request, rules.READS_MONEY)
    found = _proposal(code, key)
    waits = approvals.waiting(KIND).filter(pk=key).exists()
    facts = {
        "stream": Stream.objects.get(code=code),
        "proposal": found,
        "waits": waits,
        "approval": found.approvals.select_related("by").first(),
        "sent_back": SentBack.objects.filter(proposal=found).select_related("by").first(),
        "may_approve": waits and found.by_id != user.pk and bool(user.roles & rules.SETS_UP),
        "may_send_back": waits and bool(user.roles & rules.SETS_UP),
    }
    return render(request, "funds/stream_proposal.html", facts)


@require_POST
def approve(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Approve a change of the envelope as it was read."""
    user, role = acting(request, rules.SETS_UP)
    found = _proposal(code, key)
    done = attempt(
        request, actions.approve_appropriation, "The envelope is changed.", stream=Stream.objects.get(code=code),
        year=found.content["year"], sha256=request.POST.get("sha256", ""), by=user, role=role, at=timezone.now(),
    )  # fmt: skip
    return redirect("stream", code) if done else redirect("envelope_proposal", code, key)


@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """Leave the envelope as it is, with a reason."""
    user, role = acting(request, rules.SETS_UP)
    found = _proposal(code, key)
    form = SendBack(request.POST or None)
    who = {"proposal": found, "by": user, "role": role, "at": timezone.now()}
    typed = form.cleaned_data if request.method == "POST" and form.is_valid() else None
    if typed and carry_out(form, actions.send_appropriation_back, **typed, **who):
        messages.success(request, "It is sent back, and the envelope stays as it is.")
        return redirect("stream", code)
    shown = {"stream": Stream.objects.get(code=code), "proposal": found, "form": form}
    return render(request, "funds/stream_send_back.html", shown)


@require_GET
def entries(request: HttpRequest, code: str) -> HttpResponse:
    """Show the ledger entries that make a figure."""
    acting(request, rules.READS_MONEY)
    stream = get_object_or_404(Stream, code=code)
    form = EntryFilter(request.GET, stream)
    found = movements.entries(stream, **form.asked)
    page = page_by_key(request, found.select_related("by", "pot__competition"), newest_first=True)
    figure = form.asked.get("figure", "")
    facts = {
        "stream": stream,
        "form": form,
        "page": page,
        "figure": movements.LABELS.get(figure, ""),
        "total": movements.total(found) if figure else None,
        "until": form.asked.get("until"),
        "asked": request.GET.urlencode(),
    }
    return render(request, "funds/stream_entries.html", facts)


HEAD = (
    "entry", "at_utc", "at_uk", "kind", "reference", "financial_year", "competition", "pence", "moved_pence", "reason",
    "person_id",
)  # fmt: skip


@require_GET
def entries_csv(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Send the ledger entries that the page would show, all of them, as CSV."""
    acting(request, rules.READS_MONEY)
    stream = get_object_or_404(Stream, code=code)
    form = EntryFilter(request.GET, stream)
    found = movements.entries(stream, **form.asked).select_related("pot__competition").order_by("-id")
    return csv_download(f"ledger-{code}.csv", HEAD, (_cells(entry) for entry in found.iterator(chunk_size=500)))


def _cells(entry: Any) -> tuple[Any, ...]:
    return (
        entry.pk, entry.at.isoformat(), f"{entry.at.astimezone(UK):%Y-%m-%d %H:%M:%S %Z}", entry.kind, entry.reference,
        entry.year, competition_of(entry), entry.pence, entry.moved, entry.reason, entry.by_id,
    )  # fmt: skip


def competition_of(entry: LedgerEntry) -> str:
    """Return the reference of the competition whose pot an entry moves; nothing when it moves none."""
    competition = getattr(entry.pot, "competition", None)
    return competition.reference if competition else ""
