"""Items of a claim from a spreadsheet: download, upload, read through, take over."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from awards import actions, claim_sheets
from awards.claim_forms import SheetForm, TakeOverForm
from awards.models import Claim
from awards.views.shared import GET_OR_POST, as_applicant, find_claim
from bids.states import CostCategory
from infra.deeds import attempt, outcome
from infra.files import XLSX
from infra.filters import count

SALT, READ_THROUGH_SECONDS = "awards.claim_sheets", 6 * 3600


def _categories(claim: Claim) -> list[str]:
    part = claim.award.partners.get(organisation=claim.organisation_id)
    return [category for category in CostCategory.values if part.costs.get(category)]


@require_safe
def download(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the template."""
    found = find_claim(request, reference)
    as_applicant(request, found.organisation_id)
    headers = {"Content-Disposition": f'attachment; filename="items-{reference}.xlsx"'}
    return HttpResponse(claim_sheets.workbook(_categories(found)), XLSX, headers=headers)


@require_http_methods(GET_OR_POST)
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a sheet and show it row by row, with what is wrong; nothing is written yet."""
    found = find_claim(request, reference)
    as_applicant(request, found.organisation_id)
    form = SheetForm(request.POST or None, request.FILES or None)
    page: dict[str, Any] = {"claim": found, "form": form}
    if not form.is_valid():
        return render(request, "awards/claim_sheet.html", page)
    file = form.cleaned_data["file"]
    rows = outcome(form, claim_sheets.read, file=file, size=file.size)
    if rows is None:
        return render(request, "awards/claim_sheet.html", page)
    sheet = claim_sheets.checked(rows, _categories(found))
    facts = {"claim": reference, "lines": [claim_sheets.as_json(line) for line in sheet.lines]}
    taking = TakeOverForm(initial={"sheet": signing.dumps(facts, salt=SALT, compress=True), "how": "add"})
    seen = [(number, claim_sheets.shown(cells)) for number, cells in rows]
    read = {"form": taking, "sheet": sheet, "rows": seen, "filename": file.name, "there": found.lines.count()}
    return render(request, "awards/claim_sheet_read.html", page | read)


@require_POST
def take_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Write the items of a sheet that was read through."""
    found = find_claim(request, reference)
    who = as_applicant(request, found.organisation_id)
    form = TakeOverForm(request.POST)
    try:
        facts = signing.loads(request.POST.get("sheet", ""), salt=SALT, max_age=READ_THROUGH_SECONDS)
    except signing.BadSignature:
        facts = {}
    if not form.is_valid() or facts.get("claim") != reference:
        messages.error(request, "This sheet was read too long ago or not whole. Upload it again.")
        return redirect("claim_import", reference)
    lines = [claim_sheets.from_json(kept) for kept in facts["lines"]]
    replaces = form.cleaned_data["how"] == "replace"
    done = f"The sheet is taken over: {count(len(lines), 'item')}."
    if attempt(request, actions.import_items, done, claim=found, lines=lines, replaces=replaces, **who):
        return redirect("claim_edit", reference)
    return redirect("claim_import", reference)
