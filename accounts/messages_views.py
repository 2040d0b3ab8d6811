"""The pages of one's own messages, and the officials' log of the post."""

from django.contrib import messages as banners
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import messages
from accounts.messages_forms import LogFilter
from accounts.models import Message
from accounts.signed_in import acting, person
from infra.deeds import attempt
from infra.exports import csv_download
from infra.paging import page_by_key

COLUMNS = ("id", "written at (UTC)", "template", "to", "state", "tries", "sent at (UTC)", "ended at (UTC)", "failure")


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the messages of the person who asks, the newest first."""
    user = person(request)
    page = page_by_key(request, messages.messages_of(user).defer("body"), size=25, newest_first=True)
    return render(request, "accounts/messages.html", {"page": page, "unread": user.unread})


@require_GET
def message(request: HttpRequest, key: int) -> HttpResponse:
    """Show one message; that it was opened is kept, as a mail reader does."""
    found = get_object_or_404(messages.messages_of(person(request)), pk=key)
    messages.mark_read(message=found, at=timezone.now())
    return render(request, "accounts/message.html", {"message": found})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all messages as read."""
    messages.mark_all_read(by=person(request), at=timezone.now())
    banners.success(request, "All messages are marked as read.")
    return redirect("messages")


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Show officials what was written to whom and whether it arrived, but not what it says."""
    _, role = acting(request, messages.READS_LOG)
    form = LogFilter(request.GET or None)
    page = page_by_key(request, messages.log(**form.chosen()), newest_first=True)
    facts = {"form": form, "page": page, "may_send": role in messages.SENDS_AGAIN}
    return render(request, "accounts/mail_log.html", facts)


@require_GET
def log_csv(request: HttpRequest) -> HttpResponseBase:
    """Return what the log shows as CSV."""
    acting(request, messages.READS_LOG)
    rows = messages.log(**LogFilter(request.GET).chosen()).order_by("pk").iterator(chunk_size=1_000)
    return csv_download("mail-log.csv", COLUMNS, map(_row, rows))


@require_POST
def again(request: HttpRequest, key: int) -> HttpResponse:
    """Send a message again that was not delivered."""
    user, role = acting(request, messages.SENDS_AGAIN)
    found = get_object_or_404(Message, pk=key)
    attempt(
        request, messages.send_again, "The message will be sent again.", message=found, by=user, role=role,
        at=timezone.now(),
    )  # fmt: skip
    return redirect("mail_log")


def _row(message: Message) -> tuple[object, ...]:
    instants = [i and i.isoformat() for i in (message.queued_at, message.sent_at, message.outcome_at)]
    return (
        message.pk, instants[0], message.template, message.address, message.status, message.attempts, instants[1],
        instants[2], message.failure,
    )  # fmt: skip
