"""The auditor's pages: the timeline, the seals, and the pack to take away."""

import datetime as dt
import functools
import json
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit import queries
from audit.changes import lines
from audit.forms import LONDON, Filter
from audit.lines import instant
from audit.models import Event
from audit.pack import write_pack
from audit.record import record as keep
from audit.sealing import RecordBusy, close_block
from audit.tasks import head_key
from infra.exports import csv_download

AUDITOR = "auditor"  # accounts.states.Role.AUDITOR: the record imports no other room
ROWS = 50
HEAD = ("id", "at_utc", "at_uk", "person_id", "person", "role", "verb", "subject", "changes", "request_id")
View = Callable[..., HttpResponseBase]


def auditors_only(view: View) -> View:
    """Answer 403 to everybody who is no auditor."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *words: Any, **named: Any) -> HttpResponseBase:
        if AUDITOR not in getattr(request.user, "roles", ()):
            raise PermissionDenied
        return view(request, *words, **named)

    return guarded


@auditors_only
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Show what happened, newest first, narrowed as asked."""
    form = Filter(request.GET)
    asked = form.asked() if form.is_valid() else None
    events = queries.timeline(**asked, before_id=_number(request), limit=ROWS + 1) if asked else []
    shown = events[:ROWS]
    names = queries.names({event.actor_id for event in shown})
    return render(
        request,
        "audit/record.html",
        {
            "form": form,
            "is_narrowed": bool(asked and any(asked.values())),
            "rows": [(event, names.get(event.actor_id or 0), lines(event.changes)) for event in shown],
            "older": shown[-1].pk if len(events) > ROWS else None,
            "is_first_page": _number(request) is None,
            "seal": next(iter(queries.seals(limit=1)), None),
            "unsealed": queries.unsealed(),
        },
    )


@auditors_only
@require_safe
def record_csv(request: HttpRequest) -> HttpResponseBase:
    """Send the events that the page would show, all of them, as CSV."""
    form = Filter(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('record')}?{request.GET.urlencode()}")
    return csv_download("matchfund-record.csv", HEAD, _rows(form.asked()))


def _rows(asked: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for event, name in queries.with_names(queries.events(**asked)):
        yield event.pk, instant(event.at), _uk(event.at), event.actor_id, name, *_facts(event)


def _facts(event: Event) -> tuple[str, ...]:
    changes = json.dumps(event.changes, sort_keys=True, ensure_ascii=False)
    return event.role, event.verb, event.subject, changes, event.request_id


def _uk(at: dt.datetime) -> str:
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M:%S %Z}"


@auditors_only
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Show the seals with their heads, newest first."""
    found = queries.seals(before=_number(request), limit=ROWS + 1)
    context = {
        "seals": [(seal, head_key(seal.number)) for seal in found[:ROWS]],
        "older": found[ROWS - 1].number if len(found) > ROWS else None,
        "is_first_page": _number(request) is None,
    }
    return render(request, "audit/seals.html", context)


@auditors_only
@require_POST
@never_cache
def record_pack(request: HttpRequest) -> HttpResponseBase:
    """Close a block, write the whole sealed record to a temporary file and send it."""
    try:
        close_block(timezone.now())
    except RecordBusy as error:
        messages.error(request, str(error))
        return redirect("record")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    facts = write_pack(cast(BinaryIO, file))
    with transaction.atomic():
        changes = {"sha256": facts.sha256, "head": facts.head, "events": facts.events}
        by = cast(Model, request.user)
        keep("pack.taken", f"user:{by.pk}", by=by, role=AUDITOR, at=timezone.now(), changes=changes)
    file.seek(0)
    name = f"matchfund-record-{timezone.now():%Y%m%d-%H%M}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _number(request: HttpRequest) -> int | None:
    """Return `?before=`, when it is a number."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
