"""A network writes a return, its lead signs it, a fund manager accepts it or sends it back."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actions import grant_role
from accounts.models import Message, User
from accounts.rules import Refused
from accounts.states import Role
from ahsn import actions
from ahsn.models import NetworkReturn
from ahsn.reminders import remind_of_returns
from audit.models import Event
from funds.models import SentBack
from tests.cast import NOW, person
from tests.cast_networks import FM, LEAD, accepted, saved, signed


def test_a_lead_signs_and_a_fund_manager_accepts(due, lead, fund_manager):
    found = accepted(due, lead, fund_manager)
    assert (found.state, found.signed_by, found.decided_by) == ("accepted", lead, fund_manager)


def test_the_record_holds_digests_and_no_words(due, lead):
    signed(due, lead, done="Zyzzyva")
    events = Event.objects.filter(verb__startswith="return.")
    assert set(events.values_list("verb", flat=True)) == {"return.saved", "return.submitted", "return.proposed"}
    assert "Zyzzyva" not in str(list(events.values_list("changes", flat=True)))


def test_a_draft_may_lack_everything_and_a_signed_return_nothing(due, lead):
    saved(due, lead, supported=None, plan=" ")
    with pytest.raises(Refused, match="how many innovators were supported, the plan"):
        actions.submit_return(instalment=due, by=lead, role=LEAD, at=NOW)


def test_what_cannot_be_kept_is_refused(due, lead):
    for wrong in ({"staff_pence": -1}, {"planned_pence": 10**15}, {"supported": -1}, {"done": "\x00"}):
        with pytest.raises(Refused):
            saved(due, lead, **wrong)


def test_the_months_that_it_reports_on_must_be_over(shared_out, lead):
    saved(shared_out[1], lead)
    early = dt.datetime(2026, 6, 30, 22, 59, tzinfo=dt.UTC)  # 23:59 of the last day, UK time
    with pytest.raises(Refused, match="1 July 2026"):
        actions.submit_return(instalment=shared_out[1], by=lead, role=LEAD, at=early)


def test_returns_are_accepted_in_their_order(shared_out, lead):
    signed(shared_out[0], lead)
    with pytest.raises(Refused, match="N0-2026-27-1 comes first"):
        signed(shared_out[1], lead)


def test_nobody_of_another_network_writes_or_signs(due, other_lead):
    with pytest.raises(Refused, match="lead of this network"):
        saved(due, other_lead)


def test_what_is_signed_is_not_changed(due, lead):
    signed(due, lead)
    with pytest.raises(Refused, match="waits for a decision"):
        saved(due, lead)


def test_signing_twice_changes_nothing(due, lead):
    assert (
        signed(due, lead).content_sha256
        == actions.submit_return(instalment=due, by=lead, role=LEAD, at=NOW + dt.timedelta(hours=1)).content_sha256
    )
    assert Event.objects.filter(verb="return.submitted").count() == 1


def test_one_that_is_sent_back_is_corrected_and_signed_again(due, lead, fund_manager):
    found = signed(due, lead)
    actions.send_return_back(network_return=found, reason="Which partners?", by=fund_manager, role=FM, at=NOW)
    assert SentBack.objects.get().reason == "Which partners?"
    signed(due, lead)
    assert actions.accept_return(network_return=found, by=fund_manager, role=FM, at=NOW).state == "accepted"


def test_a_draft_is_neither_accepted_nor_sent_back(due, lead, fund_manager):
    found = saved(due, lead)
    with pytest.raises(Refused, match="not signed"):
        actions.accept_return(network_return=found, by=fund_manager, role=FM, at=NOW)


def test_an_official_who_belongs_to_the_network_does_not_decide(due, lead, network, department):
    both = person(FM, department)
    grant_role(user=both, organisation=network, role=Role.MONITORING_OFFICER, by=None, at=NOW)
    with pytest.raises(Refused, match="colleague"):
        actions.accept_return(network_return=signed(due, lead), by=User.objects.get(pk=both.pk), role=FM, at=NOW)


def test_leads_are_told_what_became_of_it(due, lead, fund_manager):
    found = signed(due, lead)
    actions.send_return_back(network_return=found, reason="Why?", by=fund_manager, role=FM, at=NOW)
    accepted(due, lead, fund_manager)
    told = Message.objects.filter(to=lead, template__startswith="return_").order_by("pk")
    assert list(told.values_list("template", flat=True)) == ["return_sent_back", "return_accepted"]


def test_a_return_is_asked_for_when_it_can_be_written_a_week_before_it_is_due_and_when_it_is_overdue(due, lead):
    days = [(3, 31), (4, 1), (4, 23), (4, 24), (5, 1), (5, 2), (6, 1)]
    assert [remind_of_returns(at=dt.datetime(2026, *day, 12, tzinfo=dt.UTC)) for day in days] == [0, 1, 0, 1, 0, 1, 0]


def test_nobody_is_reminded_of_a_return_that_is_handed_in(due, lead):
    signed(due, lead)
    assert remind_of_returns(at=dt.datetime(2026, 5, 2, 12, tzinfo=dt.UTC)) == 0


DEEDS = (
    "UPDATE ahsn_networkreturn SET state = 'accepted', decided_by_id = signed_by_id + 1, decided_at = now()",
    "UPDATE ahsn_networkreturn SET staff_pence = 1",
    "UPDATE ahsn_networkreturn SET done = 'Other words'",
    "UPDATE ahsn_networkreturn SET state = 'draft'",
    "DELETE FROM ahsn_networkreturn",
    "UPDATE ahsn_instalment SET pence = pence + 1",
    "DELETE FROM ahsn_instalment",
    "INSERT INTO ahsn_instalment (allocation_id, number, reference, starts_on, ends_on, due_on, pence)"
    " SELECT allocation_id, 9, 'X', starts_on, ends_on, due_on, 1 FROM ahsn_instalment LIMIT 1",
)


def test_the_database_keeps_what_was_signed_and_laid_out(due, lead):
    signed(due, lead)
    for deed in DEEDS:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    assert NetworkReturn.objects.get().state == "submitted"
