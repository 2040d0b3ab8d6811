"""Costs of a partner as a spreadsheet: download, upload, read through, take over."""

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from bids import sheets
from bids.actions.lines import import_lines
from bids.forms.costs import SheetForm, TakeOverForm
from bids.models import Partner
from bids.overview import lines_digest
from bids.views.loading import changing_part
from infra.deeds import attempt, outcome
from infra.files import XLSX
from infra.filters import count

SALT, READ_THROUGH_SECONDS = "bids.cost_sheets", 6 * 3600


@require_safe
@changing_part
def download(request: HttpRequest, part: Partner) -> HttpResponse:
    """Hand out the template with the partner's present lines."""
    content = sheets.workbook(part.cost_lines.all(), part.bid.competition.cost_categories)
    name = f"costs-{part.bid.reference}-{part.pk}.xlsx"
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_http_methods(["GET", "HEAD", "POST"])
@changing_part
def upload(request: HttpRequest, part: Partner) -> HttpResponse:
    """Take a sheet and show it row by row, with what is wrong; nothing is written yet."""
    form = SheetForm(request.POST or None, request.FILES or None)
    page = {"bid": part.bid, "part": part, "form": form}
    if not form.is_valid():
        return render(request, "bids/cost_sheet.html", page)
    file = form.cleaned_data["file"]
    found = outcome(form, sheets.read, file=file, size=file.size)
    if found is None:
        return render(request, "bids/cost_sheet.html", page)
    sheet = sheets.checked(found, part.working_days, part.bid.competition.cost_categories)
    there = list(part.cost_lines.all())
    facts = {"partner": part.pk, "was": lines_digest(there), "lines": sheet.lines}
    sealed = signing.dumps(facts, salt=SALT, compress=True)
    taking = TakeOverForm(initial={"sheet": sealed, "how": "replace"})
    read = {"form": taking, "sheet": sheet, "there": there, "rows": sheets.shown(found, sheet), "filename": file.name}
    return render(request, "bids/cost_sheet_read.html", page | read)


@require_POST
@changing_part
def take_over(request: HttpRequest, part: Partner) -> HttpResponse:
    """Write the lines of a sheet that was read through."""
    form = TakeOverForm(request.POST)
    try:
        facts = signing.loads(request.POST.get("sheet", ""), salt=SALT, max_age=READ_THROUGH_SECONDS)
    except signing.BadSignature:
        facts = {}
    if not form.is_valid() or facts.get("partner") != part.pk:
        messages.error(request, "This sheet was read too long ago or not whole. Upload it again.")
        return redirect("bid_cost_import", part.bid.reference, part.pk)
    deed = {"lines": facts["lines"], "was": facts["was"], "adds": form.cleaned_data["how"] == "add"}
    done = f"The sheet is taken over: {count(len(facts['lines']), 'line')} of costs."
    by_whom = {"partner": part, "by": person(request), "at": timezone.now()}
    if attempt(request, import_lines, done, **deed, **by_whom):
        return redirect("bid_costs", part.bid.reference, part.pk)
    return redirect("bid_cost_import", part.bid.reference, part.pk)
