"""Where a partner's match funding comes from, and the evidence of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from bids import actions, overview
from bids.actions.evidence import hand_in_evidence
from bids.forms.money import EvidenceForm, MatchForm
from bids.match import OPEN_TO_SOURCES, in_kind_allowed
from bids.models import Partner
from bids.views.loading import adding_match, of_part
from infra.deeds import attempt, carry_out


@require_safe
@of_part
def match(request: HttpRequest, part: Partner) -> HttpResponse:
    """Show a partner's sources of match funding and how far they cover what it has to bring."""
    sources, call = overview.sources_of(part), part.bid.competition
    may_change = overview.may_edit_part(person(request), part) and part.bid.state in OPEN_TO_SOURCES
    page = {
        "bid": part.bid,
        "part": part,
        "sources": sources,
        "coverage": overview.coverage(part, sources),
        "problems": overview.match_problems(part, sources) if call.match_is_required else [],
        "in_kind": in_kind_allowed(part.match_pounds, call.in_kind_percent),
        "may_change": may_change,
    }
    return render(request, "bids/match.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@adding_match
def add_match(request: HttpRequest, part: Partner) -> HttpResponse:
    """Declare a source of match funding."""
    now = timezone.now()
    form = MatchForm(request.POST or None, partner=part, today=now.date())
    facts = {"partner": part, "by": person(request), "at": now}
    if form.is_valid() and carry_out(form, actions.declare_match, **facts, **form.cleaned_data):
        messages.success(request, "The source is declared. Upload its evidence next.")
        return redirect("bid_match", part.bid.reference, part.pk)
    return render(request, "bids/match_add.html", {"bid": part.bid, "part": part, "form": form})


@require_POST
@adding_match
def remove_match(request: HttpRequest, part: Partner, source: int) -> HttpResponse:
    """Take back a source of which no evidence has been given."""
    found = get_object_or_404(part.match_sources, pk=source)
    attempt(request, actions.drop_match, "The source is removed.", source=found, by=person(request), at=timezone.now())
    return redirect("bid_match", part.bid.reference, part.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@adding_match
def evidence(request: HttpRequest, part: Partner, source: int) -> HttpResponse:
    """Upload a document that shows the money."""
    now = timezone.now()
    found = get_object_or_404(part.match_sources.select_related("partner__bid"), pk=source)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = EvidenceForm(*sent, source=found, today=now.date())
    facts = {"source": found, "by": person(request), "at": now}
    if form.is_valid() and carry_out(form, hand_in_evidence, **facts, **form.cleaned_data):
        messages.success(request, "The evidence is uploaded. It is scanned for viruses before anybody opens it.")
        return redirect("bid_match", part.bid.reference, part.pk)
    return render(request, "bids/evidence.html", {"bid": part.bid, "part": part, "source": found, "form": form})
