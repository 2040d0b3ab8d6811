"""Read the record."""

from audit.lines import event_lines, seal_lines, sealed_to, snapshot
from audit.models import Event
from audit.verify import Chain, check_chain


def timeline(
    subject: str | None = None,
    verb: str | None = None,
    actor_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Event]:
    """Return a page of events, newest first; the next page is the one before the last id of this page.

    Args:
        subject: only events on this "kind:reference".
        verb: only events of this deed, such as "bid.submitted".
        actor_id: only events of this person.
        before_id: only events older than this one.
        limit: events on a page.
    """
    asked = {"subject": subject, "verb": verb, "actor_id": actor_id, "id__lt": before_id}
    events = Event.objects.filter(**{field: value for field, value in asked.items() if value is not None})
    return list(events.order_by("-id")[:limit])


def recompute() -> tuple[Chain, int]:
    """Recompute every seal from the events in the database, in bounded memory; count the events not sealed yet.

    Raises:
        Broken: names the first block or seal that is not as it was sealed.
    """
    with snapshot():
        boundary = sealed_to()
        chain = check_chain((line for _, line in event_lines(upto=boundary)), seal_lines())
        return chain, Event.objects.filter(id__gt=boundary).count()
