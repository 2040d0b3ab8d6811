"""Releases raced from two sessions: an instalment is put forward, instructed and paid once."""

from functools import partial

import pytest

from ahsn import actions, queries
from ahsn.models import NetworkReturn, Release, ReleaseFile
from awards.models import BankReport
from funds import watchdog
from funds.models import LedgerEntry
from tests.cast import NOW
from tests.cast_networks import (
    FM,
    FO,
    accepted,
    account,
    due,
    exchanges,
    lead,
    made,
    other_network,
    paid,
    proposed,
    shared_out,
    signed,
)
from tests.cast_runs import payer, report, second_finance
from tests.races.racing import at_once, refused

__all__ = ["account", "due", "exchanges", "lead", "other_network", "payer", "second_finance", "shared_out"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_an_instalment_is_put_forward_agreed_to_and_paid_once(
    due, lead, fund_manager, account, payer, finance_officer, second_finance
):
    accepted(due, lead, fund_manager)
    assert len(refused(at_once([partial(proposed, due, by) for by in (finance_officer, second_finance)]))) == 1
    release = Release.objects.get()
    other = finance_officer if release.proposed_by == second_finance else second_finance
    assert refused(at_once([partial(made, release, other)] * 2)) == []
    assert refused(at_once([partial(paid, release, other)] * 2)) == []
    assert [LedgerEntry.objects.filter(kind=kind, reference=release.reference).count()
            for kind in ("instructed", "paid")] == [1, 1]  # fmt: skip
    assert (ReleaseFile.objects.count(), watchdog.differences(), queries.reconciled().difference) == (1, [], 0)


def test_two_reports_that_contradict_each_other_leave_one_truth(
    due, lead, fund_manager, account, payer, finance_officer, second_finance
):
    accepted(due, lead, fund_manager)
    made(proposed(due, second_finance), finance_officer)
    lines = (f"MF{due.reference},paid,,", f"MF{due.reference},returned,AC04,")
    at_once([partial(report, line, by=finance_officer, at=NOW) for line in (*lines, lines[0])])
    assert (Release.objects.get().state, BankReport.objects.count()) == ("returned", 2)
    assert (watchdog.differences(), queries.reconciled().difference) == ([], 0)


def test_accepting_and_sending_back_at_once_does_one_of_them(due, lead, fund_manager, second_manager):
    found = signed(due, lead)
    facts = {"network_return": found, "role": FM, "at": NOW}
    back = partial(actions.send_return_back, reason="No", by=second_manager, **facts)
    assert len(refused(at_once([partial(actions.accept_return, by=fund_manager, **facts), back]))) == 1
    assert NetworkReturn.objects.get().state in {"accepted", "sent_back"}


def test_agreeing_and_cancelling_at_once_does_one_of_them(
    due, lead, fund_manager, account, payer, finance_officer, second_finance
):
    accepted(due, lead, fund_manager)
    release = proposed(due, second_finance)
    cancelling = partial(actions.cancel_release, release=release, reason="No", by=second_finance, role=FO, at=NOW)
    assert len(refused(at_once([partial(made, release, finance_officer), cancelling]))) == 1
    assert (Release.objects.get().state, LedgerEntry.objects.filter(kind="instructed").count()) in {
        ("instructed", 1), ("cancelled", 0),
    }  # fmt: skip
