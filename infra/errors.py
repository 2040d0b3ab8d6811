"""Pages for what went wrong: they say what happened and what to do next."""

import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from infra import kept


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be understood, also when it was refused before anybody asked who sends it."""
    if not hasattr(request, "user"):
        request.user = AnonymousUser()
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the page is not for this person."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form came from a page that is no longer valid; words that it brought come back on a page that is."""
    if kept.keep(request):
        return redirect(request.path)
    return render(request, "errors/csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, without telling whether something is hidden from this person."""
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that somebody tried too often and may try again later."""
    return render(request, "errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that we failed, with a number under which the log says why; the database may be what failed: ask nothing."""
    number = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:8]
    return render(request, "errors/500.html", {"number": number}, status=500)
