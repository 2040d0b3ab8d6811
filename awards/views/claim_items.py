"""Pages on which a claimant writes a claim: items, match funding, files."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import person
from accounts.states import Role
from awards import actions, claim_checks, queries, rules
from awards.actions.claim_items import mark
from awards.actions.downloads import take_claim_document
from awards.claim_forms import FileForm, ItemForm, MatchForm
from awards.models import Claim, ClaimLine
from awards.states import CLAIM_EDITABLE
from awards.views.shared import GET_OR_POST, as_applicant, find_claim, hand_out, official_role
from bids.states import CostCategory
from infra.deeds import attempt, carry_out, outcome
from infra.kept import typed

ITEM = ("category", "description", "supplier", "invoice_number", "incurred_on", "pence")
REASONS = ("no_evidence_reason", "duplicate_reason")


@require_safe
def edit(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what a claim holds so far, item by item, and what is still missing."""
    found, _ = _mine(request, reference)
    checked = claim_checks.check(found, own_only=True)
    page = {
        "claim": found,
        "checked": checked,
        "groups": _groups(checked),
        "documents": list(claim_checks.current_documents(found)),
        "mark": mark,
        "is_open": found.state in CLAIM_EDITABLE,
    }
    return render(request, "awards/claim_edit.html", page)


def _groups(checked: claim_checks.Checked) -> list[dict[str, Any]]:
    """Return the claimant's categories with what was awarded, used before, claimed now and left, in pence."""
    found = []
    for category in CostCategory:
        items = [item for item in checked.items if item.category == category]
        awarded = checked.due.costs.get(category, 0) * 100
        if awarded or items:
            now = sum(queries.line_of(item).allowed for item in items)
            left = checked.due.left_of(category) - now
            used = checked.due.used_by_category.get(category, 0)
            found.append(
                {"category": category, "items": items, "awarded": awarded, "used": used, "now": now, "left": left}
            )
    return found


@require_http_methods(GET_OR_POST)
def item(request: HttpRequest, reference: str, key: int | None = None) -> HttpResponse:
    """Add an item of spend, perhaps as a copy of another, or change one."""
    found, who = _mine(request, reference)
    kept = get_object_or_404(found.lines, pk=key) if key else _copied(found, request.GET.get("copy", ""))
    form = _item_form(request, found, kept, is_new=key is None)
    if request.method == "POST" and form.is_valid():
        made = outcome(form, actions.save_item, claim=found, line=form.line(), key=key, **form.proof(), **who)
        if made:
            messages.success(request, f"“{made.description}” is saved.")
            return redirect("claim_edit", reference)
    page = {"claim": found, "form": form, "key": key, "is_typed": form.is_bound}
    return render(request, "awards/claim_item.html", page)


def _copied(claim: Claim, key: str) -> ClaimLine | None:
    return claim.lines.filter(pk=key).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None


def _item_form(request: HttpRequest, claim: Claim, kept: ClaimLine | None, *, is_new: bool) -> ItemForm:
    initial: dict[str, Any] = {}
    if kept:
        initial = {name: getattr(kept, name) for name in ITEM}
        if not is_new:
            proofs = list(kept.evidence.values_list("document", flat=True))
            initial |= {name: getattr(kept, name) for name in REASONS} | {"was": mark(kept), "documents": proofs}
    part = claim.award.partners.get(organisation=claim.organisation_id)
    categories = [category for category in CostCategory.values if part.costs.get(category)]
    documents = list(claim_checks.current_documents(claim))
    sent = request.POST or typed(request)
    return ItemForm(sent, request.FILES or None, initial=initial, categories=categories, documents=documents)


