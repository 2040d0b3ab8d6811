"""Send what was written to people; safe to repeat."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import Message


@app.task(name="accounts.send_message", queue="mail", retry=RetryStrategy(max_attempts=10, exponential_wait=3))
def send_message(message_id: int) -> None:
    """Hand a message to the mail port once; when it fails, keep why and be tried again later."""
    message = Message.objects.get(pk=message_id)
    if message.sent_at is not None:
        return
    try:
        EmailMessage(message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.address]).send()
    except OSError as error:
        Message.objects.filter(pk=message.pk).update(failure=str(error)[:200])
        raise
    Message.objects.filter(pk=message.pk, sent_at=None).update(sent_at=timezone.now(), failure="")
