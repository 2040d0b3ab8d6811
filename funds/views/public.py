"""The pages on which anybody finds and reads a competition."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from funds import call, finding, queries
from funds.feeds import atom
from funds.finding import Standing
from funds.forms.finding import FindForm, WordsForm
from funds.models import Competition, SavedCompetition
from funds.rules import READS_MONEY, SETS_UP
from infra import navigation
from infra.paging import page_by_key
from infra.stored_files import address_of

IN_FEED = 50
ON_HOME = 6
ANSWERS_SHOWN = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the next deadlines, and to people who are signed in where their work is."""
    now = timezone.now()
    found = finding.find(at=now, which=Standing.OPEN).order_by("closes_at", "pk")[:ON_HOME]
    facts = {
        "competitions": found,
        "work": navigation.work(request.user) if isinstance(request.user, User) else [],
        "now": now,
    }
    return render(request, "public/home.html", facts)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show the competitions that fit what is asked, the next deadline first; closed ones by the latest deadline."""
    form, now = FindForm(request.GET), timezone.now()
    found = finding.find(at=now, **form.cleaned_data) if form.is_valid() else Competition.objects.none()
    closed_too = form.is_valid() and form.cleaned_data["which"] in (Standing.CLOSED, Standing.ANY)
    page = page_by_key(request, found, size=20, by="closes_at", newest_first=closed_too)
    facts = {
        "form": form,
        "is_narrowed": bool(form.is_valid() and any(form.cleaned_data.values())),
        "count": found.count(),
        "page": page,
        "rows": [finding.shown(competition, now) for competition in page.rows],
        "now": now,
    }
    return render(request, "public/find.html", facts)


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Send the competitions that take bids or soon will as an Atom feed; 304 when it is as the reader has it."""
    rows = list(finding.with_changes(timezone.now(), IN_FEED))
    body = atom(rows)
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    changed = int(rows[0].changed_at.timestamp()) if rows else None  # type: ignore[attr-defined]
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8", headers={"ETag": etag})
    if changed:
        response.headers["Last-Modified"] = http_date(changed)
    patch_cache_control(response, public=True, max_age=300)
    return get_conditional_response(request, etag, changed, response) or response


@require_safe
def competition(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a call for bids in full: what it pays for, who may bid, when, how, and what it asks."""
    rows = queries.visible_to(request.user).select_related("regime").prefetch_related("strands")
    found, now = get_object_or_404(rows, reference=reference), timezone.now()
    user = request.user if isinstance(request.user, User) else None
    answers = call.answers_of(found)
    facts = {
        **finding.shown(found, now)._asdict(),
        "now": now,
        **call.terms_of(found),
        "files": call.files_of(found),
        "answers": answers.order_by("-published_at", "-pk")[:ANSWERS_SHOWN],
        "answer_count": answers.count(),
        "changes": found.changes.order_by("-pk"),
        "is_saved": bool(user) and SavedCompetition.objects.filter(user=user, competition=found).exists(),
        **_part_in(user),
    }
    return render(request, "public/competition.html", facts)


def _part_in(user: User | None) -> dict[str, bool]:
    """Return whether a person works for the fund, and whether they set competitions up."""
    roles = user.roles if user else frozenset()
    return {"runs_it": bool(roles & READS_MONEY), "sets_up": bool(roles & SETS_UP)}


@require_safe
def answers(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what bidders asked about a competition and what they were answered, the newest first."""
    found = get_object_or_404(queries.visible_to(request.user), reference=reference)
    form, now = WordsForm(request.GET), timezone.now()
    rows = call.answers_of(found, form.cleaned_data["words"]) if form.is_valid() else found.published_answers.none()
    facts = {
        **finding.shown(found, now)._asdict(),
        "form": form,
        "page": page_by_key(request, rows, size=20, by="published_at", newest_first=True),
        **_part_in(request.user if isinstance(request.user, User) else None),
    }
    return render(request, "public/answers.html", facts)


@require_safe
@never_cache
def file(request: HttpRequest, reference: str, file: int) -> HttpResponse:
    """Send somebody to a supporting file by a link that lasts a minute at most."""
    found = get_object_or_404(queries.visible_to(request.user), reference=reference)
    stored = call.files_of(found).filter(pk=file).first()
    if stored is None:
        raise Http404
    return redirect(address_of(stored))
