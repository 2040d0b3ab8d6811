"""Invitations to a bid: who may invite, who may answer, and handing the bid over."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.invitations import token_digest
from accounts.models import Membership, Message, User
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from bids import actions, queries, team
from bids.actions import invitations as invited
from bids.actions import team as deeds
from bids.models import Bid, Invitation, TeamMember
from bids.states import InvitationState
from tests.cast import NOW, organisation, person

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=14)
EMAIL = "nia.new@example.org"


@pytest.fixture
def nia(db) -> User:
    """Somebody who acts for nobody yet."""
    return User.objects.create_user(EMAIL, full_name="Nia New")


@pytest.fixture
def ben(sme) -> User:
    """A colleague of the applicant."""
    return person(Role.APPLICANT, sme, "Ben Colleague")


def invite(bid: Bid, by: User, **changed) -> Invitation:
    facts = {"organisation": bid.lead, "email": EMAIL, "role": "editor", "at": NOW}
    return invited.invite(bid=bid, by=by, **(facts | changed))


def token_of(invitation: Invitation) -> str:
    """Return the token in the last e-mail of an invitation."""
    found = Message.objects.filter(template="invitation", address=invitation.email).order_by("-pk").first()
    return found.path.rpartition("/")[2]


def test_an_invitation_is_sent_with_a_link_of_which_only_the_digest_is_kept(bid, applicant):
    made = invite(bid, applicant, email="  Nia.New@Example.org ")
    assert (made.email, made.state, made.expires_at) == (EMAIL, "waiting", LATER)
    assert made.token_sha256 == token_digest(token_of(made))
    assert len(token_of(made)) == 43


def test_who_accepts_acts_for_the_organisation_and_is_named_on_the_bid(bid, applicant, nia, sme):
    invited.accept(invitation=invite(bid, applicant, role="finance"), by=nia, at=NOW)
    nia = User.objects.get(pk=nia.pk)
    assert nia.organisation_ids(Role.APPLICANT) == {sme.pk}
    assert team.role_of(nia, bid) == "finance"
    assert Message.objects.get(template="invitation_accepted").to == applicant


def test_an_invitation_works_once(bid, applicant, nia):
    made = invite(bid, applicant)
    invited.accept(invitation=made, by=nia, at=NOW)
    for answer in (invited.accept, invited.decline):
        with pytest.raises(Refused, match="accepted already"):
            answer(invitation=made, by=nia, at=NOW)


def test_an_invitation_expires_after_fourteen_days(bid, applicant, nia):
    made = invite(bid, applicant)
    with pytest.raises(Refused, match="has expired"):
        invited.accept(invitation=made, by=nia, at=LATER)
    invited.accept(invitation=made, by=nia, at=LATER - dt.timedelta(seconds=1))


def test_nobody_answers_the_invitation_of_another_address(bid, applicant, stranger):
    made = invite(bid, applicant)
    for answer in (invited.accept, invited.decline):
        with pytest.raises(Refused, match="sent to another address"):
            answer(invitation=made, by=stranger, at=NOW)
    assert not queries.visible_to(stranger).exists()


@pytest.mark.parametrize("official", ["fund_manager", "finance_officer", "auditor"])
def test_officials_of_the_fund_cannot_be_bidders(bid, applicant, official, request):
    user = request.getfixturevalue(official)
    made = invite(bid, applicant, email=user.email)
    with pytest.raises(Refused, match="Officials of the fund cannot"):
        invited.accept(invitation=made, by=user, at=NOW)
    assert not user.memberships.filter(role=Role.APPLICANT).exists()


def test_declining_is_told_to_who_invited(bid, applicant, nia):
    invited.decline(invitation=invite(bid, applicant), by=nia, at=NOW)
    assert Message.objects.get(template="invitation_declined").to == applicant
    assert not Membership.objects.filter(user=nia).exists()


def test_sending_again_makes_another_link_and_the_days_anew(bid, applicant):
    made = invite(bid, applicant)
    first, at = token_of(made), NOW + dt.timedelta(days=3)
    again = invited.send_again(invitation=made, by=applicant, at=at)
    assert token_of(made) != first
    assert (again.token_sha256, again.expires_at) == (token_digest(token_of(made)), at + dt.timedelta(days=14))


def test_nobody_is_flooded_with_one_invitation(bid, applicant):
    with pytest.raises(Refused, match="less than five minutes ago"):
        invited.send_again(invitation=invite(bid, applicant), by=applicant, at=NOW + dt.timedelta(minutes=4))


def test_nobody_sends_more_than_thirty_a_day(bid, applicant):
    for i in range(30):
        invite(bid, applicant, email=f"guest{i}@example.org")
    with pytest.raises(Refused, match="30 invitations since yesterday"):
        invite(bid, applicant)
    assert invite(bid, applicant, at=NOW + dt.timedelta(days=1))


def test_a_withdrawn_invitation_is_not_accepted(bid, applicant, nia):
    made = invited.withdraw_invitation(invitation=invite(bid, applicant), by=applicant, at=NOW)
    with pytest.raises(Refused, match="withdrawn already"):
        invited.accept(invitation=made, by=nia, at=NOW)


def test_an_address_is_invited_once_at_a_time(bid, applicant):
    invite(bid, applicant)
    with pytest.raises(Refused, match="is invited already"):
        invite(bid, applicant, email=EMAIL.upper())
    assert invite(bid, applicant, at=LATER).state == "waiting"
    assert Invitation.objects.filter(state=InvitationState.WITHDRAWN).count() == 1


def test_who_is_on_the_bid_is_not_invited_again(bid, applicant, ben):
    with pytest.raises(Refused, match="works on this bid already"):
        invite(bid, applicant, email=ben.email)


def test_who_was_removed_can_be_invited_again(bid, applicant, ben):
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    invited.accept(invitation=invite(bid, applicant, email=ben.email), by=ben, at=NOW)
    assert queries.visible_to(ben).get() == bid


@pytest.mark.parametrize("email", ["", "nia", "nia@", "a@b", "nia@example.org\nbcc:x@y.org", "x" * 300 + "@e.org"])
def test_what_is_no_address_is_refused(bid, applicant, email):
    with pytest.raises(Refused, match="address"):
        invite(bid, applicant, email=email)


@pytest.mark.parametrize("role", ["lead", "removed", "owner"])
def test_a_role_that_cannot_be_given_is_refused(bid, applicant, role):
    with pytest.raises(Refused, match="Choose editor, finance or viewer"):
        invite(bid, applicant, role=role)


def test_only_the_lead_person_invites_for_the_lead(bid, ben):
    with pytest.raises(Refused, match="can invite their colleagues"):
        invite(bid, ben)


def test_the_first_person_of_a_partner_is_invited_by_the_lead_and_the_next_by_them(bid, applicant, nia):
    company = organisation(OrganisationKind.SME, "Second Example Ltd")
    actions.add_partner(bid=bid, organisation=company, by=applicant, at=NOW)
    first, second = (invite(bid, applicant, organisation=company, email=e) for e in (EMAIL, "olu@example.org"))
    invited.accept(invitation=first, by=nia, at=NOW)
    olu, nia = User.objects.create_user("olu@example.org"), User.objects.get(pk=nia.pk)
    with pytest.raises(Refused, match="can no longer let you in"):
        invited.accept(invitation=second, by=olu, at=NOW)
    with pytest.raises(Refused, match="can invite their colleagues"):
        invite(bid, applicant, organisation=company, email="third@example.org")
    assert invite(bid, nia, organisation=company, email="third@example.org").organisation == company


def test_a_viewer_of_a_partner_invites_nobody(bid, applicant, trust, trust_person):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    deeds.set_role(bid=bid, person=trust_person, role="viewer", by=applicant, at=NOW)
    with pytest.raises(Refused, match="can invite their colleagues"):
        invite(bid, trust_person, organisation=trust)


def test_an_organisation_that_is_not_in_the_bid_is_invited_into_by_nobody(bid, applicant, stranger):
    elsewhere = stranger.memberships.get().organisation
    for by in (applicant, stranger):
        with pytest.raises(Refused, match="can invite their colleagues"):
            invite(bid, by, organisation=elsewhere)


def test_an_invitation_ends_with_the_partner_and_with_the_right_of_who_invited(bid, applicant, nia, ben):
    company = organisation(OrganisationKind.SME, "Second Example Ltd")
    part = actions.add_partner(bid=bid, organisation=company, by=applicant, at=NOW)
    for_partner = invite(bid, applicant, organisation=company)
    actions.remove_partner(partner=part, by=applicant, at=NOW)
    with pytest.raises(Refused, match="no longer in this bid"):
        invited.accept(invitation=for_partner, by=nia, at=NOW)
    other = invite(bid, applicant, email="olu@example.org")
    handed(bid, applicant, ben)
    olu = User.objects.create_user("olu@example.org")
    with pytest.raises(Refused, match="can no longer let you in"):
        invited.accept(invitation=other, by=olu, at=NOW)


def test_the_record_holds_no_address(bid, applicant):
    invite(bid, applicant)
    assert EMAIL not in str(Event.objects.get(verb="team.invited").changes)


def test_the_database_keeps_the_way_of_an_invitation(bid, applicant, nia):
    made = invited.accept(invitation=invite(bid, applicant), by=nia, at=NOW)
    for change in ({"state": "waiting", "answered_by": None, "answered_at": None}, {"email": "x@example.org"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=made.pk).update(**change)


# Handing over


def handed(bid: Bid, by: User, to: User) -> None:
    asked = invited.hand_over(bid=bid, person=to, by=by, at=NOW)
    invited.accept(invitation=asked, by=to, at=NOW)


def test_the_bid_is_handed_over_when_the_colleague_accepts(bid, applicant, ben):
    asked = invited.hand_over(bid=bid, person=ben, by=applicant, at=NOW)
    assert team.lead_person(bid) == applicant
    invited.accept(invitation=asked, by=ben, at=NOW)
    assert (team.lead_person(bid), team.role_of(applicant, bid)) == (ben, "editor")
    assert Message.objects.get(template="handed_over").to == applicant


def test_a_bid_is_handed_to_one_colleague_at_a_time(bid, applicant, sme, ben):
    cat = person(Role.APPLICANT, sme, "Cat Colleague")
    invited.hand_over(bid=bid, person=ben, by=applicant, at=NOW)
    with pytest.raises(Refused, match="has not answered"):
        invited.hand_over(bid=bid, person=cat, by=applicant, at=NOW)
    assert invited.hand_over(bid=bid, person=cat, by=applicant, at=LATER).email == cat.email


def test_a_bid_is_handed_only_to_a_colleague_of_the_lead(bid, applicant, trust, trust_person, stranger):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    with pytest.raises(Refused, match="does not act for"):
        invited.hand_over(bid=bid, person=trust_person, by=applicant, at=NOW)
    with pytest.raises(Refused, match="does not work on this bid"):
        invited.hand_over(bid=bid, person=stranger, by=applicant, at=NOW)


def test_only_the_lead_person_hands_over(bid, ben, applicant):
    with pytest.raises(Refused, match="Only the lead person"):
        invited.hand_over(bid=bid, person=ben, by=ben, at=NOW)


def test_who_has_left_the_lead_cannot_take_the_bid_over(bid, applicant, ben):
    asked = invited.hand_over(bid=bid, person=ben, by=applicant, at=NOW)
    ben.memberships.update(ended_at=NOW)
    with pytest.raises(Refused, match="can no longer let you in"):
        invited.accept(invitation=asked, by=ben, at=NOW)


def test_the_database_keeps_one_waiting_hand_over(bid, applicant, ben, nia):
    asked = invited.hand_over(bid=bid, person=ben, by=applicant, at=NOW)
    values = Invitation.objects.filter(pk=asked.pk).values(
        "bid_id", "organisation_id", "role", "invited_by_id", "sent_at", "expires_at"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(**values[0], email=nia.email, token_sha256="0" * 64)
    assert TeamMember.objects.filter(role="lead").count() == 1
