"""Send what was written to people, and ask what became of it; safe to repeat.

A message is sent at least once. A worker that is killed after the provider took a message and before that is written
down sends it again: by SMTP both copies carry the same Message-ID; Notify is asked by our reference before it is given
the message a second time.
"""

import datetime as dt

from django.db.models import F
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import Message
from accounts.states import MessageOutcome
from infra import mail

MOST_ATTEMPTS = 11  # 3 s after the first, 16 hours before the last: about a day in all
ASKED_FOR = dt.timedelta(days=4)  # Notify itself gives up on a mailbox after three days


@app.task(
    name="accounts.send_message",
    queue="mail",
    retry=RetryStrategy(max_attempts=MOST_ATTEMPTS - 1, exponential_wait=3),
)
def send_message(message_id: int) -> None:
    """Hand a message to the mail port; when that fails, keep why and be tried again later, for about a day."""
    message = Message.objects.get(pk=message_id)
    if message.sent_at is not None or message.outcome:
        return
    mine = Message.objects.filter(pk=message.pk, attempts=message.attempts, sent_at=None)
    if not mine.update(attempts=F("attempts") + 1):
        return  # Another worker has just taken it.
    try:
        provider_id = mail.send(
            to=message.address, subject=message.subject, body=message.body, key=message.key,
            is_again=message.attempts > 0,
        )  # fmt: skip
    except mail.MailRefused as refused:
        _give_up(message, str(refused))
    except mail.MailAway as away:
        if message.attempts + 1 >= MOST_ATTEMPTS:
            _give_up(message, str(away))
            return
        Message.objects.filter(pk=message.pk).update(failure=str(away))
        raise
    else:
        Message.objects.filter(pk=message.pk).update(sent_at=timezone.now(), provider_id=provider_id, failure="")


def _give_up(message: Message, reason: str) -> None:
    Message.objects.filter(pk=message.pk).update(
        outcome=MessageOutcome.FAILED, outcome_at=timezone.now(), failure=reason
    )


def ask_what_became(at: dt.datetime) -> int:
    """Ask the provider about the messages that it took in the last days; return how many have ended.

    Raises:
        infra.mail.MailAway: the provider does not answer.
    """
    flying = Message.objects.filter(outcome="", sent_at__gt=at - ASKED_FOR).exclude(provider_id="")
    by_provider_id = dict(flying.values_list("provider_id", "pk"))
    fates = mail.fates(by_provider_id)
    for provider_id, fate in fates.items():
        Message.objects.filter(pk=by_provider_id[provider_id], outcome="").update(
            outcome=MessageOutcome.DELIVERED if fate.is_delivered else MessageOutcome.FAILED,
            outcome_at=fate.at or at,
            failure=fate.reason,
        )
    return len(fates)
