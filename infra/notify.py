"""Send e-mails by GOV.UK Notify, as a mailer of Django.

One template of the service is enough: its subject is ((subject)) and its body ((body)).
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from notifications_python_client import NotificationsAPIClient
from notifications_python_client.errors import APIError

from infra.mail import REFERENCE, Fate, MailAway, MailRefused, plain

# Answers that say nothing about the message: our key, our clock, our rate, their servers.
TRY_AGAIN = frozenset({401, 403, 404, 408, 429})
FAILED = {
    "permanent-failure": "The provider says that the address does not exist.",
    "temporary-failure": "The provider could not reach the mailbox for three days.",
    "technical-failure": "The provider and the receiving server do not understand each other.",
    "validation-failed": "The provider found the message wrong.",
    "virus-scan-failed": "The provider found a virus.",
}
PAGES = 40  # of 250 notifications each


class EmailBackend(BaseEmailBackend):
    """A mailer that speaks to Notify."""

    def __init__(self, *, base_url: str, api_key: str, template_id: str, timeout: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.client = NotificationsAPIClient(api_key, base_url=base_url, timeout=timeout)
        self.template_id = template_id

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each message to its one address and keep Notify's name for it in `provider_id`.

        Raises:
            MailAway: Notify does not answer, is busy, or refuses our key.
            MailRefused: Notify will never take this message.
        """
        for message in email_messages:
            message.provider_id = self._taken_before(message) or self._send(message)  # type: ignore[attr-defined]
        return len(email_messages)

    def fates(self, ids: Collection[str]) -> dict[str, Fate]:
        """Return what became of the notifications among `ids` that have ended, looking at the newest 10,000."""
        missing, found = set(ids), {}
        for notification in self._newest():
            if notification["id"] in missing:
                missing.discard(notification["id"])
                if fate := _fate(notification):
                    found[notification["id"]] = fate
            if not missing:
                break
        return found

    def _send(self, message: EmailMessage) -> str:
        answer = self._ask(
            self.client.send_email_notification,
            email_address=message.to[0],
            template_id=self.template_id,
            personalisation={"subject": str(message.subject), "body": _without_links(str(message.body))},
            reference=message.extra_headers.get(REFERENCE),
        )
        return str(answer["id"])

    def _taken_before(self, message: EmailMessage) -> str:
        """Return the name under which an earlier attempt reached Notify, "" when none did."""
        if not getattr(message, "is_again", False):
            return ""
        answer = self._ask(self.client.get_all_notifications, reference=message.extra_headers.get(REFERENCE))
        alive = [n["id"] for n in answer["notifications"] if n["status"] not in FAILED]
        return str(alive[0]) if alive else ""

    def _newest(self) -> Iterator[dict[str, Any]]:
        older_than = None
        for _ in range(PAGES):
            answer = self._ask(self.client.get_all_notifications, template_type="email", older_than=older_than)
            yield from answer["notifications"]
            if not answer["notifications"] or not answer["links"].get("next"):
                return
            older_than = answer["notifications"][-1]["id"]

    @staticmethod
    def _ask(deed: Any, **facts: Any) -> dict[str, Any]:
        try:
            return deed(**facts)
        except APIError as error:
            status = error.status_code
            is_final = 400 <= status < 500 and status not in TRY_AGAIN
            raise (MailRefused if is_final else MailAway)(plain(f"{status}: {_message(error)}")) from error


def _message(error: APIError) -> str:
    said = error.message
    if isinstance(said, list):
        return "; ".join(str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in said)
    return str(said)


def _without_links(body: str) -> str:
    """Return a body in which what people typed cannot hide an address behind words: Notify reads Markdown."""
    return body.replace("[", "\\[").replace("]", "\\]")


def _fate(notification: dict[str, Any]) -> Fate | None:
    status = notification["status"]
    ended = notification.get("completed_at")
    at = dt.datetime.fromisoformat(ended) if ended else None
    if status == "delivered":
        return Fate(True, "", at)
    return Fate(False, FAILED[status], at) if status in FAILED else None
