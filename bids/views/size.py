"""Work out the size of a company from its figures, and declare it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import actions, queries
from accounts.models import Organisation, SizeDeclaration
from accounts.rules import is_company
from accounts.signed_in import person
from bids.actions.organisations import declare_size
from bids.forms.figures import FiguresForm, enterprises
from bids.models import Bid
from bids.views.organisations import own
from infra.deeds import outcome


@require_http_methods(["GET", "HEAD", "POST"])
@own
def size(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Show the working of typed figures, and keep them once they are declared."""
    if not is_company(organisation.kind):
        messages.error(request, f"{organisation.name} is not a business, so it has no size.")
        return redirect("organisation", organisation.pk)
    data = request.POST if request.method == "POST" else None
    last = queries.declarations(organisation).first()
    form, rows, at, worked = FiguresForm(data, last=last), enterprises(data, last), timezone.now(), None
    if form.is_valid() and rows.is_valid():
        facts = {"year_end": form.cleaned_data["year_end"], "figures": form.figures(), "related": rows.related()}
        if "declare" in request.POST:
            facts |= {"organisation": organisation, "by": person(request), "at": at}
            if done := outcome(form, declare_size, **facts):
                return _declared(request, organisation, *done)
        else:
            worked = outcome(form, actions.size_of, today=at.date(), **facts)
    working, rate = worked or (None, None)
    page = {"organisation": organisation, "form": form, "rows": rows, "last": last, "working": working, "rate": rate}
    return render(request, "organisations/size.html", page)


def _declared(
    request: HttpRequest, organisation: Organisation, declaration: SizeDeclaration, reset: list[Bid]
) -> HttpResponse:
    """Say what a declaration has changed, and go back to the page of the organisation."""
    messages.success(request, f"{organisation.name} is declared as {declaration.get_size_display().lower()}.")
    for bid in reset:
        messages.warning(
            request, f"{bid.reference}: the percentage asked is back to 0, as another ceiling holds. Enter it again."
        )
    return redirect("organisation", organisation.pk)
