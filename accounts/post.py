"""Write to people: an e-mail is kept in the transaction of the deed that it tells of, and sent by a worker."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.db import transaction
from django.template import engines
from procrastinate.types import JSONDict

from accounts import tasks
from accounts.models import Message, User
from accounts.states import MessageOutcome
from infra import mail

KEY_LENGTH = 120
IN_ONE_GO = 500


@dataclass(frozen=True)
class Letter:
    """What somebody is to be told: a template of `templates/emails`, what must be said only once, and its facts."""

    template: str
    to: User | str
    key: str
    path: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it goes."""
        return self.to.email if isinstance(self.to, User) else self.to

    @property
    def whole_key(self) -> str:
        """The key with the address in it; the end of one that is too long is its digest."""
        whole = f"{self.key}/{self.address}"
        if len(whole) <= KEY_LENGTH:
            return whole
        digest = hashlib.sha256(whole.encode()).hexdigest()[:40]
        return f"{whole[: KEY_LENGTH - len(digest) - 1]}/{digest}"


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
    written = tell_all([Letter(template, to, key, path, facts)], at=at)
    return written[0] if written else None


def tell_all(letters: Iterable[Letter], *, at: dt.datetime) -> list[Message]:
    """Write to many people, 500 at a time; return what had not been said before."""
    written: list[Message] = []
    for some in batched(letters, IN_ONE_GO, strict=False):
        written += _tell_some(some, at)
    return written


def send_now(template: str, *, address: str, subject: str, body: str, at: dt.datetime) -> bool:
    """Send an e-mail whose text must not be kept, as it holds a secret link; return whether the provider took it."""
    message = Message.objects.create(
        to=User.objects.filter(email__iexact=address).first(), address=address, template=template[:40],
        subject=subject[:200], body="", key=f"{template[:40]}/{uuid.uuid4()}", queued_at=at, read_at=at, attempts=1,
    )  # fmt: skip
    ending: dict[str, Any]
    try:
        ending = {"sent_at": at, "provider_id": mail.send(to=address, subject=subject, body=body, key=message.key)}
    except (mail.MailAway, mail.MailRefused) as error:
        ending = {"outcome": MessageOutcome.FAILED, "outcome_at": at, "failure": str(error)}
    Message.objects.filter(pk=message.pk).update(**ending)
    return "sent_at" in ending


@transaction.atomic
def _tell_some(letters: Sequence[Letter], at: dt.datetime) -> list[Message]:
    by_key = {letter.whole_key: letter for letter in letters}
    there = set(Message.objects.filter(key__in=by_key).values_list("key", flat=True))
    new = [_message(letter, at) for key, letter in by_key.items() if key not in there]
    if not new:
        return []
    Message.objects.bulk_create(new, ignore_conflicts=True)
    kept = list(Message.objects.filter(key__in=[m.key for m in new], attempts=0, sent_at=None).order_by("pk"))
    jobs: list[JSONDict] = [{"message_id": message.pk} for message in kept]
    tasks.send_message.batch_defer(*jobs)
    return kept


def _message(letter: Letter, at: dt.datetime) -> Message:
    person = letter.to if isinstance(letter.to, User) else None
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    page = environment.get_template(f"emails/{letter.template}.txt").make_module(
        letter.facts | {"person": person, "path": letter.path, "at": at}
    )
    return Message(
        to=person, address=letter.address, template=letter.template, subject=" ".join(page.subject.split())[:200],
        body=str(page).strip(), path=letter.path, key=letter.whole_key, queued_at=at,
    )  # fmt: skip
