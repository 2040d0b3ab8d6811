"""Hand a bid in, and what may be done with it afterwards."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import person
from bids import actions, overview, queries
from bids.forms.papers import DeclarationForm
from bids.models import Bid
from bids.views.loading import of_bid, submitting
from infra.arrival import arrived_at
from infra.deeds import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
@submitting
def submit(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Declare and submit. The deadline is held against the instant at which the request first reached us."""
    contact = arrived_at(request)
    form = DeclarationForm(request.POST or None, bid=bid, contact=contact, key=uuid.uuid4().hex)
    if form.is_valid():
        facts = {"bid": bid, "by": person(request), "at": timezone.now(), "first_contact": contact}
        if carry_out(form, actions.submit, key=form.cleaned_data["key"], **facts):
            return redirect("bid_receipt", bid.reference)
    page = {"bid": bid, "form": form, "sums": overview.sums(bid)}
    if not form.is_bound:
        form.problems = tuple(queries.problems(bid, contact.date()))
    return render(request, "bids/submit.html", page)


@require_safe
@of_bid
def receipt(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Show when what was submitted, and by what hash anybody can tell it again."""
    receipts = queries.receipts(bid)
    if not receipts:
        messages.error(request, "This bid has not been submitted, so there is no receipt.")
        return redirect("bid", bid.reference)
    return render(request, "bids/receipt.html", {"bid": bid, "version": receipts[0], "earlier": receipts[1:]})


def _asked_again(request: HttpRequest, bid: Bid, deed: Callable[..., Any], done: str, template: str) -> HttpResponse:
    """Ask once more on GET, do it on POST."""
    if request.method != "POST":
        return render(request, template, {"bid": bid, "may_edit": overview.may_edit(person(request), bid)})
    attempt(request, deed, done, bid=bid, by=person(request), at=timezone.now())
    return redirect("bid", bid.reference)


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def reopen(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Open a submitted bid for changes."""
    done = "The bid is open for changes. Submit it again before the deadline."
    return _asked_again(request, bid, actions.reopen, done, "bids/reopen.html")


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def give_up(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Give up the changes of a reopened bid."""
    done = "The changes are given up. The bid stands as it was last submitted."
    return _asked_again(request, bid, actions.give_up_changes, done, "bids/give_up.html")


@require_http_methods(["GET", "HEAD", "POST"])
@of_bid
def withdraw(request: HttpRequest, bid: Bid) -> HttpResponse:
    """Take a bid back."""
    return _asked_again(request, bid, actions.withdraw, "The bid is withdrawn.", "bids/withdraw.html")
