"""Pages of award letters: put forward, issue, download, accept."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.signed_in import person
from accounts.states import Role
from awards import actions, forms, overview, queries, rules
from awards.actions.downloads import take_letter
from awards.letters import contents
from awards.models import Letter
from awards.views.shared import GET_OR_POST, as_applicant, as_official, find_award, posted
from infra.deeds import attempt, carry_out

READS_LETTERS = (*sorted(queries.SEE_ALL), *queries.WATCH, Role.APPLICANT)


@require_POST
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Put the letter forward, as a fund manager."""
    found = find_award(request, reference)
    who = as_official(request, rules.ISSUES)
    done = "The letter is put forward. A colleague has to read and issue it."
    attempt(request, actions.propose_letter, done, award=found, **who)
    return redirect("award", reference)


@require_http_methods(GET_OR_POST)
def issue(request: HttpRequest, reference: str) -> HttpResponse:
    """Read what a colleague has put forward, and issue it as the second person."""
    found = find_award(request, reference)
    who = as_official(request, rules.ISSUES)
    agreed = overview.agreement("letter", reference)
    form = forms.Seen(posted(request), initial={"sha256": agreed.proposal.content_sha256 if agreed else ""})
    if form.is_valid() and carry_out(form, actions.issue_letter, award=found, seen=form.cleaned_data["sha256"], **who):
        messages.success(request, "The letter is issued. It is made and sealed within a few minutes.")
        return redirect("award", reference)
    letter = agreed.proposal.content if agreed else None
    categories = contents.categories(letter["partners"]) if letter else []
    context = {"award": found, "form": form, "agreed": agreed, "letter": letter, "categories": categories}
    return render(request, "awards/issue.html", context)


@require_GET
@never_cache
def download(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Send the person to the letter on S3, by an address that lasts a minute."""
    found = find_award(request, reference)
    letter = get_object_or_404(found.letters.select_related("award"), number=number)
    by = person(request)
    role = next(role for role in READS_LETTERS if role in by.roles)
    return redirect(take_letter(letter=letter, by=by, role=role, at=timezone.now()))


@require_http_methods(GET_OR_POST)
@reauthentication_required
def accept(request: HttpRequest, reference: str) -> HttpResponse:
    """Accept the award under a director's typed name, soon after giving the password again."""
    found = find_award(request, reference)
    who = as_applicant(request, found.bid.lead_id)
    form = forms.Acceptance(posted(request))
    facts = {"award": found, "address": request.META.get("REMOTE_ADDR") or None, **who}
    if form.is_valid() and carry_out(form, actions.accept, name=form.cleaned_data["name"], **facts):
        messages.success(request, f"Award {reference} is accepted. The project starts on its first day.")
        return redirect("award", reference)
    letter = Letter.objects.filter(award=found).order_by("number").last()
    return render(request, "awards/accept.html", {"award": found, "form": form, "letter": letter})
