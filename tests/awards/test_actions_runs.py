"""Two finance officers pay claims by a run: one file, kept byte for byte, and every payment once."""

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from awards import actions, payable
from awards.actions import bank_reports, runs, suspending
from awards.bank_files import pain001
from awards.models import Payment, PaymentRun, RunFile, RunItem, Suspension
from funds import watchdog
from funds.models import Envelope, LedgerEntry
from tests.cast import organisation, person
from tests.cast_awards import QUARTER_OVER
from tests.cast_runs import FINANCE, made, now, payer, proposed, ready, report, second_finance, verified

__all__ = ["payer", "ready", "second_finance"]
pytestmark = pytest.mark.django_db


def entries(*kinds: str) -> list[tuple[str, str, str, int]]:
    rows = LedgerEntry.objects.filter(kind__in=kinds).order_by("id")
    return list(rows.values_list("kind", "reference", "year", "pence"))


def refused_by_the_database(sql: str, *values: object) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refused.value)


def test_a_run_waits_for_a_second_person(ready, second_finance):
    run = proposed(ready, by=second_finance)
    assert (run.reference[:4], run.state, run.items, run.pence) == ("MFR-", "proposed", 1, 700_000)
    assert (now(ready).state, RunFile.objects.count(), entries("instructed")) == ("approved", 0, [])


