"""The auditor's pages: the timeline, its export, the seals and the pack."""

import csv
import datetime as dt
import io
import subprocess
import sys
import zipfile
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.record import record
from audit.sealing import close_block
from tests.asking import get, post, text, told
from tests.audit.conftest import NOW, deed
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def events_of(page: str) -> list[int]:
    """Return the numbers of the events on a page, in order."""
    words = page.split()
    return [int(after) for word, after in pairwise(words) if word == "Event"]


def many(count: int) -> list[int]:
    rows = [Event(at=NOW, role="system", verb="bid.saved", subject=f"bid:B-{i}", changes={}) for i in range(count)]
    return [event.pk for event in Event.objects.bulk_create(rows)]


def test_the_newest_comes_first_fifty_on_a_page(auditor):
    ids = many(120)
    first = get(auditor, "record", verb="bid.saved")
    assert events_of(text(first)) == ids[:-51:-1]
    assert f"before={ids[-50]}" in first.content.decode()
    last = text(get(auditor, "record", verb="bid.saved", before=ids[20]))
    assert events_of(last) == ids[19::-1]


def test_an_event_says_when_who_what_and_what_changed(auditor):
    record("award.accepted", "award:MFA-1", by=auditor, role="auditor", at=NOW, changes={"state": ["offered", "live"]})
    page = text(get(auditor, "record", subject="MFA-1"))
    assert "2 February 2027, 12:00:00 GMT" in page
    assert f"Award accepted award:MFA-1 Open award:MFA-1 by Arthur Auditor , person {auditor.pk}, as auditor" in page
    assert "state before: offered → after: live" in page


def test_times_are_those_of_the_united_kingdom(auditor):
    record("bid.saved", "bid:B-1", by=None, at=dt.datetime(2027, 7, 1, 23, 30, tzinfo=dt.UTC))
    assert "2 July 2027, 00:30:00 BST" in text(get(auditor, "record", subject="B-1"))


def test_a_person_who_has_been_erased_stays_a_number(auditor):
    Event.objects.create(at=NOW, actor_id=999_999, role="applicant", verb="bid.saved", subject="bid:B-1")
    page = text(get(auditor, "record", subject="B-1"))
    assert "by a person who has been erased , person 999999, as applicant" in page


@pytest.mark.parametrize("typed", ["bid:B-2", "B-2", " B-2 "])
def test_a_subject_is_found_with_and_without_its_kind(typed, auditor):
    deed("bid:B-1")
    wanted = deed("bid:B-2")
    assert events_of(text(get(auditor, "record", subject=typed))) == [wanted.pk]


def test_a_person_is_found_by_id_and_by_address(auditor, applicant):
    wanted = record("bid.saved", "bid:B-1", by=applicant, at=NOW)
    for typed in (applicant.pk, applicant.email.upper()):
        assert events_of(text(get(auditor, "record", person=typed, verb="bid.saved"))) == [wanted.pk]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"person": "nobody@example.org"}, "Nobody has this address."),
        ({"verb": "bid.eaten"}, "Nothing of the kind “bid.eaten” is on record."),
        ({"since": "31 June"}, "Enter a valid date."),
        ({"until": "9999-12-31"}, "Choose a day between 1900 and 2200."),
        ({"since": "2027-02-02", "until": "2027-02-01"}, "The last day is before the first."),
    ],
)
def test_a_filter_that_cannot_be_is_told(asked, problem, auditor):
    deed()
    page = text(get(auditor, "record", **asked))
    assert problem in page
    assert events_of(page) == []


def test_days_are_days_in_the_united_kingdom(auditor):
    instants = [dt.datetime(2027, 7, 1, hour, 30, tzinfo=dt.UTC) for hour in (0, 22, 23)]
    ids = [record("bid.saved", "bid:B-1", by=None, at=at).pk for at in instants]
    page = text(get(auditor, "record", subject="B-1", since="2027-07-01", until="2027-07-01"))
    assert events_of(page) == [ids[1], ids[0]]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_a_page_number_that_cannot_be_is_ignored(before, auditor):
    deed()
    assert get(auditor, "record", before=before).status_code == 200


def test_a_page_costs_the_same_with_3_and_300_events(auditor):
    client, counts = signed_in(auditor), []
    for more in (3, 297):
        many(more)
        with CaptureQueriesContext(connection) as captured:
            client.get("/record/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_export_holds_every_event_that_fits(auditor, applicant):
    many(60)
    event = record("bid.opened", "bid:B-9", by=applicant, at=NOW, changes={"note": "=1+1"})
    answer = get(auditor, "record_csv", person=applicant.pk, verb="bid.opened")
    assert answer.streaming
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert [(row["id"], row["at_utc"], row["person"], row["changes"]) for row in rows] == [
        (str(event.pk), "2027-02-02T12:00:00.000000Z", "Ada Applicant", '{"note": "=1+1"}')
    ]


def test_the_export_is_defused(auditor):
    Event.objects.create(at=NOW, role="system", verb="bid.saved", subject="=cmd|x")
    answer = get(auditor, "record_csv", subject="=cmd|x:")
    assert b"=cmd" not in b"".join(answer.streaming_content).replace(b"'=cmd", b"")


def test_the_export_asks_for_names_once_for_many_events(auditor, applicant):
    for _ in range(3):
        record("bid.saved", "bid:B-1", by=applicant, at=NOW)
    answer = get(auditor, "record_csv", subject="B-1")
    with CaptureQueriesContext(connection) as captured:
        rows = b"".join(answer.streaming_content).splitlines()
    assert (len(rows), len(captured)) == (4, 2)


def test_an_export_that_cannot_be_leads_to_the_page_that_says_why(auditor):
    answer = get(auditor, "record_csv", verb="bid.eaten")
    assert answer.headers["Location"] == "/record/?verb=bid.eaten"


@pytest.mark.django_db(transaction=True)
def test_seals_are_shown_with_their_heads(auditor):
    deed()
    seal = close_block(NOW)
    page = text(get(auditor, "seals"))
    assert f"{seal.seal} heads/0000000001.json" in page


@pytest.mark.django_db(transaction=True)
def test_the_pack_verifies_offline(auditor, tmp_path):
    deed()
    answer = post(auditor, "record_pack")
    (tmp_path / "record.zip").write_bytes(b"".join(answer.streaming_content))
    with zipfile.ZipFile(tmp_path / "record.zip") as pack:
        pack.extract("verify.py", tmp_path)
    done = subprocess.run(
        [sys.executable, tmp_path / "verify.py", tmp_path / "record.zip"], capture_output=True, check=False
    )
    assert (done.returncode, answer.headers["Content-Type"]) == (0, "application/zip")
    assert Event.objects.get(verb="pack.taken").actor_id == auditor.pk


@pytest.mark.django_db(transaction=True)
def test_a_deed_in_progress_keeps_the_pack_waiting(auditor, held_deed):
    with held_deed():
        answer = post(auditor, "record_pack")
    assert told(answer) == ["A deed still in progress keeps the record open: try again in a minute."]


@pytest.mark.parametrize("role", ["fund_manager", "finance_officer", "monitoring_officer", "applicant"])
@pytest.mark.parametrize("name", ["record", "record_csv", "seals", "record_pack"])
def test_nobody_else_reads_the_record(name, role, request):
    assert post(request.getfixturevalue(role), name).status_code == 403


def test_a_record_without_a_seal_says_so(auditor):
    assert "Nothing is sealed yet." in text(get(auditor, "record"))
