"""People become assessors by an invitation, an agreement and a profile; nobody else does, and no link works twice."""

import datetime as dt
from contextlib import suppress

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Message, User
from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, agreement, people
from assessments.models import Agreement, Assessor, Invitation, Seat
from audit.models import Event
from tests.asking import get, post, text, told
from tests.cast import NOW, organisation, person
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessor
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
EMAIL = "nia.new@example.org"
EXPIRED = NOW + dt.timedelta(days=14)
PROFILE = {
    "types": ["clinical", "lay"], "about": "Wards.", "expertise": ["sensors"], "clinical_areas": [], "capacity": 5,
    "fee_pence": 15050,
}  # fmt: skip
TYPED = PROFILE | {
    "expertise": "sensors", "fee_pence": "150.50", "agreed": "on", "read_sha256": agreement.SHA256,
}  # fmt: skip


@pytest.fixture
def lead(network) -> User:
    """The lead of the network."""
    return person(Role.AHSN_LEAD, network, "Lena Lead")


@pytest.fixture
def nia(db) -> User:
    """Somebody who has an account and no role."""
    return User.objects.create_user(EMAIL, full_name="Nia New")


@pytest.fixture
def invitation(network, lead) -> Invitation:
    """The lead's invitation to Nia."""
    return invite(lead, network)


def invite(by: User, network, email: str = EMAIL, at: dt.datetime = NOW) -> Invitation:
    role = sorted(by.roles)[0] if by.roles else ""
    return actions.invite_assessor(email=email, network=network, by=by, role=role, at=at)


def join(invitation: Invitation, by: User, **changed) -> Assessor:
    facts = {"read_sha256": agreement.SHA256, "by": by, "at": NOW, **PROFILE}
    return actions.become_assessor(invitation=invitation, **(facts | changed))


def link() -> str:
    """Return the link of the newest invitation."""
    return Message.objects.filter(template="assessor_invitation").order_by("-pk")[0].path


def test_who_accepts_is_an_assessor_of_the_network_with_what_they_filled_in(invitation, nia, network, lead):
    made = join(invitation, nia)
    assert (made.network, made.types, made.capacity, made.fee_pence, made.about) == (
        network, ["clinical", "lay"], 5, 15050, "Wards.",
    )  # fmt: skip
    assert User.objects.get(pk=nia.pk).organisation_ids(Role.ASSESSOR) == {network.pk}
    assert Message.objects.get(template="assessor_accepted").to == lead


def test_the_version_of_the_agreement_its_words_and_the_time_are_kept(invitation, nia):
    kept = join(invitation, nia).agreements.get()
    assert (kept.version, kept.text_sha256, kept.at) == (agreement.VERSION, agreement.SHA256, NOW)


def test_an_independent_assesses_for_the_department(fund_manager, department, nia):
    made = join(invite(fund_manager, None), nia)
    assert (made.network, User.objects.get(pk=nia.pk).organisation_ids(Role.ASSESSOR)) == (None, {department.pk})


def test_the_lead_of_a_network_invites_for_no_other(lead):
    for network in (organisation("ahsn", "Another AHSN"), None):
        with pytest.raises(Refused, match="lead of the network"):
            invite(lead, network)


@pytest.mark.parametrize("role", [Role.MONITORING_OFFICER, Role.ASSESSOR])
def test_others_of_the_network_do_not_invite(network, role):
    with pytest.raises(Refused, match="lead of the network"):
        invite(person(role, network), network)


def test_an_auditor_does_not_invite(auditor, network):
    with pytest.raises(Refused, match="lead of the network"):
        invite(auditor, network)


def test_nobody_is_invited_twice_at_a_time(invitation, fund_manager):
    with pytest.raises(Refused, match="is invited already"):
        invite(fund_manager, None, email="NIA.new@example.org ")


def test_an_expired_invitation_gives_way_to_another(invitation, fund_manager):
    invite(fund_manager, None, at=EXPIRED)
    assert list(Invitation.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "waiting"]


