"""An instalment is paid once its return is accepted, by two finance officers, whole, in the ledger, and never twice."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Message
from accounts.rules import Refused
from ahsn import actions, queries
from ahsn.models import Instalment, Release, ReleaseFile
from awards.bank_files import pain001
from funds import ledger, watchdog
from funds.models import Envelope, LedgerEntry
from tests.cast import NOW
from tests.cast_networks import FO, YEAR, accepted, made, paid, proposed, signed
from tests.cast_runs import verified


@pytest.fixture
def ready(due, lead, fund_manager, account, payer) -> Instalment:
    """An instalment whose return is accepted and whose network has an account."""
    accepted(due, lead, fund_manager)
    return due


def figures(due: Instalment) -> tuple[int, int, int]:
    found = Envelope.objects.get(pk=due.allocation.envelope_id)
    return found.committed_pence, found.instructed_pence, found.paid_pence


def test_instalments_are_the_allocation_to_the_penny(shared_out):
    parts = [one.pence for one in shared_out[:4]]
    assert (parts, sum(parts)) == ([1_249_689, 1_249_688, 1_249_688, 1_249_688], shared_out[0].allocation.pence)


def test_it_is_put_forward_made_and_paid(ready, second_finance, finance_officer):
    release = proposed(ready, second_finance)
    made(release, finance_officer)
    assert paid(release, finance_officer).state == "paid"
    assert figures(ready) == (4_998_753, 1_249_689, 1_249_689)
    entries = LedgerEntry.objects.filter(reference=release.reference).values_list("kind", "pence", "year")
    assert list(entries) == [("instructed", 1_249_689, YEAR), ("paid", 1_249_689, YEAR)]
    assert (watchdog.differences(), queries.reconciled().difference) == ([], 0)


def test_the_file_says_who_is_paid_what(ready, second_finance, finance_officer, network):
    file = made(proposed(ready, second_finance), finance_officer)
    data = bytes(file.content)
    assert pain001.problems(data) == []
    assert [word in data for word in (b"12496.89", b"MFN0-2026-27-1", network.name.encode())] == [True] * 3


def test_no_return_no_money(due, lead, account, second_finance):
    signed(due, lead)
    with pytest.raises(Refused, match="waits for its return to be accepted"):
        proposed(due, second_finance)


def test_no_verified_account_no_money(due, lead, fund_manager, second_finance):
    accepted(due, lead, fund_manager)
    with pytest.raises(Refused, match="no bank details"):
        proposed(due, second_finance)


def test_two_people_are_needed(ready, finance_officer):
    release = proposed(ready, finance_officer)
    with pytest.raises(Refused, match="somebody else"):
        made(release, finance_officer)
    assert figures(ready) == (4_998_753, 0, 0)


def test_it_is_put_forward_once(ready, finance_officer, second_finance):
    proposed(ready, finance_officer)
    with pytest.raises(Refused, match="already"):
        proposed(ready, second_finance)


def test_another_account_since_then_stops_it(ready, network, lead, second_manager, second_finance, finance_officer):
    release = proposed(ready, second_finance)
    verified(network, entered_by=lead, by=second_manager, number="00000025")
    with pytest.raises(Refused, match="has changed since"):
        made(release, finance_officer)


def test_one_that_is_cancelled_can_be_put_forward_again(ready, second_finance, finance_officer):
    first = proposed(ready, second_finance)
    actions.cancel_release(release=first, reason="Not this week.", by=finance_officer, role=FO, at=NOW)
    second = proposed(ready, second_finance)
    made(second, finance_officer)
    assert (second.attempt, Release.objects.get(pk=first.pk).state) == (2, "cancelled")


@pytest.mark.parametrize(("was_paid", "kind"), [(False, "returned"), (True, "recovered")])
def test_money_that_comes_back_is_paid_again(ready, second_finance, finance_officer, was_paid, kind):
    first = proposed(ready, second_finance)
    made(first, finance_officer)
    if was_paid:
        paid(first, finance_officer)
    actions.return_release(release=first, reason="Account closed.", by=finance_officer, role=FO, at=NOW)
    assert figures(ready) == (4_998_753, 0, 0)
    assert LedgerEntry.objects.filter(kind=kind, reference=first.reference).exists()
    again = proposed(ready, second_finance)
    made(again, finance_officer)
    paid(again, finance_officer)
    assert (figures(ready), queries.reconciled().difference) == ((4_998_753, 1_249_689, 1_249_689), 0)


def test_the_same_word_of_the_bank_counts_once(ready, second_finance, finance_officer, lead):
    release = proposed(ready, second_finance)
    made(release, finance_officer)
    for _ in range(2):
        paid(release, finance_officer)
    assert Message.objects.filter(to=lead, template="instalment_paid").count() == 1
    with pytest.raises(Refused, match="“paid”"):
        paid(release, finance_officer, "Another reference")


def test_making_again_makes_no_second_file(ready, second_finance, finance_officer):
    release = proposed(ready, second_finance)
    assert made(release, finance_officer) == made(release, finance_officer)
    assert ReleaseFile.objects.count() == 1


def test_a_whole_year_is_paid_and_not_a_penny_more(
    shared_out, lead, fund_manager, account, payer, second_finance, finance_officer
):
    for due in shared_out[:4]:
        accepted(due, lead, fund_manager)
    facts = {"role": FO, "at": NOW}
    all_four = actions.propose_releases(instalments=shared_out[:4], by=second_finance, **facts)
    assert actions.make_releases(releases=all_four, by=finance_officer, **facts).releases.count() == 4
    assert figures(shared_out[0]) == (4_998_753, 4_998_753, 0)


def insert(due: Instalment, by, **changed) -> Release:
    """Write a release past the actions."""
    facts = {"reference": "MFN-X", "instalment": due, "attempt": 1, "pence": due.pence, "content_sha256": "0" * 64,
             "bank_details_id": 0, "proposed_by": by, "proposed_at": NOW}  # fmt: skip
    with transaction.atomic():
        return Release.objects.create(**facts | changed)


def test_the_database_refuses_a_release_without_an_accepted_return(due, lead, finance_officer):
    signed(due, lead)
    with pytest.raises(IntegrityError, match="waits for an accepted return"):
        insert(due, finance_officer)


def test_the_database_refuses_more_than_the_instalment(ready, finance_officer):
    with pytest.raises(IntegrityError, match="released whole"):
        insert(ready, finance_officer, pence=ready.pence + 1)


def test_the_database_refuses_an_account_that_nobody_verified(ready, finance_officer):
    with pytest.raises(IntegrityError, match="nobody has verified"):
        insert(ready, finance_officer)


def test_the_database_refuses_who_accepted_the_return(ready, fund_manager):
    with pytest.raises(IntegrityError, match="does not release its money"):
        insert(ready, fund_manager)


DEEDS = (
    "UPDATE ahsn_release SET state = 'instructed', file_id = (SELECT min(id) FROM ahsn_releasefile)",
    "UPDATE ahsn_release SET pence = pence + 1",
    "UPDATE ahsn_release SET state = 'paid', bank_reference = 'X'",
    "INSERT INTO ahsn_release (reference, instalment_id, attempt, pence, bank_details_id, content_sha256, state,"
    " proposed_by_id, proposed_at, bank_reference, reason) SELECT 'MFN-Y', instalment_id, 2, pence,"
    " bank_details_id, content_sha256, state, proposed_by_id, proposed_at, '', '' FROM ahsn_release",
)


def test_the_database_keeps_two_people_and_one_payment(ready, second_finance):
    proposed(ready, second_finance)
    for deed in DEEDS:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)


def test_the_ledger_takes_no_payment_of_an_allocation_that_nobody_released(ready, exchanges, finance_officer):
    pot = LedgerEntry.objects.get(kind="committed", award=ready.allocation.envelope_id).pot
    with pytest.raises(IntegrityError, match="two people agreed"):
        ledger.post(
            kind="instructed", reference="MFN-Z", pence=1, stream=exchanges, year=YEAR, pot=pot,
            award=ready.allocation.envelope, by=finance_officer, at=NOW,
        )  # fmt: skip
