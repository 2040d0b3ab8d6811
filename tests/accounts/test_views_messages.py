"""One's own messages, and the officials' log, which tells that somebody was written to but not what."""

import csv
import io
import re

import pytest
from django.core import mail as outbox
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Message, User
from accounts.post import Letter, tell_all
from tests.cast import NOW
from tests.signing_in import PASSWORD, signed_in


def told(user: User, count: int) -> list[Message]:
    return tell_all([Letter("welcome", user, f"welcome/{i}", "/bids/") for i in range(count)], at=NOW)


def page(user: User, name: str, query: str = "", **keys) -> str:
    return signed_in(user).get(reverse(name, kwargs=keys) + query).content.decode()


def test_a_message_is_read_by_opening_it(applicant):
    (message,) = told(applicant, 1)
    assert "not read" in page(applicant, "messages")
    assert "Your e-mail address is confirmed" in page(applicant, "message", key=message.pk)
    assert "not read" not in page(applicant, "messages")


def test_all_messages_are_marked_as_read_at_once(applicant, fund_manager):
    told(applicant, 3)
    told(fund_manager, 1)
    signed_in(applicant).post(reverse("messages_read"))
    assert set(Message.objects.filter(read_at=None).values_list("to", flat=True)) == {fund_manager.pk}


def test_nobody_opens_anothers_message(applicant, fund_manager):
    (message,) = told(applicant, 1)
    assert signed_in(fund_manager).get(reverse("message", args=[message.pk])).status_code == 404


@pytest.mark.parametrize("name", ["messages", "mail_log"])
def test_the_lists_ask_the_same_number_of_queries(applicant, fund_manager, name):
    counts = []
    for size in (1, 4):
        told(fund_manager, size)
        client = signed_in(fund_manager)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_number_of_unread_messages_costs_no_query_of_its_own(applicant):
    told(applicant, 2)
    client = signed_in(applicant)
    with CaptureQueriesContext(connection) as captured:
        html = client.get(reverse("account")).content.decode()
    assert re.search(r'app-header__count">2<', html)
    assert [q for q in captured.captured_queries if q["sql"].lstrip().startswith("SELECT COUNT")] == []


def test_the_list_pages_by_key(applicant):
    told(applicant, 30)
    first = page(applicant, "messages")
    after = re.search(r"\?after=(\d+)", first)[0]
    assert (first.count("app-message__subject"), page(applicant, "messages", after).count("app-message__subject")) == (
        25, 5
    )  # fmt: skip


def test_the_log_never_shows_what_a_message_says(applicant, fund_manager):
    Message.objects.create(
        to=applicant, address=applicant.email, template="welcome", subject="Secret title", body="Secret text",
        path="/secret/", key="k", queued_at=NOW,
    )  # fmt: skip
    for name in ("mail_log", "mail_log_csv"):
        html = b"".join(signed_in(fund_manager).get(reverse(name))).decode()
        assert applicant.email in html
        assert "secret" not in html.lower()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2), ("?status=failed", 1), ("?status=waiting", 1), ("?status=sent", 0), ("?address=nobody", 0),
        ("?template=welcome", 2), ("?template=%27;--", 2), ("?status=%00", 2), ("?address=%25_", 0),
    ],
)  # fmt: skip
def test_the_log_is_narrowed(applicant, auditor, query, count):
    told(applicant, 2)
    Message.objects.filter(key__startswith="welcome/0").update(outcome="failed", outcome_at=NOW)
    answer = signed_in(auditor).get(reverse("mail_log_csv") + query)
    if answer.status_code == 400:
        return
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert len(rows) - 1 == count


def test_only_a_fund_manager_may_send_again(applicant, auditor, fund_manager):
    (message,) = told(applicant, 1)
    Message.objects.update(outcome="failed", outcome_at=NOW, failure="No such mailbox")
    assert "Send again" not in page(auditor, "mail_log")
    assert "Send again" in page(fund_manager, "mail_log")
    assert signed_in(auditor).post(reverse("mail_again", args=[message.pk])).status_code == 403
    signed_in(fund_manager).post(reverse("mail_again", args=[message.pk]))
    assert Message.objects.get().status == "Waiting"


def test_a_secret_link_is_sent_and_not_kept(client, applicant, fund_manager):
    signed_in(applicant)  # has an address and a password
    client.post(reverse("account_reset_password"), {"email": applicant.email})
    message = Message.objects.get()
    assert ("/password/reset/" in outbox.outbox[0].body, message.body, message.status) == (True, "", "Sent")
    assert (message.template, message.to, applicant.unread) == ("password_reset_key", applicant, 0)


def test_a_secret_link_that_cannot_be_sent_is_said(client, applicant, settings):
    signed_in(applicant)
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": 9}
        }
    }  # fmt: skip
    answer = client.post(reverse("account_reset_password"), {"email": applicant.email}, follow=True)
    assert "The e-mail could not be sent" in answer.content.decode()
    assert Message.objects.get().status == "Not delivered"


def test_a_person_who_confirms_their_address_is_welcomed(client, db):
    facts = {"email": "new@example.org", "full_name": "New Person", "password1": PASSWORD}
    client.post(reverse("account_signup"), facts)
    link = re.search(r"http://\S+?(/\S+)", outbox.outbox[-1].body)[1]
    client.post(link)
    client.post(link)
    assert list(Message.objects.exclude(body="").values_list("address", "template")) == [("new@example.org", "welcome")]
