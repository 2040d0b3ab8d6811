"""What people do with their messages, and officials with the log of the post."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Message, User
from accounts.rules import Refused
from accounts.states import MessageOutcome, Role
from accounts.tasks import send_message
from audit.record import record

READS_LOG = frozenset({Role.AUDITOR, Role.FUND_MANAGER})
SENDS_AGAIN = frozenset({Role.FUND_MANAGER})
STATUSES: dict[str, dict[str, Any]] = {
    "waiting": {"outcome": "", "sent_at": None},
    "sent": {"outcome": "", "sent_at__isnull": False},
    "delivered": {"outcome": MessageOutcome.DELIVERED},
    "failed": {"outcome": MessageOutcome.FAILED},
}


def messages_of(user: User) -> QuerySet[Message]:
    """Return a person's messages, without those whose text is not kept."""
    return Message.objects.filter(to=user).exclude(body="")


def log(*, status: str = "", template: str = "", address: str = "") -> QuerySet[Message]:
    """Return the log of the post without a word of it: subjects and paths may tell of bids that nobody handed in."""
    found = Message.objects.defer("subject", "body", "path").filter(**STATUSES.get(status, {}))
    if template:
        found = found.filter(template=template)
    return found.filter(address__icontains=address) if address else found


def mark_read(*, message: Message, at: dt.datetime) -> None:
    """Keep when a message was first opened."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)


def mark_all_read(*, by: User, at: dt.datetime) -> int:
    """Keep that a person is done with all messages; return how many were unread."""
    return Message.objects.filter(to=by, read_at=None).update(read_at=at)


@transaction.atomic
def send_again(*, message: Message, by: User, role: str, at: dt.datetime) -> None:
    """Send a message once more that was not delivered.

    Raises:
        Refused: it was delivered or is on its way, or its text was not kept.
    """
    if role not in SENDS_AGAIN:
        raise Refused("Your role does not allow this.")
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.outcome != MessageOutcome.FAILED:
        raise Refused("Only a message that was not delivered can be sent again.")
    if not message.body:
        raise Refused("Its text held a secret link and was not kept. Ask the person to ask for another one.")
    message.outcome, message.outcome_at, message.sent_at = "", None, None
    message.attempts, message.provider_id, message.failure = 0, "", ""
    message.save(update_fields=["outcome", "outcome_at", "sent_at", "attempts", "provider_id", "failure"])
    record("message.sent_again", f"message:{message.pk}", by=by, role=role, at=at)
    send_message.defer(message_id=message.pk)
