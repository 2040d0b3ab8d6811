"""Write to people: an e-mail is kept in the transaction of the deed that it tells of, and sent by a worker."""

import datetime as dt
from typing import Any

from django.template import engines

from accounts import tasks
from accounts.models import Message, User


def tell(template: str, *, to: User | str, key: str, at: dt.datetime, path: str = "", **facts: Any) -> Message | None:
    """Write to somebody in the words of `templates/emails/<template>.txt`; say nothing twice.

    Args:
        to: a person, or an address that nobody signs in with yet.
        key: what must be said only once, such as "bid.submitted/B000012/3". The address is added to it.
        path: page of the portal that the message is about, such as "/bids/B000012/".
        facts: what the template needs; it sets `subject`, and also sees `person`, `path` and `at`.

    Returns:
        The message, or None when it was written before.
    """
    person, address = (to, to.email) if isinstance(to, User) else (None, to)
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    page = environment.get_template(f"emails/{template}.txt").make_module(
        facts | {"person": person, "path": path, "at": at}
    )
    message, is_new = Message.objects.get_or_create(
        key=f"{key}/{address}"[:120],
        defaults={
            "to": person, "address": address, "template": template, "subject": " ".join(page.subject.split())[:200],
            "body": str(page).strip(), "path": path, "queued_at": at,
        },
    )  # fmt: skip
    if not is_new:
        return None
    tasks.send_message.defer(message_id=message.pk)
    return message
