"""The finance officers' page of releases: what can be put forward, what waits for a second person, what is out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting
from ahsn import actions, queries, rules
from ahsn.forms import BankReference, EndReason
from ahsn.models import Instalment, Release, ReleaseFile
from ahsn.states import ReleaseState, Standing
from awards import payees
from awards.views.shared import GET_OR_POST, as_official, must_be_as_seen, posted, today
from funds.rules import READS_MONEY
from infra.deeds import attempt, carry_out
from infra.nul import NUL
from infra.paging import page_by_key

# Deed in the address → its form, its action, the question, and what is said afterwards.
ENDINGS: dict[str, Any] = {
    "paid": (BankReference, actions.pay_release, "Has the bank paid it?", "It is paid. The network is told."),
    "returned": (EndReason, actions.return_release, "Did it come back?", "It came back. The network is told."),
    "cancel": (EndReason, actions.cancel_release, "Cancel the release?", "It is cancelled."),
}


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """Show what is ready, what is put forward, of what the bank is silent, and whether all agrees with the ledger."""
    user, _ = acting(request, READS_MONEY)
    ready = list(queries.instalments(today()).filter(stands=Standing.READY).order_by("starts_on", "pk"))
    accounts = payees.of({one.allocation.network.organisation_id for one in ready})
    ended = queries.releases(ReleaseState.PAID, ReleaseState.RETURNED, ReleaseState.CANCELLED)
    facts = {
        "ready": [(one, accounts.get(one.allocation.network.organisation_id)) for one in ready],
        "proposed": list(queries.releases(ReleaseState.PROPOSED).order_by("pk")),
        "out": list(queries.releases(ReleaseState.INSTRUCTED).order_by("pk")),
        "ended": page_by_key(request, ended, newest_first=True),
        "reconciled": queries.reconciled(),
        "may_release": bool(user.roles & rules.RELEASES),
        "me": user.pk,
    }
    return render(request, "ahsn/releases.html", facts)


def _ticked(request: HttpRequest, name: str) -> list[str]:
    """Return the references that were ticked."""
    return [reference for reference in request.POST.getlist(name) if NUL not in reference]


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Put the chosen instalments forward."""
    who = as_official(request, rules.RELEASES)
    chosen = list(Instalment.objects.filter(reference__in=_ticked(request, "instalment")))
    done = "They are put forward. Another finance officer agrees to them."
    attempt(request, actions.propose_releases, done, instalments=chosen, **who)
    return redirect("network_releases")


@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Agree to the chosen releases as they were read: the file is written and the money instructed."""
    who = as_official(request, rules.RELEASES)
    chosen = list(Release.objects.filter(reference__in=_ticked(request, "release")))
    seen = [request.POST.get(f"sha256-{one.reference}", "") for one in chosen]
    attempt(request, _make_as_read, "The file is made, and the instalments are instructed.",
            releases=chosen, seen=seen, **who)  # fmt: skip
    return redirect("network_releases")


def _make_as_read(*, releases: Sequence[Release], seen: Sequence[str], **who: Any) -> None:
    for release, sha256 in zip(releases, seen, strict=True):
        must_be_as_seen(sha256, release.content_sha256)
    actions.make_releases(releases=releases, **who)


@require_http_methods(GET_OR_POST)
def end(request: HttpRequest, reference: str, deed: str) -> HttpResponse:
    """Write down what became of a release, or cancel one that is not agreed to."""
    who = as_official(request, rules.RELEASES)
    if deed not in ENDINGS:
        raise Http404
    release = get_object_or_404(queries.releases(*ReleaseState.values), reference=reference)
    make_form, action, question, done = ENDINGS[deed]
    form = make_form(posted(request))
    if form.is_valid() and carry_out(form, action, release=release, **form.cleaned_data, **who):
        messages.success(request, f"{release.instalment.reference}: {done}")
        return redirect("network_releases")
    return render(request, "ahsn/release_end.html", {"release": release, "form": form, "question": question})


@require_safe
def file(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the file that asks the bank to pay, the same bytes each time."""
    acting(request, READS_MONEY)
    found = get_object_or_404(ReleaseFile, reference=reference)
    name = f'attachment; filename="{reference}.xml"'
    return HttpResponse(bytes(found.content), content_type="application/xml", headers={"Content-Disposition": name})
