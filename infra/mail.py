"""The one mail port: hand a text to the provider that MATCHFUND_MAIL_URL names, and ask what became of it."""

import datetime as dt
import hashlib
import smtplib
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, mailers

REFERENCE = "X-Matchfund-Reference"
LONGEST_REASON = 200


class MailAway(Exception):
    """The provider cannot be reached or is busy: try again later."""


class MailRefused(Exception):
    """The provider will never take this message, such as for an address that does not exist."""


class Fate(NamedTuple):
    """What became of a message that a provider took: delivered, or why not."""

    is_delivered: bool
    reason: str
    at: dt.datetime | None


def send(*, to: str, subject: str, body: str, key: str, is_again: bool = False) -> str:
    """Hand one message to the provider; return the provider's name for it, "" where it gives none.

    Args:
        key: names the message for ever. Its digest is the Message-ID (SMTP) and the reference (Notify) of every copy,
            so that a double can be told; the key itself stays here, as it holds an address.
        is_again: an earlier attempt may have reached the provider; a provider that can be asked is asked first.

    Raises:
        MailAway: try again later.
        MailRefused: give up.
    """
    reference = hashlib.sha256(key.encode()).hexdigest()[:40]
    host = urlsplit(settings.BASE_URL).hostname
    headers = {"Message-ID": f"<{reference}@{host}>", REFERENCE: reference, "Auto-Submitted": "auto-generated"}
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    message.is_again = is_again  # type: ignore[attr-defined]
    try:
        mailers.default.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _failure(error, is_final=all(code >= 500 for code in codes)) from error
    except smtplib.SMTPDataError as error:
        raise _failure(error, is_final=error.smtp_code >= 500) from error
    except OSError as error:
        raise _failure(error, is_final=False) from error
    except ValueError as error:
        raise _failure(error, is_final=True) from error
    return getattr(message, "provider_id", "")


def fates(ids: Collection[str]) -> dict[str, Fate]:
    """Return what became of messages by the provider's names for them; those that nobody knows of yet are left out.

    Raises:
        MailAway: the provider does not answer.
    """
    ask = getattr(mailers.default, "fates", None) if ids else None
    return ask(ids) if callable(ask) else {}


def plain(reason: object) -> str:
    """Return why something failed as one short line that a database and a screen can hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(reason)).split())[:LONGEST_REASON]


def _failure(error: Exception, *, is_final: bool) -> MailAway | MailRefused:
    return (MailRefused if is_final else MailAway)(plain(error) or type(error).__name__)
