"""Read the record."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet

from audit.lines import event_lines, seal_lines, sealed_to, snapshot
from audit.models import Event, Seal
from audit.verify import Chain, check_chain

CHUNK = 2_000
_VERBS = """
    WITH RECURSIVE verbs AS (
        (SELECT verb FROM audit_event ORDER BY verb LIMIT 1)
        UNION ALL
        SELECT (SELECT e.verb FROM audit_event e WHERE e.verb > v.verb ORDER BY e.verb LIMIT 1)
        FROM verbs v WHERE v.verb IS NOT NULL
    )
    SELECT verb FROM verbs WHERE verb IS NOT NULL
"""


def events(
    subject: str | None = None,
    verb: str | None = None,
    actor_id: int | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> QuerySet[Event]:
    """Return the events that fit, newest first.

    Args:
        subject: only events on this "kind:reference"; a reference alone stands for every kind that has one.
        verb: only events of this deed, such as "bid.submitted".
        actor_id: only events of this person.
        since: only deeds at this instant or later.
        until: only deeds before this instant.
    """
    asked = {"verb": verb, "actor_id": actor_id, "at__gte": since, "at__lt": until}
    found = Event.objects.filter(**{field: value for field, value in asked.items() if value is not None})
    if subject is not None:
        found = found.filter(subject__in=[subject] if ":" in subject else _of_every_kind(subject))
    return found.order_by("-id")


def timeline(
    subject: str | None = None,
    verb: str | None = None,
    actor_id: int | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Event]:
    """Return a page of events, newest first; the next page is the one before the last id of this page.

    Args:
        before_id: only events older than this one.
        limit: events on a page.
    """
    found = events(subject, verb, actor_id, since, until)
    if before_id is not None:
        found = found.filter(id__lt=before_id)
    return list(found[:limit])


def _of_every_kind(reference: str) -> list[str]:
    """Return a reference with each kind that the record may know it by: a kind is the name of a model."""
    kinds = {model._meta.model_name for model in apps.get_models()} | {"ledger"}
    return [f"{kind}:{reference}" for kind in sorted(filter(None, kinds))]


def verbs() -> list[str]:
    """Return every deed on record, by name; one look into the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_VERBS)
        return [verb for (verb,) in cursor.fetchall()]


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """Return what the people with these ids are called today; the record itself holds no names."""
    people = get_user_model()._default_manager.in_bulk({key for key in ids if key is not None})
    return {key: str(person) for key, person in people.items()}


def with_names(found: QuerySet[Event]) -> Iterator[tuple[Event, str]]:
    """Yield events with their person's name, read in bounded memory; no name for the system and for people erased."""
    known: dict[int, str] = {}
    batch: list[Event] = []
    for event in found.iterator(chunk_size=CHUNK):
        batch.append(event)
        if len(batch) == CHUNK:
            yield from _named(batch, known)
            batch = []
    yield from _named(batch, known)


def _named(batch: list[Event], known: dict[int, str]) -> Iterator[tuple[Event, str]]:
    known.update(names({event.actor_id for event in batch} - known.keys()))
    for event in batch:
        yield event, known.get(event.actor_id or 0, "")


def person_id(text: str) -> int | None:
    """Return the id of the person typed as an id or as the address they sign in with; None when there is nobody."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    people = get_user_model()
    try:
        return people._default_manager.get_by_natural_key(text).pk
    except people.DoesNotExist:
        return None


def seals(before: int | None = None, limit: int = 50) -> list[Seal]:
    """Return a page of seals, newest first, each older than the one numbered `before`."""
    found = Seal.objects.order_by("-number")
    return list((found if before is None else found.filter(number__lt=before))[:limit])


def unsealed() -> int:
    """Count the events that no seal covers yet."""
    return Event.objects.filter(id__gt=sealed_to()).count()


def recompute() -> tuple[Chain, int]:
    """Recompute every seal from the events in the database, in bounded memory; count the events not sealed yet.

    Raises:
        Broken: names the first block or seal that is not as it was sealed.
    """
    with snapshot():
        boundary = sealed_to()
        chain = check_chain((line for _, line in event_lines(upto=boundary)), seal_lines())
        return chain, Event.objects.filter(id__gt=boundary).count()
