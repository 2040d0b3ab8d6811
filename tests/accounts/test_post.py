"""E-mails are kept with the deed, sent by a worker at least once, and said only once."""

import pytest
from django.core import mail as outbox
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts import messages, tasks
from accounts.models import Message, User
from accounts.post import Letter, tell, tell_all
from accounts.rules import Refused
from accounts.states import Role
from infra import mail
from infra.mailers import mailers
from tests.cast import NOW
from tests.mail_servers import notify_server, smtp_server  # noqa: F401 - fixtures

WELCOME = {"key": "person.welcome", "at": NOW, "path": "/bids/"}


@pytest.fixture
def ada(db) -> User:
    return User.objects.create_user("ada@example.org", full_name="Ada Applicant")


@pytest.fixture
def message(ada) -> Message:
    return tell("welcome", to=ada, **WELCOME)


@pytest.fixture
def notify(notify_server):  # noqa: F811
    with override_settings(MAILERS=mailers(notify_server.address)):
        yield notify_server


def jobs() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_a_message_is_kept_and_its_sending_queued(message, ada):
    assert (message.to, message.address, message.subject, message.status) == (
        ada, ada.email, "Welcome to Matchfund", "Waiting"
    )  # fmt: skip
    assert len(jobs()) == 1


def test_nothing_is_said_twice(message, ada):
    assert tell("welcome", to=ada, **WELCOME) is None
    assert (Message.objects.count(), len(jobs())) == (1, 1)


def undone(deed) -> None:
    with transaction.atomic():
        deed()
        raise ZeroDivisionError


def test_a_deed_undone_tells_nobody(ada):
    with pytest.raises(ZeroDivisionError):
        undone(lambda: tell("welcome", to=ada, **WELCOME))
    assert (Message.objects.count(), jobs()) == (0, [])


def test_two_long_addresses_that_begin_alike_are_both_written_to(db):
    address = "a" * 60 + "@" + "b" * 50 + "{}.example.org"
    keys = {Letter("welcome", address.format(i), "person.welcome").whole_key for i in (1, 2)}
    assert (len(keys), {len(key) for key in keys}) == (2, {120})


def test_many_are_told_in_as_many_queries_as_one(ada):
    counts = []
    for size in (1, 300):
        with CaptureQueriesContext(connection) as captured:
            tell_all([Letter("welcome", ada, f"welcome/{size}/{i}") for i in range(size)], at=NOW)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_was_written_is_never_changed(message):
    with pytest.raises(Exception, match="cannot be changed"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(body="Something else")


def test_a_sent_message_is_not_sent_again(message):
    for _ in range(2):
        tasks.send_message(message.pk)
    assert (len(outbox.outbox), fresh(message).status, fresh(message).attempts) == (1, "Sent", 1)


def test_a_worker_killed_after_notify_took_the_message_leaves_one_copy(notify, message):
    """The provider has it, we have not written it down: the next run asks by our reference."""
    Message.objects.filter(pk=message.pk).update(attempts=1)
    taken = mail.send(to=message.address, subject=message.subject, body=message.body, key=message.key)
    tasks.send_message(message.pk)
    assert (len(notify.taken), fresh(message).provider_id) == (1, taken)


def test_a_worker_that_finds_another_at_it_leaves_it_alone(message, monkeypatch):
    seen = Message.objects.get(pk=message.pk)
    monkeypatch.setattr(Message.objects, "get", lambda **_: seen)
    Message.objects.filter(pk=message.pk).update(attempts=1)
    tasks.send_message(message.pk)
    assert outbox.outbox == []


def test_a_provider_that_is_away_is_tried_again(notify, message):
    notify.answers = [(503, "away")]
    with pytest.raises(mail.MailAway):
        tasks.send_message(message.pk)
    assert (fresh(message).status, fresh(message).failure) == ("Waiting", "503: away")


def test_after_a_day_of_trying_it_is_given_up(notify, message):
    Message.objects.filter(pk=message.pk).update(attempts=tasks.MOST_ATTEMPTS - 1)
    notify.answers = [(503, "away")]
    tasks.send_message(message.pk)
    assert (fresh(message).status, fresh(message).attempts) == ("Not delivered", tasks.MOST_ATTEMPTS)


def test_an_address_that_does_not_exist_is_given_up_at_once(notify, message):
    notify.answers = [(400, "no such address")]
    tasks.send_message(message.pk)
    assert (fresh(message).status, fresh(message).failure) == ("Not delivered", "400: no such address")


def test_what_became_of_messages_is_asked_and_kept(notify, message):
    tasks.send_message(message.pk)
    assert tasks.ask_what_became(fresh(message).sent_at) == 0
    notify.taken[0].update(status="permanent-failure", completed_at="2027-02-02T12:05:00Z")
    assert tasks.ask_what_became(fresh(message).sent_at) == 1
    assert (fresh(message).status, fresh(message).failure) == (
        "Not delivered", "The provider says that the address does not exist."
    )  # fmt: skip


@pytest.fixture
def failed(message) -> Message:
    Message.objects.filter(pk=message.pk).update(outcome="failed", outcome_at=NOW, attempts=3, failure="no")
    return fresh(message)


def test_a_fund_manager_sends_a_failed_message_again(failed, fund_manager):
    messages.send_again(message=failed, by=fund_manager, role=Role.FUND_MANAGER, at=NOW)
    tasks.send_message(failed.pk)
    assert (fresh(failed).status, len(outbox.outbox), len(jobs())) == ("Sent", 1, 2)


def test_pressing_send_again_twice_sends_once(failed, fund_manager):
    deed = {"message": failed, "by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}
    messages.send_again(**deed)
    with pytest.raises(Refused, match="not delivered"):
        messages.send_again(**deed)


def test_an_auditor_sends_nothing(failed, auditor):
    with pytest.raises(Refused, match="role"):
        messages.send_again(message=failed, by=auditor, role=Role.AUDITOR, at=NOW)
