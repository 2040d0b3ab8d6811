"""Pages of payment runs, the bank's reports and their reconciliation."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import acting
from awards import payable, reconciling, rules, settlers
from awards.actions import bank_reports as report_actions
from awards.actions import runs as run_actions
from awards.models import BankReport, Claim, PaymentRun, RunFile
from awards.payment_forms import ALL, CancelRun, NewRun, ReportFile
from awards.states import FileKind, RunState
from awards.views.shared import GET_OR_POST, as_official, must_be_as_seen, posted, today
from funds.models import Stream
from funds.rules import READS_MONEY
from infra.deeds import attempt, carry_out, outcome
from infra.paging import page_by_key

MOST_SHOWN = 500
ENDINGS = {FileKind.PAIN001: ("xml", "application/xml"), FileKind.CSV: ("csv", "text/csv; charset=utf-8")}


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """List the runs, newest first, and say what waits to be paid."""
    user, _ = acting(request, READS_MONEY)
    page = page_by_key(request, reconciling.with_figures(PaymentRun.objects.all()), newest_first=True)
    facts = {"page": page, "waiting": payable.waiting(user).count(), "may_pay": bool(user.roles & rules.PAYS)}
    return render(request, "awards/runs.html", facts)


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Choose claims and put a run of them forward."""
    who = as_official(request, rules.PAYS)
    rows = payable.looked_at(payable.waiting(who["by"]).order_by("received_at", "pk")[: run_actions.MOST_CLAIMS])
    form = NewRun(posted(request), today=today())
    ticked = set(request.POST.getlist("claim"))
    if form.is_valid():
        chosen = _chosen(rows, form.cleaned_data["which"], ticked)
        facts = {"claims": chosen, "pay_on": form.cleaned_data["pay_on"], **who}
        if run := outcome(form, run_actions.propose_run, **facts):
            messages.success(request, f"Run {run.reference} is put forward. Another finance officer makes it.")
            return redirect("payment_run", run.reference)
    can = [row for row in rows if not row.why_not]
    facts = {"form": form, "rows": rows[:MOST_SHOWN], "ticked": ticked, "count": len(can), "most": MOST_SHOWN,
             "total": len(rows), "pence": sum(row.claim.grant_pence for row in can)}  # fmt: skip
    return render(request, "awards/run_new.html", facts)


def _chosen(rows: list[payable.ToPay], which: str, ticked: set[str]) -> list[Claim]:
    if which == ALL:
        return [row.claim for row in rows if not row.why_not]
    return [row.claim for row in rows if row.claim.reference in ticked]


def _run(reference: str) -> PaymentRun:
    return get_object_or_404(reconciling.with_figures(PaymentRun.objects.all()), reference=reference)


@require_safe
def run(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a run: every payment of it, its files, and what this person may do."""
    user, _ = acting(request, READS_MONEY)
    found = _run(reference)
    parts = found.parts.select_related("claim__organisation", "bank_details")
    waits, pays = found.state == RunState.PROPOSED, bool(user.roles & rules.PAYS)
    facts = {
        "run": found,
        "page": page_by_key(request, parts),
        "files": found.files.defer("content").order_by("kind"),
        "may_make": waits and pays and found.proposed_by_id != user.pk,
        "may_cancel": waits and pays,
        "is_mine": waits and found.proposed_by_id == user.pk,
    }
    return render(request, "awards/run.html", facts)


@require_POST
def make(request: HttpRequest, reference: str) -> HttpResponse:
    """Make a run into the bank's file, as it was read."""
    who = as_official(request, rules.PAYS)
    found = _run(reference)
    seen = request.POST.get("sha256", "")
    attempt(request, _make_as_read, "The file is made, and the claims are instructed.", run=found, seen=seen, **who)
    return redirect("payment_run", reference)


def _make_as_read(*, run: PaymentRun, seen: str, **who: Any) -> None:
    must_be_as_seen(seen, run.content_sha256)
    run_actions.make_run(run=run, **who)


@require_http_methods(GET_OR_POST)
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Cancel a run that is not made yet."""
    who = as_official(request, rules.PAYS)
    found = _run(reference)
    form = CancelRun(posted(request))
    if form.is_valid() and carry_out(form, run_actions.cancel_run, run=found, **form.cleaned_data, **who):
        messages.success(request, f"Run {reference} is cancelled. Its claims wait for another run.")
        return redirect("payment_run", reference)
    return render(request, "awards/run_cancel.html", {"run": found, "form": form})


@require_safe
def file(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Send a file of a run, the same bytes each time, to finance officers and auditors."""
    acting(request, READS_MONEY)
    found = get_object_or_404(RunFile, run__reference=reference, kind=kind)
    ending, content_type = ENDINGS[FileKind(found.kind)]
    name = f'attachment; filename="{reference}.{ending}"'
    return HttpResponse(bytes(found.content), content_type=content_type, headers={"Content-Disposition": name})


@require_http_methods(GET_OR_POST)
def reports(request: HttpRequest) -> HttpResponse:
    """List the bank's reports, and take one in."""
    user, _ = acting(request, READS_MONEY)
    form = ReportFile(posted(request), request.FILES or None) if user.roles & rules.PAYS else None
    if request.method == "POST":
        who = as_official(request, rules.PAYS)
        if form and form.is_valid():
            sent = form.cleaned_data["report"]
            if kept := outcome(form, report_actions.import_report, name=sent.name, data=sent.read(), **who):
                is_new = kept.at == who["at"]
                told = "The report is taken in." if is_new else "This file was taken in before, so nothing has changed."
                messages.success(request, f"{told} What each line did is below.")
                return redirect("bank_report", kept.pk)
    page = page_by_key(request, BankReport.objects.defer("content").select_related("by"), newest_first=True)
    return render(request, "awards/reports_of_bank.html", {"form": form, "page": page})


@require_safe
def report(request: HttpRequest, key: int) -> HttpResponse:
    """Show what each line of a report did."""
    acting(request, READS_MONEY)
    found = get_object_or_404(BankReport.objects.defer("content").select_related("by"), pk=key)
    lines = found.lines.select_related("item__claim", "item__run")
    facts = {"report": found, "page": page_by_key(request, lines), "totals": reconciling.outcomes(found),
             "path_of": settlers.path}  # fmt: skip
    return render(request, "awards/report_of_bank.html", facts)


@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show that what was instructed is paid, returned or outstanding, and what the bank is silent about."""
    acting(request, READS_MONEY)
    lines = reconciling.by_stream()
    page = page_by_key(request, reconciling.outstanding())
    facts = {"lines": lines, "page": page, "difference": sum(line.difference for line in lines)}
    return render(request, "awards/reconciliation.html", facts)


@require_safe
def reconciled(request: HttpRequest, code: str, figure: str) -> HttpResponse:
    """Show the rows that make a figure of the reconciliation of one stream."""
    acting(request, READS_MONEY)
    stream = get_object_or_404(Stream, code=code)
    if figure == "outstanding":
        rows: Any = reconciling.silent().filter(claim__award__bid__competition__stream=stream)
        rows = rows.select_related("claim__organisation")
    elif figure in reconciling.POSTED:
        rows = reconciling.posted_for_claims().filter(stream=stream, kind=figure)
    else:
        raise Http404
    total = rows.aggregate(total=Sum("pence"))["total"] or 0
    facts = {"stream": stream, "figure": figure, "total": total, "page": page_by_key(request, rows)}
    return render(request, "awards/reconciled.html", facts)
