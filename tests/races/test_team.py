"""People on a bid, from two sessions at once."""

from functools import partial

import pytest

from accounts.models import Membership, User
from accounts.states import OrganisationKind, Role
from bids import actions
from bids.actions import invitations as invited
from bids.actions import team as deeds
from bids.models import Answer, Bid, Invitation, TeamMember
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft
from tests.races.racing import at_once, refused

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def written(competition, sme, applicant) -> Bid:
    """A draft."""
    return draft(competition, sme, applicant)


def test_a_bid_is_handed_to_one_of_two_colleagues(written, sme, applicant):
    colleagues = [person(Role.APPLICANT, sme) for _ in range(4)]
    asked = [partial(invited.hand_over, bid=written, person=c, by=applicant, at=NOW) for c in colleagues]
    assert len(refused(at_once(asked))) == 3
    assert Invitation.objects.get().state == "waiting"


def test_taking_over_and_taking_it_back_ends_one_way(written, sme, applicant):
    ben = person(Role.APPLICANT, sme)
    asked = invited.hand_over(bid=written, person=ben, by=applicant, at=NOW)
    facts = {"invitation": asked, "at": NOW}
    results = at_once(
        [partial(invited.accept, by=ben, **facts), partial(invited.withdraw_invitation, by=applicant, **facts)]
    )
    assert len(refused(results)) == 1
    led_by = {"accepted": ben, "withdrawn": applicant}[Invitation.objects.get().state]
    assert TeamMember.objects.get(role="lead").user == led_by


def test_one_invitation_accepted_from_two_tabs_lets_in_once(written, sme, applicant):
    nia = User.objects.create_user("nia@example.org", full_name="Nia New")
    made = invited.invite(bid=written, organisation=sme, email=nia.email, role="viewer", by=applicant, at=NOW)
    assert len(refused(at_once([partial(invited.accept, invitation=made, by=nia, at=NOW)] * 3))) == 2
    assert Membership.objects.filter(user=nia).count() == 1


def test_one_of_two_first_people_is_let_into_a_partner_of_two_bids(competition, written, applicant):
    partner = organisation(OrganisationKind.SME, "Second Example Ltd")
    rival = organisation(OrganisationKind.SME, "Rival Example Ltd")
    other = draft(competition, rival, olive := person(Role.APPLICANT, rival))
    accepts = []
    for number, (bid, by) in enumerate([(written, applicant), (other, olive)]):
        actions.add_partner(bid=bid, organisation=partner, by=by, at=NOW)
        guest = User.objects.create_user(f"guest{number}@example.org", full_name=f"Guest {number}")
        made = invited.invite(bid=bid, organisation=partner, email=guest.email, role="editor", by=by, at=NOW)
        accepts.append(partial(invited.accept, invitation=made, by=guest, at=NOW))
    assert len(refused(at_once(accepts))) == 1
    assert Membership.objects.filter(organisation=partner).count() == 1


def test_who_is_removed_while_saving_saved_before_or_not_at_all(written, sme, applicant):
    ben, question = person(Role.APPLICANT, sme), written.competition.questions.first()
    save = partial(actions.save_answer, bid=written, question=question, text="Last words.", version=0, by=ben, at=NOW)
    removal = partial(deeds.remove, bid=written, person=ben, by=applicant, at=NOW)
    results = at_once([save, removal])
    assert Answer.objects.count() == 1 - len(refused(results))
    assert refused(at_once([save])) == ["You are no longer on this bid."]