def test_an_assessor_is_not_invited(fund_manager):
    with pytest.raises(Refused, match="is an assessor already"):
        invite(fund_manager, None, email=assessor().user.email)


@pytest.mark.parametrize("email", ["", "nia", "nia@", "a\0@example.org", "ñ@@example.org", f"{'x' * 250}@example.org"])
def test_an_address_that_cannot_be_is_refused(fund_manager, email):
    with pytest.raises(Refused):
        invite(fund_manager, None, email=email)


def test_only_who_was_invited_answers(invitation, applicant):
    with pytest.raises(Refused, match="another address"):
        join(invitation, applicant)


def test_an_invitation_is_answered_once(invitation, nia):
    join(invitation, nia)
    with pytest.raises(Refused, match="accepted already"):
        join(invitation, nia)


def test_an_expired_invitation_lets_nobody_in(invitation, nia):
    with pytest.raises(Refused, match="has expired"):
        join(invitation, nia, at=EXPIRED)


def test_an_invitation_of_somebody_who_leads_no_more_lets_nobody_in(invitation, nia, lead):
    lead.memberships.update(ended_at=NOW)
    with pytest.raises(Refused, match="can no longer let you in"):
        join(invitation, nia)
    assert not Assessor.objects.exists()


def test_an_official_cannot_assess(fund_manager, second_manager):
    with pytest.raises(Refused, match="cannot assess"):
        join(invite(fund_manager, None, email=second_manager.email), second_manager)


@pytest.mark.parametrize(
    "changed",
    [
        {"types": []},
        {"types": ["vet"]},
        {"capacity": 101},
        {"fee_pence": 1_000_001},
        {"fee_pence": -1},
        {"about": "a\0"},
    ],
)
def test_a_profile_that_makes_no_sense_lets_nobody_in(invitation, nia, changed):
    with pytest.raises(Refused), transaction.atomic():
        join(invitation, nia, **changed)
    assert (Assessor.objects.count(), Agreement.objects.count()) == (0, 0)


def test_another_agreement_than_was_read_is_not_agreed_to(invitation, nia):
    with pytest.raises(Refused, match="agreement has changed"):
        join(invitation, nia, read_sha256="0" * 64)


def test_sending_again_makes_another_link(invitation, lead, nia):
    first = link()
    actions.invite_again(invitation=invitation, by=lead, role="ahsn_lead", at=NOW + dt.timedelta(minutes=5))
    assert [signed_in(nia).get(path).status_code for path in (first, link())] == [404, 200]


def test_an_invitation_is_not_sent_twice_at_once(invitation, lead):
    with pytest.raises(Refused, match="less than five minutes"):
        actions.invite_again(invitation=invitation, by=lead, role="ahsn_lead", at=NOW)


def test_a_withdrawn_invitation_cannot_be_accepted(invitation, lead, nia):
    actions.take_back_invitation(invitation=invitation, by=lead, role="ahsn_lead", at=NOW)
    with pytest.raises(Refused, match="withdrawn already"):
        join(invitation, nia)


def test_who_declines_is_no_assessor_and_whoever_invited_is_told(invitation, nia, lead):
    actions.decline_to_assess(invitation=invitation, by=nia, at=NOW)
    assert (Assessor.objects.count(), Message.objects.get(template="assessor_declined").to) == (0, lead)


def test_the_record_tells_who_let_whom_in(invitation, nia):
    join(invitation, nia)
    verbs = [
        "assessor.invited",
        "role.granted",
        "assessor.registered",
        "assessor.agreed",
        "assessor.invitation_accepted",
    ]
    found = Event.objects.filter(verb__in=verbs, at=NOW).exclude(actor_id=None).order_by("id")
    assert set(verbs) <= set(found.values_list("verb", flat=True))
    assert EMAIL not in str(list(found.values_list("changes", flat=True)))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE assessments_invitation SET state = 'waiting'",
        "UPDATE assessments_invitation SET email = 'x@example.org'",
        "UPDATE assessments_agreement SET version = '9'",
        "DELETE FROM assessments_agreement",
    ],
)
def test_what_was_answered_stands_in_the_database(invitation, nia, sql):
    join(invitation, nia)
    with pytest.raises(Exception, match=r"cannot|permission denied|never changed"), transaction.atomic():
        as_web_role(sql)


