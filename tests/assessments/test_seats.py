"""Invitations, answers and seats taken away."""

import pytest

from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions, queries
from assessments.models import Block, Seat
from audit.models import Event
from bids.models import Bid
from tests.cast import NOW, organisation
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, submitted_bid

pytestmark = pytest.mark.django_db


@pytest.fixture
def invite(bid, assessment, fund_manager):
    """Invite somebody to the bid."""
    return lambda who, on=bid: actions.invite(bid=on, assessor=who, by=fund_manager, **STAFF)


def test_an_invitation_is_a_seat_and_an_event(invite, bid, fund_manager):
    who = assessor()
    seat = invite(who)
    event = Event.objects.get(verb="seat.invited")
    assert (seat.state, seat.invited_at) == ("invited", CLOSED)
    assert (event.subject, event.actor_id, event.role) == (f"bid:{bid.reference}", fund_manager.pk, "fund_manager")
    assert event.changes == {"seat": seat.pk, "assessor": who.pk}


def test_inviting_again_changes_nothing(invite):
    who = assessor()
    assert invite(who) == invite(who)
    assert Event.objects.filter(verb="seat.invited").count() == 1


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.ASSESSOR, Role.AUDITOR, Role.AHSN_LEAD, ""])
def test_only_fund_managers_invite(bid, assessment, fund_manager, role):
    with pytest.raises(Refused, match="Only a fund manager"):
        actions.invite(bid=bid, assessor=assessor(), by=fund_manager, role=role, at=CLOSED)


def test_nobody_is_invited_before_assessment_begins(bid, fund_manager):
    with pytest.raises(Refused, match="Begin the assessment first"):
        actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)


def test_a_withdrawn_bid_is_not_assessed(invite, bid):
    bid.withdraw()
    bid.save()
    with pytest.raises(Refused, match="This bid is withdrawn"):
        invite(assessor())


def test_capacity_is_per_competition(invite, bid, competition):
    who = assessor(capacity=1)
    invite(who)
    with pytest.raises(Refused, match="takes 1 bids in a competition and has 1"):
        invite(who, submitted_bid(competition))


def test_a_seat_given_back_is_capacity_again(invite, competition):
    who = assessor(capacity=1)
    actions.decline(seat=invite(who), reason="not_my_area", by=who.user, at=CLOSED)
    assert invite(who, submitted_bid(competition)).state == "invited"


def test_zero_capacity_takes_no_bid(invite):
    with pytest.raises(Refused, match="takes no bids of this competition"):
        invite(assessor(capacity=0))


def test_no_two_of_one_network_on_a_bid(invite, network):
    invite(assessor(network))
    with pytest.raises(Refused, match="another network"):
        invite(assessor(network))


def test_independents_and_other_networks_sit_together(invite, network):
    for home in (None, None, network, organisation(OrganisationKind.AHSN, "Another AHSN")):
        invite(assessor(home))
    assert Seat.objects.count() == 4


def test_accepting_declares_no_interest(invite):
    seat = invite(assessor())
    accepted = actions.accept(seat=seat, by=seat.assessor.user, at=CLOSED)
    assert (accepted.state, accepted.answered_at) == ("accepted", CLOSED)
    assert Event.objects.get(verb="seat.accepted").changes["no_interest_declared"] is True


def test_accepting_again_changes_nothing(seat):
    assert actions.accept(seat=seat, by=seat.assessor.user, at=NOW).answered_at == CLOSED


def test_nobody_answers_for_another(seat, fund_manager):
    with pytest.raises(Refused, match="Only the assessor who was invited"):
        actions.accept(seat=seat, by=fund_manager, at=CLOSED)
    with pytest.raises(Refused, match="Only the assessor who was invited"):
        actions.decline(seat=seat, reason="too_many", by=fund_manager, at=CLOSED)


def test_a_declined_seat_cannot_be_accepted_nor_offered_again(invite):
    who = assessor()
    seat = actions.decline(seat=invite(who), reason="too_many", by=who.user, at=CLOSED)
    with pytest.raises(Refused, match="was declined"):
        actions.accept(seat=seat, by=who.user, at=CLOSED)
    with pytest.raises(Refused, match="was declined before"):
        invite(who)


def test_a_reason_to_decline_is_one_of_three(seat):
    with pytest.raises(Refused, match="one of: conflict, not_my_area, too_many"):
        actions.decline(seat=seat, reason="busy", by=seat.assessor.user, at=CLOSED)


def test_declining_for_a_conflict_blocks_the_pair(seat):
    actions.decline(seat=seat, reason="conflict", by=seat.assessor.user, at=CLOSED)
    assert Block.objects.get(bid=seat.bid, assessor=seat.assessor).because == "Declared when declining the bid"


def test_what_is_handed_in_cannot_be_declined(bid, assessment, fund_manager):
    seat = assessed(bid, [5, 5], fund_manager).seat
    with pytest.raises(Refused, match="handed in this assessment"):
        actions.decline(seat=seat, reason="too_many", by=seat.assessor.user, at=CLOSED)


def test_staff_withdraw_a_seat_with_a_reason(seat, fund_manager):
    with pytest.raises(Refused, match="Give a reason"):
        actions.withdraw_seat(seat=seat, reason=" ", by=fund_manager, **STAFF)
    taken = actions.withdraw_seat(seat=seat, reason="Long absence", by=fund_manager, **STAFF)
    assert (taken.state, taken.withdrawn_reason) == ("withdrawn", "Long absence")


def test_a_seat_given_up_is_out_of_sight(seat, fund_manager):
    person = seat.assessor.user
    assert list(queries.bids_of(person)) == [seat.bid]
    actions.withdraw_seat(seat=seat, reason="Long absence", by=fund_manager, **STAFF)
    assert (list(queries.seats_of(person)), list(queries.bids_of(person))) == ([], [])


def test_an_invitation_shows_the_seat_and_not_yet_the_bid(invite):
    seat = invite(assessor())
    assert list(queries.seats_of(seat.assessor.user)) == [seat]
    assert list(queries.bids_of(seat.assessor.user)) == []


def test_no_assessor_sees_the_seat_of_another(seat, bid, fund_manager):
    other = accepted_seat(bid, fund_manager)
    assert list(queries.visible_to(seat.assessor.user)) == [seat]
    assert list(queries.visible_to(other.assessor.user)) == [other]


def test_officials_see_every_seat_and_applicants_none(seat, fund_manager, auditor, finance_officer, applicant):
    for person in (fund_manager, auditor, finance_officer):
        assert list(queries.visible_to(person)) == [seat]
    assert list(queries.visible_to(applicant)) == []


def test_a_bid_that_is_withdrawn_leaves_the_assessors_list(seat):
    bid = Bid.objects.get(pk=seat.bid_id)
    bid.withdraw()
    bid.save()
    assert list(queries.seats_of(seat.assessor.user)) == []
