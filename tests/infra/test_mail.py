"""The mail port speaks SMTP and Notify's protocol, and tells what to try again from what to give up."""

import pytest
from django.test import override_settings

from infra import mail
from infra.mailers import BadAddress, mailers
from tests.mail_servers import API_KEY, notify_server, smtp_server  # noqa: F401 - fixtures

LETTER = {
    "to": "ada@example.org",
    "subject": "Your bid",
    "body": "Hello.\nSee £5 → here.",
    "key": "bid/1/ada@example.org",
}


@pytest.fixture
def notify(notify_server):  # noqa: F811
    with override_settings(MAILERS=mailers(notify_server.address)):
        yield notify_server


@pytest.fixture
def smtp(smtp_server):  # noqa: F811
    with override_settings(MAILERS=mailers(smtp_server.address)):
        yield smtp_server


def test_smtp_takes_a_message_whose_id_follows_from_its_key(smtp):
    assert [mail.send(**LETTER), mail.send(**LETTER, is_again=True)] == ["", ""]
    ids = {line for text in smtp.taken for line in text.splitlines() if line.startswith("Message-ID")}
    assert (len(smtp.taken), len(ids), "ada@example.org" in ids.pop()) == (2, 1, False)


def test_smtp_text_arrives_whole(smtp):
    mail.send(**LETTER)
    assert "Subject: Your bid" in smtp.taken[0]
    assert "To: ada@example.org" in smtp.taken[0]


@pytest.mark.parametrize(
    ("verb", "said", "expected"),
    [
        ("RCPT", "550 no such mailbox", mail.MailRefused),
        ("RCPT", "450 busy", mail.MailAway),
        ("END", "554 spam", mail.MailRefused),
        ("END", "451 later", mail.MailAway),
        ("MAIL", "530 sign in first", mail.MailAway),
    ],
)
def test_smtp_answers_are_told_apart(smtp, verb, said, expected):
    smtp.answers[verb] = said
    with pytest.raises(expected):
        mail.send(**LETTER)
    assert smtp.taken == []


def test_a_server_that_is_away_is_tried_again():
    with override_settings(MAILERS=mailers("smtp://127.0.0.1:9")), pytest.raises(mail.MailAway):
        mail.send(**LETTER)


def test_an_address_that_no_mail_can_have_is_refused(smtp):
    with pytest.raises(mail.MailRefused):
        mail.send(**LETTER | {"to": "ada\n@example.org"})


def test_notify_is_given_subject_and_body_for_one_template(notify):
    assert mail.send(**LETTER) == notify.taken[0]["id"]
    assert notify.taken[0]["template_id"] == "template-1"
    assert notify.taken[0]["personalisation"] == {"subject": "Your bid", "body": "Hello.\nSee £5 → here."}


def test_notify_is_never_told_an_address_in_a_reference(notify):
    mail.send(**LETTER)
    assert "ada" not in notify.taken[0]["reference"]


def test_what_people_typed_cannot_hide_a_link_in_notify(notify):
    mail.send(**LETTER | {"body": "Bid “[sign in](https://evil.example)”"})
    assert notify.taken[0]["personalisation"]["body"] == "Bid “\\[sign in\\](https://evil.example)”"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_notify_answers_that_say_nothing_about_the_message_are_tried_again(notify, status):
    notify.answers = [(status, "not now")]
    with pytest.raises(mail.MailAway, match=f"{status}: not now"):
        mail.send(**LETTER)


def test_notify_refuses_a_message_for_good(notify):
    notify.answers = [(400, "email_address Not a valid email address")]
    with pytest.raises(mail.MailRefused, match="Not a valid email address"):
        mail.send(**LETTER)


def test_a_wrong_key_is_no_fault_of_the_message(notify_server):  # noqa: F811
    wrong = notify_server.address.replace(API_KEY[-36:], "0" * 36)
    with override_settings(MAILERS=mailers(wrong)), pytest.raises(mail.MailAway, match="Invalid token"):
        mail.send(**LETTER)


def test_notify_that_took_a_message_and_hung_up_is_asked_before_it_is_sent_again(notify):
    notify.answers = ["cut"]
    with pytest.raises(mail.MailAway):
        mail.send(**LETTER)
    assert mail.send(**LETTER, is_again=True) == notify.taken[0]["id"]
    assert len(notify.taken) == 1


def test_a_message_that_notify_failed_to_deliver_is_sent_anew(notify):
    mail.send(**LETTER)
    notify.taken[0]["status"] = "permanent-failure"
    mail.send(**LETTER, is_again=True)
    assert len(notify.taken) == 2


def test_fates_are_found_over_several_pages(notify):
    notify.page = 2
    ids = [mail.send(**LETTER | {"key": str(i)}) for i in range(5)]
    notify.taken[-1].update(status="delivered", completed_at="2027-02-02T12:00:00.000000Z")
    notify.taken[0].update(status="permanent-failure")
    fates = mail.fates(ids)
    assert {i: fate.is_delivered for i, fate in fates.items()} == {ids[0]: True, ids[-1]: False}
    assert f"{fates[ids[0]].at:%F %H:%M %z}" == "2027-02-02 12:00 +0000"


def test_smtp_knows_of_no_fates(smtp):
    assert mail.fates(["1"]) == {}


def test_what_a_server_says_is_kept_on_one_short_line():
    assert mail.plain("a\x00b\r\n" + "c" * 300) == ("a b " + "c" * 300)[:200]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("pigeon://", "must begin console://"),
        ("file://", "must name a whole path"),
        ("smtp://", "names no mail server"),
        ("smtp://host:port", "no address that can be read"),
        ("notify://short@host/template", "with the whole API key"),
        (f"notify://{API_KEY}@host", "with the whole API key"),
        (f"notify+http://{API_KEY}@notify.example.org/t", "only for a server on this machine"),
    ],
)
def test_an_address_that_cannot_be_right_is_named_without_its_password(address, words):
    with pytest.raises(BadAddress, match=words) as refused:
        mailers(address)
    assert "short" not in str(refused.value)


def test_a_password_may_hold_any_character():
    options = mailers("smtps://us%40er:p%2Fw%40rd@mail.example.org")["default"]["OPTIONS"]
    assert (options["username"], options["password"], options["port"]) == ("us@er", "p/w@rd", 465)


def test_a_folder_keeps_each_mail_as_a_file(tmp_path):
    with override_settings(MAILERS=mailers(f"file://{tmp_path}")):
        mail.send(**LETTER)
    assert ["Subject: Your bid" in path.read_text() for path in tmp_path.iterdir()] == [True]


def test_a_long_link_stands_whole_in_the_file(tmp_path):
    link = "https://matchfund.example.org/accounts/confirm-email/" + "x" * 200 + "=/"
    with override_settings(MAILERS=mailers(f"file://{tmp_path}")):
        mail.send(**LETTER | {"body": f"Grant of £5.\n{link}\n"})
    assert [f"£5.\n{link}\n" in path.read_text() for path in tmp_path.iterdir()] == [True]