def test_the_database_keeps_one_waiting_invitation_to_an_address(invitation):
    facts = {"email": EMAIL, "token_sha256": "1" * 64, "invited_by": invitation.invited_by, "sent_at": NOW}
    with pytest.raises(IntegrityError, match="one_waiting_invitation"), transaction.atomic():
        Invitation.objects.create(**facts, expires_at=EXPIRED)


# Pages


def test_the_link_leads_from_sign_in_to_the_profile(invitation, nia, clock):
    assert "You are invited to assess bids" in text(signed_in(None).get(link()))
    assert "What you agree to" in text(signed_in(nia).get(link()))
    answer = signed_in(nia).post(link(), TYPED)
    assert (answer.headers["Location"], Assessor.objects.get().fee_pence) == (reverse("interests"), 15050)


def test_without_the_tick_nobody_is_let_in_and_what_was_typed_stays(invitation, nia, clock):
    page = text(signed_in(nia).post(link(), {k: v for k, v in TYPED.items() if k != "agreed"}))
    assert "Read the agreement and tick the box" in page
    assert not Assessor.objects.exists()


@pytest.mark.parametrize("fee", ["1e9", "NaN", "-1", "12.345", "１２３４５６７", "ten", "\0"])
def test_an_odd_fee_is_refused_beside_the_field(invitation, nia, clock, fee):
    assert "Error:" in text(signed_in(nia).post(link(), TYPED | {"fee_pence": fee}))
    assert not Assessor.objects.exists()


def test_somebody_elses_link_says_so(invitation, applicant, clock):
    assert "sent to another address" in text(signed_in(applicant).get(link()))


def test_a_link_that_names_nothing_is_not_there(nia, clock):
    assert signed_in(nia).get("/assess/nothing").status_code == 404


def test_the_no_is_a_button(invitation, nia, clock):
    assert told(signed_in(nia).post(link(), {"answer": "decline"})) == ["You have declined the invitation."]


def test_the_lead_sees_and_invites_for_their_network_only(lead, network, fund_manager, clock):
    other = organisation("ahsn", "Another AHSN")
    hidden = invite(fund_manager, other, email="other@example.org")
    post(lead, "assessor_invitations", email=EMAIL, network=network.pk)
    page = text(get(lead, "assessor_invitations"))
    assert (EMAIL in page, "other@example.org" in page) == (True, False)
    assert post(lead, "assessor_invitation_withdraw", hidden.pk).status_code == 404
    assert "Select a valid choice" in text(post(lead, "assessor_invitations", email="b@example.org", network=other.pk))


def test_an_auditor_reads_the_list_and_sends_nothing(auditor, network, clock):
    post(auditor, "assessor_invitations", email=EMAIL, network=network.pk)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "data", [{"email": "x"}, {"email": EMAIL, "network": "999999999999999"}, {"email": "\0@a.org"}]
)
def test_odd_invitations_are_refused_beside_the_field(fund_manager, clock, data):
    assert "Error:" in text(post(fund_manager, "assessor_invitations", **data))


def test_an_agreement_is_asked_for(clock):
    who = assessor(agrees=False)
    assert "I agree to all of this" in text(get(who.user, "assessor_agreement"))
    post(who.user, "assessor_agreement", agreed="on", read_sha256=agreement.SHA256)
    assert "You agreed to this on 2 February 2027" in text(get(who.user, "assessor_agreement"))


@pytest.mark.parametrize(
    ("versions", "state"), [([], "invited"), (["0"], "invited"), (["0", agreement.VERSION], "accepted")]
)
def test_no_bid_is_accepted_without_the_agreement_of_today(bid, assessment, fund_manager, versions, state):
    seat = actions.invite(bid=bid, assessor=assessor(agrees=False), by=fund_manager, **STAFF)
    for version in versions:
        Agreement.objects.create(assessor=seat.assessor, version=version, text_sha256="0" * 64, at=NOW)
    with suppress(Refused):
        actions.accept(seat=seat, by=seat.assessor.user, at=CLOSED)
    assert Seat.objects.get().state == state