@require_POST
def item_try(request: HttpRequest, reference: str, key: int | None = None) -> HttpResponse:
    """Answer with what the claim comes to with an item that is being typed; nothing is saved."""
    found, _ = _mine(request, reference)
    if key:
        get_object_or_404(found.lines, pk=key)
    form = _item_form(request, found, None, is_new=True)
    tried: dict[str, Any] = {}
    form.full_clean()
    typed_so_far = form.cleaned_data if form.is_bound else {}  # nothing at all was sent
    pence, category = typed_so_far.get("pence"), typed_so_far.get("category")
    if pence and category:
        others = [queries.line_of(row) for row in queries.items(found) if row.pk != key]
        due = queries.entitlement(found)
        line = rules.Line(category, "", found.starts_on, pence)
        in_category = sum(other.allowed for other in others if other.category == category) + pence
        sums = rules.claim_sums([*others, line], due)
        tried = {"sums": sums, "left": due.left_of(category) - in_category, "category": CostCategory(category).label}
    return render(request, "awards/claim_tried.html", {"tried": tried})


@require_POST
def item_remove(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Take an item of spend off a claim."""
    found, who = _mine(request, reference)
    was = request.POST.get("was", "")
    attempt(request, actions.take_item, "The item is removed.", claim=found, key=key, was=was, **who)
    return redirect("claim_edit", reference)


@require_http_methods(GET_OR_POST)
def match(request: HttpRequest, reference: str, key: int | None = None) -> HttpResponse:
    """Add match funding that was spent, or change an entry."""
    found, who = _mine(request, reference)
    kept = get_object_or_404(found.match_lines, pk=key) if key else None
    initial: dict[str, Any] = {}
    if kept:
        names = ("source", "description", "spent_on", "pence", "no_evidence_reason")
        proofs = list(kept.evidence.values_list("document", flat=True))
        initial = {name: getattr(kept, name) for name in names} | {"was": mark(kept), "documents": proofs}
    documents = list(claim_checks.current_documents(found))
    sent = request.POST or typed(request)
    form = MatchForm(sent, request.FILES or None, initial=initial, claim=found, documents=documents)
    if request.method == "POST" and form.is_valid():
        made = outcome(form, actions.save_match, claim=found, line=form.line(), key=key, **form.proof(), **who)
        if made:
            messages.success(request, f"“{made.description}” is saved.")
            return redirect("claim_edit", reference)
    return render(request, "awards/claim_match.html", {"claim": found, "form": form, "key": key})


@require_POST
def match_remove(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Take match funding off a claim."""
    found, who = _mine(request, reference)
    was = request.POST.get("was", "")
    attempt(request, actions.take_match, "The match funding is removed.", claim=found, key=key, was=was, **who)
    return redirect("claim_edit", reference)


@require_safe
@never_cache
def document(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Send somebody who may see the claim to one of its files, by a link that lasts a minute at most.

    Officials see what was submitted, and nothing that was added since.
    """
    found = find_claim(request, reference)
    stored = get_object_or_404(found.documents, pk=key)
    by = person(request)
    is_own = found.organisation_id in by.organisation_ids(Role.APPLICANT)
    if not is_own and (found.submitted_at is None or stored.uploaded_at > found.submitted_at):
        raise Http404
    stored.claim = found
    role = Role.APPLICANT if is_own else official_role(by)
    return hand_out(request, reverse("claim", args=[reference]), take_claim_document, document=stored, by=by, role=role)


@require_http_methods(GET_OR_POST)
def document_replace(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Upload the next version of a file; it proves what the one before proved."""
    found, who = _mine(request, reference)
    stored = get_object_or_404(found.documents.filter(deleted_at=None), pk=key)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        file = form.cleaned_data["file"]
        if carry_out(form, actions.replace_evidence, document=stored, file=file, filename=file.name, **who):
            messages.success(request, "The file is replaced. The version before stays on the record.")
            return redirect("claim_edit", reference)
    return render(request, "awards/claim_document.html", {"claim": found, "form": form, "document": stored})


@require_POST
def document_remove(request: HttpRequest, reference: str, key: int) -> HttpResponse:
    """Put a file of a claim aside."""
    found, who = _mine(request, reference)
    stored = get_object_or_404(found.documents, pk=key)
    attempt(request, actions.remove_evidence, f"{stored.filename} is removed.", document=stored, **who)
    return redirect("claim_edit", reference)


def _mine(request: HttpRequest, reference: str) -> tuple[Claim, dict[str, Any]]:
    """Return a claim that the person may write, and who they are; 404 or 403 to others."""
    found = find_claim(request, reference)
    return found, as_applicant(request, found.organisation_id)
