"""Pages of returns: the network writes and signs, an official reads and decides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting, person
from ahsn import actions, queries, rules
from ahsn.forms import ReturnForm, Sign
from ahsn.models import RETURN_FIGURES, RETURN_TEXTS, Instalment, NetworkReturn
from ahsn.states import RETURN_OPEN, ReturnState, Standing
from awards.forms import Reason
from awards.views.shared import GET_OR_POST, as_official, posted, today
from funds import approvals
from funds.models import Proposal, SentBack
from funds.rules import READS_MONEY
from infra import kept
from infra.deeds import attempt, carry_out


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show a network's people what is due when, and what was paid."""
    user, _ = acting(request, rules.WRITES)
    found = list(queries.of_organisations(user.organisation_ids(*rules.WRITES), today()))
    years = {one.allocation.year for one in found}
    groups = [(year, queries.by_network(one for one in found if one.allocation.year == year)) for year in years]
    waiting = (Standing.DUE, Standing.OVERDUE, Standing.SENT_BACK)
    facts = {
        "groups": sorted(groups, reverse=True, key=lambda group: group[0]),
        "allocated": queries.total(found),
        "paid": queries.total(found, Standing.PAID),
        "next": next((one for one in sorted(found, key=lambda one: one.starts_on) if _stands(one) in waiting), None),
        "organisations": {one.allocation.network.organisation for one in found},
    }
    return render(request, "ahsn/mine.html", facts)


def _stands(due: Instalment) -> str:
    return due.stands  # type: ignore[attr-defined]


def _find(request: HttpRequest, reference: str) -> tuple[Instalment, bool]:
    """Return an instalment and whether the reader signs for its network; 404 to whom it does not concern."""
    user = person(request)
    due = get_object_or_404(queries.instalments(today()), reference=reference)
    is_own = due.allocation.network.organisation_id in user.organisation_ids(*rules.WRITES)
    if not is_own and not user.roles & READS_MONEY:
        raise Http404
    return due, is_own


def _own(request: HttpRequest, reference: str) -> tuple[Instalment, NetworkReturn, dict[str, Any]]:
    """Return an instalment of the reader's network, its return, and who does a deed; 403 to officials."""
    due, is_own = _find(request, reference)
    if not is_own:
        raise PermissionDenied
    by, role = acting(request, rules.WRITES)
    report = getattr(due, "network_return", None) or NetworkReturn(instalment=due, reference=due.reference)
    return due, report, {"instalment": due, "by": by, "role": role, "at": timezone.now()}


@require_http_methods(GET_OR_POST)
def network_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Let the network write its return while it is open; show everybody else, and later, what was signed."""
    due, is_own = _find(request, reference)
    report = getattr(due, "network_return", None)
    if is_own and (report is None or report.state in RETURN_OPEN):
        return _write(request, reference)
    if request.method == "POST":
        raise PermissionDenied
    signed = approvals.newest("return", reference)
    user = person(request)
    facts = {
        "due": due,
        "report": report,
        "signed": signed,
        "is_own": is_own,
        "may_decide": bool(report and report.state == ReturnState.SUBMITTED and user.roles & rules.ACCEPTS),
        "not_paid": queries.not_paid(due) if due.is_closing else (),
        "account": queries.account(due),
        "spent": rules.spent(signed.content) if signed else 0,
        "sent_back": _sent_back(reference),
    }
    return render(request, "ahsn/return.html", facts)


def _sent_back(reference: str) -> list[SentBack]:
    """Return why earlier versions were sent back, the newest first."""
    found = SentBack.objects.filter(proposal__kind="return", proposal__reference=reference)
    return list(found.select_related("by").order_by("-pk"))


def _write(request: HttpRequest, reference: str) -> HttpResponse:
    due, report, who = _own(request, reference)
    is_saving = request.method == "POST"
    typed = request.POST if is_saving else kept.typed(request)
    initial = {name: getattr(report, name) for name in (*RETURN_FIGURES, *RETURN_TEXTS)}
    account = queries.account(due)
    form = ReturnForm(typed, initial=initial, account=account, is_closing=due.is_closing)
    if is_saving and form.is_valid() and carry_out(form, actions.save_return, **form.facts(), **who):
        if "sign" in request.POST:
            return redirect("network_return_sign", reference)
        messages.success(request, "Your return is saved. Nobody outside the network reads it before it is signed.")
        return redirect("network_return", reference)
    facts = {"due": due, "form": form, "is_typed": typed is not None, "account": account}
    return render(request, "ahsn/return_write.html", facts | {"sent_back": _sent_back(reference)})


@require_http_methods(GET_OR_POST)
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Check a return through and sign it for the network."""
    due, report, who = _own(request, reference)
    if report.state not in RETURN_OPEN:
        return redirect("network_return", reference)
    form = Sign(posted(request), is_closing=due.is_closing)
    if form.is_valid() and carry_out(form, actions.submit_return, **who):
        messages.success(request, f"Return {reference} is signed. A fund manager decides on it next.")
        return redirect("network_return", reference)
    facts = {"due": due, "report": report, "form": form, "spent": rules.spent(vars(report))}
    return render(request, "ahsn/return_sign.html", facts)


def _signed(reference: str) -> tuple[NetworkReturn, Proposal]:
    """Return a return that was signed and what was signed last, or answer 404."""
    found = get_object_or_404(NetworkReturn.objects.select_related("instalment"), reference=reference)
    signed = approvals.newest("return", reference)
    if signed is None:
        raise Http404
    return found, signed


@require_POST
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Accept a return as it was read."""
    who = as_official(request, rules.ACCEPTS)
    found, _ = _signed(reference)
    closes = found.instalment.is_closing
    done = f"Return {reference} is accepted. {'The year is complete.' if closes else 'Its instalment can be released.'}"
    seen = request.POST.get("sha256", "")
    attempt(request, actions.accept_return, done, network_return=found, seen=seen, **who)
    return redirect("network_return", reference)


@require_http_methods(GET_OR_POST)
def send_back(request: HttpRequest, reference: str) -> HttpResponse:
    """Send a return back with a reason."""
    who = as_official(request, rules.ACCEPTS)
    found, _ = _signed(reference)
    form = Reason(posted(request))
    if form.is_valid() and carry_out(form, actions.send_return_back, network_return=found, **form.cleaned_data, **who):
        messages.success(request, f"Return {reference} is sent back. The network is told why.")
        return redirect("network_return", reference)
    return render(request, "ahsn/return_back.html", {"reference": reference, "form": form})
