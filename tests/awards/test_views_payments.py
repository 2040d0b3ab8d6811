"""The pages of runs, reports and reconciliation, as two finance officers use them."""

import datetime as dt
import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from awards import reconciling
from awards.models import BankReport, PaymentRun
from tests.asking import get, post, text, told
from tests.cast_awards import QUARTER_OVER
from tests.cast_runs import made, now, payer, proposed, ready, report, second_finance

__all__ = ["payer", "ready", "second_finance"]
pytestmark = pytest.mark.django_db
PAY_ON = {"pay_on_day": "3", "pay_on_month": "6", "pay_on_year": "2027"}


@pytest.fixture(autouse=True)
def in_june(clock) -> None:
    clock(QUARTER_OVER)


def test_every_claim_that_can_be_paid_is_put_forward(ready, second_finance):
    answer = post(second_finance, "run_new", which="all", **PAY_ON)
    assert answer.headers["Location"] == f"/payments/{PaymentRun.objects.get().reference}/"


def test_nothing_ticked_is_refused_beside_the_form(ready, second_finance):
    answer = post(second_finance, "run_new", which="chosen", **PAY_ON)
    assert "Choose at least one claim." in text(answer)
    assert PaymentRun.objects.count() == 0


def test_ticked_claims_are_put_forward(ready, second_finance):
    post(second_finance, "run_new", which="chosen", claim=ready.reference, **PAY_ON)
    assert PaymentRun.objects.get().parts.get().claim == ready


@pytest.mark.parametrize("day", ["x", "99", "\x00", "10" * 20])
def test_a_silly_day_is_an_error_beside_the_field(day, ready, second_finance):
    answer = post(second_finance, "run_new", which="all", **PAY_ON | {"pay_on_day": day})
    assert (answer.status_code in (200, 400), PaymentRun.objects.count()) == (True, 0)


def test_the_other_officer_makes_what_they_have_read(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    post(people.finance_officer, "run_make", run.reference, sha256=run.content_sha256)
    assert PaymentRun.objects.get().state == "made"


def test_a_run_is_not_made_unread(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    post(people.finance_officer, "run_make", run.reference, sha256="0" * 64)
    assert PaymentRun.objects.get().state == "proposed"


def test_the_maker_is_told_to_wait(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    mine = get(second_finance, "payment_run", run.reference)
    theirs = get(people.finance_officer, "payment_run", run.reference)
    assert "another finance officer makes it" in text(mine)
    assert "Make the file" not in text(mine)
    assert "Make the file" in text(theirs)


def test_the_file_comes_again_byte_for_byte(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    kept = run.files.get(kind="pain001")
    answers = [get(people.finance_officer, "run_file", run.reference, "pain001") for _ in range(2)]
    assert {hashlib.sha256(answer.content).hexdigest() for answer in answers} == {kept.sha256}
    assert answers[0].headers["Content-Disposition"] == f'attachment; filename="{run.reference}.xml"'


def test_no_other_file_is_known(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    assert get(people.finance_officer, "run_file", run.reference, "pdf").status_code == 404


def test_a_run_is_cancelled_with_a_reason(ready, second_finance):
    run = proposed(ready, by=second_finance)
    post(second_finance, "run_cancel", run.reference, reason="The day is wrong.")
    assert (PaymentRun.objects.get().state, now(ready).state) == ("cancelled", "approved")


def test_a_report_is_taken_in_line_by_line(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    data = f"end_to_end_id,status,reason,amount\nMF{ready.reference},paid,,\nMFX,paid,,\n".encode()
    post(people.finance_officer, "bank_reports", report=SimpleUploadedFile("july.csv", data))
    shown = text(get(people.finance_officer, "bank_report", BankReport.objects.get().pk))
    assert now(ready).state == "paid"
    assert "Unknown to us" in shown
    assert "No payment that was instructed has this id." in shown


def test_the_same_report_again_is_told_apart_from_a_new_one(ready, people, second_finance, clock):
    made(ready, people=people, second=second_finance)
    data = f"end_to_end_id,status\nMF{ready.reference},paid\n".encode()
    for minutes, words in (
        (0, "The report is taken in."),
        (1, "This file was taken in before, so nothing has changed."),
    ):
        clock(QUARTER_OVER + dt.timedelta(minutes=minutes))
        sent = post(people.finance_officer, "bank_reports", report=SimpleUploadedFile("r.csv", data))
        assert told(sent) == [f"{words} What each line did is below."]
    assert BankReport.objects.count() == 1


def test_a_hostile_report_is_an_error_of_the_form(people):
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha">]><a>&a;</a>'
    answer = post(people.finance_officer, "bank_reports", report=SimpleUploadedFile("x.xml", bomb))
    assert "declares a document type or entities" in text(answer)
    assert BankReport.objects.count() == 0


def test_reconciliation_comes_to_nothing_at_each_step(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    assert sum(line.outstanding for line in reconciling.by_stream()) == 700_000
    report(f"MF{ready.reference},returned,AC04,", by=people.finance_officer)
    made(now(ready), people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    [line] = reconciling.by_stream()
    assert line[1:] == (1_400_000, 700_000, 700_000, 0)
    assert line.difference == 0
    assert "the difference is £0" in text(get(people.finance_officer, "reconciliation"))
    for figure, rows in (("instructed", 2), ("paid", 1), ("returned", 1), ("outstanding", 0)):
        shown = get(people.finance_officer, "reconciled", line.stream.code, figure)
        assert (f"£{getattr(line, figure) // 100:,}" in text(shown), ready.reference in text(shown)) == (True, rows > 0)
    assert get(people.finance_officer, "reconciled", line.stream.code, "committed").status_code == 404
