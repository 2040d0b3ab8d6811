"""Bank details: entered by an organisation's people, checked by a finance officer. Both give their password again."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.rules import Refused
from accounts.signed_in import acting, person
from awards import bank_queries, preparation_forms
from awards.actions.banking import CHECKS, ENTERS, check_bank_details, enter_bank_details, look_at_bank_details
from awards.models import BankDetails
from awards.queries import SEE_ALL
from awards.views.shared import GET_OR_POST, as_official, posted
from infra.deeds import carry_out
from infra.paging import page_by_key


@require_safe
@never_cache
def organisation_bank(request: HttpRequest, key: int) -> HttpResponse:
    """Show where an organisation is paid, masked, and every account that it gave before."""
    user = person(request)
    if not (user.roles & SEE_ALL or key in user.organisation_ids(*ENTERS)):
        raise Http404
    found = get_object_or_404(Organisation, pk=key)
    may_change = key in user.organisation_ids(*ENTERS)
    page = {"organisation": found, "rows": bank_queries.of_organisation(found), "may_change": may_change}
    return render(request, "awards/bank.html", page)


@require_http_methods(GET_OR_POST)
@never_cache
@reauthentication_required
def change(request: HttpRequest, key: int) -> HttpResponse:
    """Enter new bank details, as somebody of the organisation who has just given their password."""
    by = person(request)
    if key not in by.organisation_ids(*ENTERS):
        raise PermissionDenied
    who = {"by": by, "at": timezone.now()}
    found = get_object_or_404(Organisation, pk=key)
    form = preparation_forms.BankDetailsForm(posted(request))
    if form.is_valid() and carry_out(form, enter_bank_details, organisation=found, **form.cleaned_data, **who):
        messages.success(request, "The bank details are kept. A finance officer checks them before they are used.")
        return redirect("organisation_bank", key)
    return render(request, "awards/bank_change.html", {"organisation": found, "form": form})


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the bank details that wait for a check, the oldest first."""
    acting(request, SEE_ALL)
    page = page_by_key(request, bank_queries.waiting())
    may_check = bool(person(request).roles & CHECKS)
    return render(request, "awards/bank_queue.html", {"page": page, "may_check": may_check})


@require_http_methods(["GET", "POST"])  # each look at an account stays on the record: no HEAD, which shows nothing
@never_cache
@reauthentication_required
def check(request: HttpRequest, key: int) -> HttpResponse:
    """Read bank details in full and find them right or not, as a finance officer."""
    who = as_official(request, CHECKS)
    details = get_object_or_404(BankDetails.objects.select_related("organisation", "entered_by"), pk=key)
    form = preparation_forms.BankCheckForm(posted(request))
    if form.is_valid() and carry_out(form, check_bank_details, details=details, **form.cleaned_data, **who):
        messages.success(request, f"The bank details of {details.organisation} are {form.cleaned_data['outcome']}.")
        return redirect("bank_queue")
    try:
        account = look_at_bank_details(details=details, **who)
    except Refused as refused:
        raise PermissionDenied from refused
    others = bank_queries.same_account(details)
    page = {"details": details, "account": account, "others": others, "form": form}
    return render(request, "awards/bank_check.html", page)
