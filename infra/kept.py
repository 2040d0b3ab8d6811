"""Keep what somebody sends when their session is lost, and give it back once they have signed in again.

A form that holds words carries a mark: who opened which page, signed. Who sends such a form without being signed in, or
with the token of an earlier session, finds what they typed on the same page after they have signed in. Only the person
of the mark ever sees it. It lives in the server's session, for an hour.
"""

import time
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict
from markupsafe import Markup

MARK = "writer"
KEPT_SECONDS = 3600
MOST_CHARACTERS = 1_000_000
MOST_PAGES = 5
_KEY = "matchfund.kept"
_NEVER = (MARK, "csrfmiddlewaretoken")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")  # of the latter the words, never a file
_SIGNER = signing.Signer(salt="infra.kept")


def writer(request: HttpRequest) -> Markup:
    """Return the hidden field that lets a form's words outlive the session."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(MARK, _mark(request.user.pk, request.path))


def _mark(person: Any, path: str) -> str:
    return _SIGNER.sign(f"{person}:{path}")


def keep(request: HttpRequest) -> bool:
    """Keep a form that cannot be taken now; tell whether it carried a mark of this page and was not too much."""
    if request.method != "POST" or request.content_type not in _FORMS:
        return False
    person, _, _ = request.POST.get(MARK, "").partition(":")
    if request.POST.get(MARK) != _mark(person, request.path):
        return False
    if request.user.is_authenticated and str(request.user.pk) != person:
        return False
    typed = request.POST.copy()
    for name in [n for n in typed if n in _NEVER or "password" in n.lower()]:
        del typed[name]
    if sum(len(text) for name in typed for text in typed.getlist(name)) > MOST_CHARACTERS:
        return False
    pages = {path: page for path, page in request.session.get(_KEY, {}).items() if path != request.path}
    pages[request.path] = {"person": person, "at": int(time.time()), "typed": typed.urlencode()}
    request.session[_KEY] = dict(list(pages.items())[-MOST_PAGES:])
    return True


def tidy(request: HttpRequest) -> None:
    """Forget what is another person's or too old, and what a form sent anew takes the place of."""
    pages = request.session.get(_KEY)
    if not pages:
        return
    since = time.time() - KEPT_SECONDS
    alive = {
        path: page
        for path, page in pages.items()
        if page["person"] == str(request.user.pk)
        and page["at"] >= since
        and not (request.method == "POST" and path == request.path)
    }
    if len(alive) < len(pages):
        request.session[_KEY] = alive


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what this person had typed on this page before their session was lost, or nothing."""
    if request.method == "POST":
        return None
    page = request.session.get(_KEY, {}).get(request.path)
    return QueryDict(page["typed"]) if page else None
