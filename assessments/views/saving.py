"""Save what stands on a score sheet of a bid or of an interview: by a press, or by itself while somebody types."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from accounts.rules import Refused
from assessments.actions.sheets import SavedElsewhere
from infra.deeds import outcome


def by_press[T](form: Any, deed: Callable[..., T], now: Callable[[], dict[str, Any]], **facts: Any) -> T | None:
    """Save what was typed if all of it is right and return the sheet; else say why not, or what another window saved.

    Args:
        now: what is saved, by the name of its field.
    """
    if not form.is_valid():
        return None
    before = form.cleaned_data.get("version")
    saved: Any = outcome(form, deed, **form.typed(), **facts)
    if saved:
        form.see(saved.version)
        form.is_saved = True
    elif str(form.data.get("version", "")) != str("" if before is None else before):
        form.compare_with(now())
    return saved


def by_itself(form: Any, deed: Callable[..., Any], *, at: dt.datetime, **facts: Any) -> HttpResponse:
    """Save what is right of what somebody types; reply with one line, and the version that is saved now."""
    wrong = [str(errors[0]) for errors in form.errors.values()]
    try:
        kept = deed(at=at, by_itself=True, **form.typed(), **facts)
    except Refused as refused:
        is_conflict = isinstance(refused, SavedElsewhere)
        line: dict[str, Any] = {"saved_at": None, "why": str(refused), "is_conflict": is_conflict}
        return HttpResponse(render_to_string("bids/saved.html", line), status=409 if is_conflict else 422)
    line = {"saved_at": at, "why": " ".join([*wrong, *form.mark_too_long()])}
    return HttpResponse(render_to_string("bids/saved.html", line), headers={"Matchfund-Version": kept.version})
