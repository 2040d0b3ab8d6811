"""Write an event of the record in the transaction of the deed itself."""

import datetime as dt
import decimal
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.db import models

from audit.models import Event
from infra.rows import insert


def as_json(value: Any) -> Any:
    """Return a value as JSON keeps it: ISO dates, decimals as text, rows by their key."""
    match value:
        case None | bool() | int() | str():
            return str(value) if isinstance(value, str) else value
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
        case decimal.Decimal():
            return str(value)
        case models.Model():
            return value.pk
        case Mapping():
            return {str(k): as_json(v) for k, v in value.items()}
        case list() | tuple() | set():
            return [as_json(v) for v in value]
    raise TypeError(f"The record cannot hold a {type(value).__name__}.")


def canonical(content: Any) -> bytes:
    """Return content as canonical JSON, whose SHA-256 is its digest: keys sorted, no spaces, UTF-8."""
    return json.dumps(as_json(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(content: Any) -> str:
    """Return the SHA-256 (hex) of content as canonical JSON: keys sorted, no spaces, UTF-8."""
    return hashlib.sha256(canonical(content)).hexdigest()


def record(
    verb: str,
    subject: models.Model | str,
    *,
    by: models.Model | None,
    at: dt.datetime,
    role: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Event:
    """Add an event to the record, in the caller's transaction.

    Args:
        verb: the deed, such as "bid.submitted".
        subject: the row it was done to (its `reference`, or else its key, is kept), or "kind:reference".
        by: the person, or None for the system itself.
        at: the instant of the deed, aware.
        role: the role in which the person acted; "system" when there is no person.
        changes: field to [before, after], and facts worth keeping; ids and digests, no text about people.
    """
    event = _event(verb, subject, changes, by=by, at=at, role=role)
    insert(event)
    return event


def record_all(
    deeds: Iterable[tuple[str, models.Model | str, Mapping[str, Any]]],
    *,
    by: models.Model | None,
    at: dt.datetime,
    role: str = "",
) -> None:
    """Add many events (verb, subject, changes) of one person and instant to the record, as `record` does."""
    Event.objects.bulk_create(_event(*deed, by=by, at=at, role=role) for deed in deeds)


def _event(
    verb: str,
    subject: models.Model | str,
    changes: Mapping[str, Any] | None,
    *,
    by: models.Model | None,
    at: dt.datetime,
    role: str,
) -> Event:
    if not isinstance(subject, str):
        subject = f"{subject._meta.model_name}:{getattr(subject, 'reference', None) or subject.pk}"
    context = structlog.contextvars.get_contextvars()
    return Event(
        at=at,
        actor_id=by.pk if by else None,
        role=role or ("system" if by is None else "person"),
        verb=verb,
        subject=subject,
        changes=as_json(changes or {}),
        request_id=str(context.get("request_id", "")),
    )