def test_a_made_run_instructs_its_claims(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    assert (run.state, now(ready).state, run.parts.get().state) == ("made", "instructed", "instructed")
    assert entries("instructed") == [("instructed", ready.reference, "2027-28", 700_000)]
    assert watchdog.differences() == []


def test_a_claim_has_one_end_to_end_id_and_each_attempt_an_id_of_its_own(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    assert Payment.objects.get().end_to_end_id == f"MF{ready.reference}"
    assert RunItem.objects.get().instruction_id == f"MF{ready.reference}-A1"


def test_the_files_are_kept_with_their_digests(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    files = {file.kind: file for file in run.files.all()}
    assert pain001.problems(bytes(files["pain001"].content)) == []
    assert b"7000.00" in bytes(files["csv"].content)
    assert all(hashlib.sha256(bytes(f.content)).hexdigest() == f.sha256 for f in files.values())


def test_the_maker_cannot_make_it(ready, second_finance):
    run = proposed(ready, by=second_finance)
    with pytest.raises(Refused, match="somebody else has to approve it"):
        runs.make_run(run=run, by=second_finance, **FINANCE)


def test_making_it_again_changes_nothing(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    assert runs.make_run(run=run, by=people.finance_officer, **FINANCE).pk == run.pk
    assert len(entries("instructed")) == 1


def test_a_third_person_cannot_make_it_again(ready, people, second_finance, department):
    run = made(ready, people=people, second=second_finance)
    with pytest.raises(Refused, match="is “file made” already"):
        runs.make_run(run=run, by=person(Role.FINANCE_OFFICER, department), **FINANCE)


def test_a_fund_manager_makes_no_run(ready, people):
    with pytest.raises(Refused, match="Only a finance officer"):
        runs.propose_run(
            claims=[ready], pay_on=QUARTER_OVER.date(), by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER
        )


def test_an_account_that_changes_between_the_two_voids_the_run(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    verified(ready.organisation, entered_by=people.applicant, by=people.finance_officer, number="00000025")
    with pytest.raises(Refused, match="A claim or an account has changed"):
        runs.make_run(run=run, by=people.finance_officer, **FINANCE)
    assert now(ready).state == "approved"


def test_a_claim_without_a_verified_account_is_held_back_in_words(ready):
    ready.organisation = organisation(name="Nowhere Example Ltd")
    [row] = payable.looked_at([ready])
    assert row.why_not == "Nowhere Example Ltd has no bank details that a second person has verified."


def test_a_run_with_a_claim_that_is_held_back_is_refused_whole(ready, claim, people, second_finance):
    suspending.suspend(award=claim.award, reason="?", by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER)
    with pytest.raises(Refused, match=f"Claim {ready.reference}: Payments are held"):
        proposed(ready, by=second_finance)
    assert PaymentRun.objects.count() == 0


def test_a_claim_that_is_not_approved_is_refused_in_words(claim, second_finance):
    with pytest.raises(Refused, match="It is submitted, and only a claim that is approved"):
        proposed(claim, by=second_finance)


def test_a_claim_is_in_one_run_at_a_time(ready, second_finance):
    proposed(ready, by=second_finance)
    with pytest.raises(Refused, match="It is in another run"):
        proposed(ready, by=second_finance)


def test_a_cancelled_run_frees_each_claim_on_the_record(ready, people, second_finance):
    run = runs.cancel_run(run=proposed(ready, by=second_finance), reason="Wrong day", by=second_finance, **FINANCE)
    assert (run.state, run.parts.get().state) == ("cancelled", "freed")
    assert list(payable.waiting()) == [ready]
    assert made(ready, people=people, second=second_finance).parts.get().instruction_id.endswith("-A2")


def test_a_made_run_cannot_be_cancelled(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    with pytest.raises(Refused, match="the bank says what became"):
        runs.cancel_run(run=run, reason="Too late", by=second_finance, **FINANCE)


@pytest.mark.parametrize("days", [-1, 31, 400])
def test_a_run_is_paid_within_thirty_days(days, ready, second_finance):
    with pytest.raises(Refused, match="Choose a day from today to 30 days from now"):
        runs.propose_run(
            claims=[ready], pay_on=QUARTER_OVER.date() + dt.timedelta(days=days), by=second_finance, **FINANCE
        )


def test_without_an_account_of_our_own_nothing_is_made(ready, people, second_finance, settings):
    settings.PAYER_ACCOUNT = ("", "", "")
    with pytest.raises(Refused, match="MATCHFUND_PAYER_ACCOUNT"):
        made(ready, people=people, second=second_finance)
    assert now(ready).state == "approved"


def test_a_suspended_award_is_not_paid(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    Suspension.objects.create(award=ready.award, reason="Doubts", by=people.fund_manager, at=QUARTER_OVER)
    with pytest.raises(Refused, match="Payments are held: the award is suspended"):
        runs.make_run(run=run, by=people.finance_officer, **FINANCE)


def test_the_bank_pays(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    kept = report(f"MF{ready.reference},paid,,7000.00", by=people.finance_officer)
    assert kept.lines.get().outcome == "paid"
    assert (now(ready).state, Payment.objects.get().state, RunItem.objects.get().state) == ("paid",) * 3
    assert entries("paid") == [("paid", ready.reference, "2027-28", 700_000)]


def test_the_claimant_gets_a_remittance_advice(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    message = Message.objects.get(template="claim_paid")
    assert message.subject == f"£7,000 is paid for claim {ready.reference}"
    assert f"MF{ready.reference}" in message.body


def test_the_same_report_again_changes_nothing(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    line = f"MF{ready.reference},paid,,"
    assert report(line, by=people.finance_officer).pk == report(line, by=second_finance).pk
    assert len(entries("paid")) == 1


def test_the_same_news_in_another_report_changes_nothing(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    again = report(f"MF{ready.reference},paid,again,", by=people.finance_officer)
    assert (again.lines.get().outcome, len(entries("paid"))) == ("no_change", 1)


def test_a_returned_payment_is_paid_again_under_the_same_end_to_end_id(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},returned,AC04 closed,", by=people.finance_officer)
    assert (now(ready).state, LedgerEntry.objects.get(kind="returned").pence) == ("returned", 700_000)
    verified(ready.organisation, entered_by=people.applicant, by=people.finance_officer, number="00000025")
    made(now(ready), people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    assert (Payment.objects.get().end_to_end_id, now(ready).state) == (f"MF{ready.reference}", "paid")
    assert [r for _, r, _, _ in entries("instructed")] == [ready.reference, f"{ready.reference}/A2"]
    assert list(RunItem.objects.order_by("attempt").values_list("state", flat=True)) == ["returned", "paid"]
    assert watchdog.differences() == []


def test_money_that_comes_back_after_it_was_paid_is_recovered(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    report(f"MF{ready.reference},returned,AC04,", by=people.finance_officer)
    assert (now(ready).state, entries("recovered")) == (
        "returned", [("recovered", ready.reference, "2027-28", 700_000)]
    )  # fmt: skip
    envelope = Envelope.objects.get(kind="stream")
    assert (envelope.paid_pence, envelope.instructed_pence, envelope.committed_pence) == (0, 0, 4_025_000)


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("MFX,paid,,", "unknown"),
        ("{id},paid,,7000.01", "refused"),
        ("{id},acsp,,", "no_change"),
        ("=1+1,paid,,", "unknown"),
    ],
)
def test_a_line_that_does_not_fit_is_listed_and_changes_nothing(line, outcome, ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    kept = report(line.format(id=f"MF{ready.reference}"), by=people.finance_officer)
    assert (kept.lines.get().outcome, now(ready).state) == (outcome, "instructed")


def test_a_second_line_on_the_same_payment_is_refused(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    both = (f"MF{ready.reference},paid,,", f"MF{ready.reference},returned,,")
    assert [line.outcome for line in report(*both, by=people.finance_officer).lines.all()] == ["paid", "refused"]


def test_a_proposed_run_is_not_reported_on(ready, people, second_finance):
    proposed(ready, by=second_finance)
    assert report(f"MF{ready.reference},paid,,", by=people.finance_officer).lines.get().outcome == "unknown"


def test_a_returned_claim_can_be_given_up(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},returned,AC04,", by=people.finance_officer)
    actions.reject_claim(
        claim=now(ready), reason="Dissolved", by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER
    )
    assert now(ready).state == "rejected"


def test_the_database_makes_no_run_on_one_word(ready, second_finance):
    run = proposed(ready, by=second_finance)
    told = refused_by_the_database(
        "UPDATE awards_paymentrun SET state = 'made', ended_by_id = %s, ended_at = now() WHERE id = %s",
        second_finance.pk, run.pk,
    )  # fmt: skip
    assert "cannot be made without the approval approve" in told


def test_the_database_instructs_nothing_of_a_run_that_is_not_made(ready, second_finance):
    proposed(ready, by=second_finance)
    assert "is not made" in refused_by_the_database("UPDATE awards_runitem SET state = 'instructed'")


def test_the_database_frees_nothing_silently(ready, second_finance):
    proposed(ready, by=second_finance)
    assert "frees nothing" in refused_by_the_database("UPDATE awards_runitem SET state = 'freed'")


def test_the_database_changes_no_sum_of_a_run(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    assert "cannot be changed" in refused_by_the_database("UPDATE awards_runitem SET pence = pence + 1")
    assert "cannot be changed" in refused_by_the_database("UPDATE awards_paymentrun SET pence = pence + 1")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        RunFile.objects.update(sha256="0" * 64)


def test_the_database_takes_no_account_that_nobody_verified(ready, people, second_finance):
    run = proposed(ready, by=second_finance)
    runs.cancel_run(run=run, reason="x", by=second_finance, **FINANCE)
    told = refused_by_the_database(
        "INSERT INTO awards_runitem (run_id, claim_id, attempt, instruction_id, pence, state, bank_details_id)"
        " SELECT run_id, claim_id, 9, 'I9', pence, 'proposed', bank_details_id FROM awards_runitem"
    )
    assert "cannot be in run" in told


def test_a_run_over_the_whole_report_is_spread_over_its_payments(ready, people, second_finance):
    run = made(ready, people=people, second=second_finance)
    data = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
        f"<OrgnlMsgId>{run.reference}</OrgnlMsgId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    kept = bank_reports.import_report(name="a.xml", data=data.encode(), by=people.finance_officer, **FINANCE)
    assert (kept.kind, kept.lines.get().outcome, PaymentRun.objects.get().state) == ("pain002", "paid", "made")


def test_a_payment_recorded_by_hand_closes_its_attempt(ready, people, second_finance):
    made(ready, people=people, second=second_finance)
    actions.record_payment(claim=now(ready), bank_reference="BACS 1", by=people.finance_officer, at=QUARTER_OVER)
    assert (RunItem.objects.get().state, now(ready).state) == ("paid", "paid")
