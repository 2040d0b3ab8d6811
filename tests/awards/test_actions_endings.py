"""What an award does not use returns, once, to every counter that it came from."""

import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from awards import actions
from awards.actions import freeing
from awards.models import Award
from funds.models import Envelope, LedgerEntry
from tests.cast import NOW, organisation, person
from tests.cast_awards import agree

pytestmark = pytest.mark.django_db
OFFICIAL = {"role": Role.FUND_MANAGER, "at": NOW}
TOO_LATE = dt.datetime(2027, 3, 5, tzinfo=dt.UTC)


def committed() -> dict[str, int]:
    """Return what is committed, by kind of envelope and year."""
    rows = Envelope.objects.values_list("kind", "year", "committed_pence")
    return {f"{kind}{year}": pence for kind, year, pence in rows if pence}


def releases() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.filter(kind="released").order_by("reference").values_list("reference", "pence"))


def test_a_lapsed_award_returns_what_each_year_committed(issued_award):
    actions.lapse(award=issued_award, at=TOO_LATE)
    assert releases() == [
        (f"{issued_award.reference}/2026-27", 335_417), (f"{issued_award.reference}/2027-28", 3_689_583),
    ]  # fmt: skip
    assert committed() == {}


def test_lapsing_twice_changes_nothing(issued_award):
    actions.lapse(award=issued_award, at=TOO_LATE)
    before = releases()
    assert actions.lapse(award=issued_award, at=TOO_LATE).state == "lapsed"
    assert releases() == before


def test_an_award_does_not_lapse_on_its_last_day(issued_award):
    with pytest.raises(Refused, match="can be accepted until 4 March 2027"):
        actions.lapse(award=issued_award, at=dt.datetime(2027, 3, 4, 23, tzinfo=dt.UTC))


def test_an_accepted_award_does_not_lapse(accepted_award):
    with pytest.raises(Refused, match="is now “accepted”"):
        actions.lapse(award=accepted_award, at=TOO_LATE)


def test_the_sweep_lapses_what_is_overdue_once(issued_award):
    counts = [actions.lapse_overdue(at=at) for at in (NOW, TOO_LATE, TOO_LATE)]
    assert counts == [0, 1, 0]


def test_the_system_lapses_it(issued_award):
    actions.lapse_overdue(at=TOO_LATE)
    event = Event.objects.get(verb="award.lapsed")
    assert (event.actor_id, event.role) == (None, "system")


def test_the_lead_declines(award, people):
    assert actions.decline(award=award, by=people.applicant, at=NOW).state == "declined"
    assert committed() == {}


def test_a_stranger_cannot_decline(award):
    with pytest.raises(Refused, match="Only somebody who acts for this organisation"):
        actions.decline(award=award, by=person(Role.APPLICANT, organisation()), at=NOW)


def test_an_offer_is_withdrawn_with_a_reason(award, people):
    actions.withdraw_award(award=award, reason="Insolvent", by=people.fund_manager, **OFFICIAL)
    assert (Award.objects.get(pk=award.pk).state, committed()) == ("withdrawn", {})


def test_not_without_a_reason(award, people):
    with pytest.raises(Refused, match="Type a reason"):
        actions.withdraw_award(award=award, reason=" ", by=people.fund_manager, **OFFICIAL)


def test_an_accepted_award_is_terminated_not_withdrawn(accepted_award, people):
    with pytest.raises(Refused, match="is now “accepted”"):
        actions.withdraw_award(award=accepted_award, reason="Fraud", by=people.fund_manager, **OFFICIAL)


def test_termination_keeps_what_was_paid_and_returns_the_rest(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    actions.terminate(award=claim.award, reason="Fraud", by=people.fund_manager, **OFFICIAL)
    assert committed() == {"award": 700_000, "pot": 700_000, "stream": 700_000, "year2027-28": 700_000}


def test_no_award_ends_with_a_claim_under_way(claim, people):
    with pytest.raises(Refused, match=f"Claim {claim.reference} is submitted: settle it first"):
        actions.terminate(award=claim.award, reason="Fraud", by=people.fund_manager, **OFFICIAL)


def offered() -> list[tuple[str, int, int]]:
    """Return what the reserve list is offered: of which award, how much, in whose name."""
    jobs = ProcrastinateJob.objects.filter(task_name=freeing.OFFER_TO_RESERVE).values_list("args", flat=True)
    return [(job["reference"], job["pence"], job["by_id"]) for job in jobs]


def test_what_lapses_is_offered_to_the_reserve_in_the_name_of_the_responsible_officer(issued_award):
    actions.lapse(award=issued_award, at=TOO_LATE)
    actions.lapse(award=issued_award, at=TOO_LATE)
    assert offered() == [(issued_award.reference, 4_025_000, issued_award.responsible_officer_id)]


def test_what_is_declined_is_offered_in_the_same_name(award, people):
    actions.decline(award=award, by=people.applicant, at=NOW)
    assert offered() == [(award.reference, 4_025_000, award.responsible_officer_id)]


def test_what_a_fund_manager_withdraws_or_terminates_is_offered_in_their_name(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    actions.terminate(award=claim.award, reason="Fraud", by=people.second_manager, **OFFICIAL)
    assert offered() == [(claim.award.reference, 3_325_000, people.second_manager.pk)]
