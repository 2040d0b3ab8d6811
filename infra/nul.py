"""Keep the character NUL out of cookies and addresses: PostgreSQL has no text that holds it, and fails when asked."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

NUL = "\0"


class NoNul:
    """Leave out cookies that hold NUL; answer 404 to an address whose keys do. Fields of forms refuse it themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if NUL not in value}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, words: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Look at the keys once the address has its view.

        Raises:
            Http404: one of them holds NUL.
        """
        if any(NUL in key for key in (*words, *named.values()) if isinstance(key, str)):
            raise Http404
