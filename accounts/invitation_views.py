"""Open an invitation by the link in its e-mail."""

from collections.abc import Callable

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.invitations import token_digest
from accounts.invited import Invited
from accounts.signed_in import person

WRONG_LINKS = {"invitation": "20/5m/ip"}  # how many links that name nothing one address may try


def by_link[I: Invited](
    request: HttpRequest, kind: type[I], token: str, to_what: str, page: Callable[[HttpRequest, I], HttpResponse]
) -> HttpResponse:
    """Show the page of the invitation that a link names to the person whom it was sent to, and to nobody else.

    Args:
        to_what: what somebody who is not signed in reads that they are invited to, such as "work on a bid".
    """
    found = kind._default_manager.filter(token_sha256=token_digest(token)).first()
    if found is None:
        if not ratelimit.consume(request, app="accounts", action="invitation", config=WRONG_LINKS, limit_get=True):
            return render(request, "errors/429.html", status=429)
        raise Http404
    if not request.user.is_authenticated:
        return render(request, "accounts/invitation_sign_in.html", {"to_what": to_what})
    if person(request).email.lower() != found.email:
        return render(request, "accounts/invitation_other.html")
    return page(request, found)
