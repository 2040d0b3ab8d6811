"""Where a partner's match funding comes from, and the evidence of it."""

from functools import reduce
from operator import add

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from accounts.states import Role
from bids import actions, overview, pledges, queries, team
from bids.actions.evidence import hand_in_evidence
from bids.actions.match import declare_match_of
from bids.forms.match import MatchForm
from bids.forms.money import EvidenceForm
from bids.match import in_kind_allowed, month_by_month, stale
from bids.models import Bid, Partner
from bids.states import MatchState
from bids.views.loading import adding_match, of_bid, of_part
from infra.deeds import attempt, carry_out


@require_safe
@of_bid
def project(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show how far the match funding of the whole project is covered, partner by partner."""
    covered = pledges.of_project(bid)
    total = reduce(add, (c.coverage for c in covered))
    return render(request, "bids/match_project.html", {"bid": bid, "covered": covered, "total": total})


@require_safe
@of_part
def match(request: HttpRequest, part: Partner) -> HttpResponse:
    """Show a partner's sources of match funding and how far they cover what it has to bring, and when."""
    user, bid, today = person(request), part.bid, timezone.now().date()
    sources, call = overview.sources_of(part), bid.competition
    ours = user.organisation_ids(Role.APPLICANT)
    counted = [queries.match_source(s, s.documents.all()) for s in sources if s.state != MatchState.REJECTED]
    page = {
        "bid": bid,
        "part": part,
        "sources": sources,
        "coverage": overview.coverage(part, sources),
        "problems": [*overview.match_problems(part, sources), *stale(counted, today)] if call.match_is_required else [],
        "months": month_by_month(part.match_pounds, counted, bid.start_on, bid.months) if bid.start_on else [],
        "in_kind": in_kind_allowed(part.match_pounds, call.in_kind_percent),
        "same": pledges.cited_in_own_bids(sources, user),
        "may_change": overview.may_edit_part(user, part) and team.takes_sources(bid, timezone.now()),
        "sees_evidence": bool({bid.lead_id, part.organisation_id} & ours),
    }
    return render(request, "bids/match.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@adding_match
def add_match(request: HttpRequest, part: Partner) -> HttpResponse:
    """Declare a source of match funding."""
    now = timezone.now()
    form = MatchForm(request.POST or None, partner=part, today=now.date())
    facts = {"partner": part, "by": person(request), "at": now}
    if form.is_valid() and carry_out(form, declare_match_of, **facts, **form.pledge(now)):
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
