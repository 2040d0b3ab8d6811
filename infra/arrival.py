"""When a request first reached us: deadlines are held against this instant and no other."""

import datetime as dt
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

_KEY = "matchfund.arrived_at"


class FirstContact:
    """Stamp each request before anything else is done with it. Stands first among the middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[_KEY] = timezone.now()
        return self.get_response(request)


def arrived_at(request: HttpRequest) -> dt.datetime:
    """Return the instant (UTC) at which a request first reached us."""
    return request.META[_KEY]