# The officials' list


def names(user: User, **asked) -> list[str]:
    found = people.narrowed(people.visible_to(user), asked, NOW.date())
    return [str(one) for one in found.order_by("pk")]


def test_the_list_is_narrowed(network, fund_manager):
    ada = assessor(network, types=["clinical"], expertise=["Wearable sensors"], clinical_areas=["Diabetes"])
    ben = assessor(types=["lay"])
    actions.add_absence(assessor=ben, first_on=NOW.date(), last_on=NOW.date(), by=ben.user, at=NOW)
    both = [str(ada), str(ben)]
    asked = ({}, {"network": "none"}, {"network": str(network.pk)}, {"type": "lay"}, {"area": "Diabetes"},
             {"tag": "sensor"}, {"available": "yes"}, {"available": "no"}, {"q": ben.user.email})  # fmt: skip
    assert [names(fund_manager, **one) for one in asked] == [
        both, both[1:], both[:1], both[1:], both[:1], both[:1], both[:1], both[1:], both[1:],
    ]  # fmt: skip


def test_the_lead_lists_the_assessors_of_the_network(network, lead, applicant):
    ours = assessor(network)
    assessor()
    assert (names(lead), names(applicant)) == ([str(ours)], [])


def test_the_list_leaves_as_csv(network, fund_manager, clock):
    who = assessor(network)
    lines = b"".join(get(fund_manager, "assessors_csv", type="clinical").streaming_content).decode().splitlines()
    assert lines[1].startswith(f"{who},{who.user.email},{network},clinical,")


def test_officials_set_a_capacity_for_one_competition(competition, fund_manager, auditor, clock):
    who = assessor()
    post(fund_manager, "assessor_capacity", who.pk, competition=competition.reference, bids="3")
    assert people.capacities_of(who).get().bids == 3
    assert post(auditor, "assessor_capacity", who.pk, competition=competition.reference, bids="4").status_code == 403
    post(fund_manager, "assessor_capacity", who.pk, competition=competition.reference, bids="")
    assert not people.capacities_of(who).exists()


def test_an_assessor_says_when_they_are_away_and_takes_it_back(clock):
    who = assessor()
    parts = {"day": 1, "month": 3, "year": 2027}
    days = {f"{end}_on_{part}": n for end in ("first", "last") for part, n in parts.items()}
    post(who.user, "assessor_availability", **days)
    assert "1 March 2027" in text(get(who.user, "assessor_availability"))
    other = assessor()
    assert post(other.user, "assessor_not_away", who.absences.get().pk).status_code == 404
    post(who.user, "assessor_not_away", who.absences.get().pk)
    assert not who.absences.exists()


@pytest.mark.parametrize(
    ("first", "last"),
    [((2027, 3, 2), (2027, 3, 1)), ((2027, 1, 1), (2027, 1, 2)), ((2027, 3, 1), (2099, 1, 1))],
)
def test_days_that_make_no_sense(first, last):
    who = assessor()
    with pytest.raises(Refused):
        actions.add_absence(assessor=who, first_on=dt.date(*first), last_on=dt.date(*last), by=who.user, at=NOW)


def test_nobody_is_away_for_another(applicant):
    who = assessor()
    with pytest.raises(Refused, match="Only the assessor"):
        actions.add_absence(assessor=who, first_on=NOW.date(), last_on=NOW.date(), by=applicant, at=NOW)


@pytest.mark.parametrize("bids", [-1, 101])
def test_a_capacity_makes_sense(competition, fund_manager, bids):
    with pytest.raises(Refused, match="between 0 and 100"):
        actions.set_capacity(assessor=assessor(), competition=competition, bids=bids, by=fund_manager, at=NOW)
