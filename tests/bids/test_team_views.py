"""Pages of who works on a bid: what each person sees, and what is refused to whom."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message, Organisation, User
from accounts.states import OrganisationKind, Role
from bids import actions, team
from bids.actions import invitations as invited
from bids.actions import team as deeds
from bids.models import Answer, Bid, Invitation, Presence, TeamMember
from tests.bids.cast_pages import half_written
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft, lead_partner
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
EMAIL = "nia.new@example.org"


@pytest.fixture
def ben(sme) -> User:
    """A colleague of the applicant."""
    return person(Role.APPLICANT, sme, "Ben Colleague")


@pytest.fixture
def nia(db) -> User:
    """Somebody who acts for nobody yet."""
    return User.objects.create_user(EMAIL, full_name="Nia New")


@pytest.fixture
def invitation(bid, applicant) -> Invitation:
    """An invitation to Nia."""
    return invited.invite(bid=bid, organisation=bid.lead, email=EMAIL, role="editor", by=applicant, at=NOW)


def link(invitation: Invitation) -> str:
    return Message.objects.filter(template="invitation", address=invitation.email).latest("pk").path


def page(user: User | None, path: str, **typed) -> str:
    """Return the page that a person gets; what they typed is posted."""
    client = signed_in(user)
    answer = client.post(path, typed, follow=True) if typed else client.get(path, follow=True)
    return unescape(answer.content.decode())


def everything(bid: Bid) -> list:
    """Return every row of a bid that people write."""
    parts = [*bid.partners.order_by("pk").values(), *bid.answers.order_by("pk").values()]
    lines = [line for part in bid.partners.order_by("pk") for line in part.cost_lines.order_by("pk").values()]
    sources = [s for part in bid.partners.order_by("pk") for s in part.match_sources.order_by("pk").values()]
    rest = [*bid.documents.order_by("pk").values(), *bid.invitations.order_by("pk").values()]
    people = [*bid.members.order_by("pk").values(), *bid.assignments.order_by("pk").values()]
    return [*Bid.objects.filter(pk=bid.pk).values(), *parts, *lines, *sources, *rest, *people]


def posts(bid: Bid) -> dict[str, dict[str, str]]:
    """Return path → a form that would change the bid, for every form of it."""
    part, ben = lead_partner(bid), bid.members.exclude(user=bid.created_by).get().user_id
    source, document = part.match_sources.last().pk, bid.documents.get(match_source=None).pk
    other = bid.partners.exclude(pk=part.pk).get().pk
    money = f"partners/{part.pk}"
    return {
        "details": {"title": "Mine", "start_on": "2027-06-01", "months": "9"},
        "questions/question-1": {"text": "Mine", "version": "0"},
        "questions/question-1/save": {"text": "Mine", "version": "0"},
        f"partners/{other}/remove": {"x": "1"},
        f"{money}/size": {"size": "micro"},
        f"{money}/costs": {"working_days": "200"},
        f"{money}/costs/materials/add": {"description": "X", "quantity": "1", "unit_pounds": "1"},
        f"{money}/funding": {"percent": "10", "other_public_pounds": "0"},
        f"{money}/match/{source}/remove": {"x": "1"},
        f"documents/{document}/remove": {"x": "1"},
        "submit": {"key": "k", "agrees": "on"},
        "reopen": {"x": "1"},
        "give-up": {"x": "1"},
        "withdraw": {"x": "1"},
        "team/invite": {"email": EMAIL, "role": "editor"},
        f"team/{bid.created_by_id}/role": {"role": "viewer"},
        f"team/{ben}/role": {"role": "editor"},
        f"team/{bid.created_by_id}/remove": {"x": "1"},
        "team/hand-over": {"person": str(ben)},
        "team/take-lead": {"x": "1"},
        f"team/invitations/{bid.invitations.get().pk}/again": {"x": "1"},
        f"team/invitations/{bid.invitations.get().pk}/withdraw": {"x": "1"},
        "assign/details": {"person": str(ben)},
    }


def test_a_viewer_posts_every_form_and_moves_nothing(competition, sme, applicant, ben, trust, store):
    bid = half_written(competition, sme, applicant, trust)
    deeds.set_role(bid=bid, person=ben, role="viewer", by=applicant, at=NOW)
    stood, client = everything(bid), signed_in(ben)
    for path, typed in posts(bid).items():
        answer = client.post(f"/bids/{bid.reference}/{path}", typed)
        assert (path, answer.status_code in (200, 302, 422)) == (path, True)
        assert (path, everything(bid) == stood) == (path, True)


def test_finance_answers_no_question_and_keeps_what_was_typed(bid, applicant, ben):
    deeds.set_role(bid=bid, person=ben, role="finance", by=applicant, at=NOW)
    found = page(ben, f"/bids/{bid.reference}/questions/summary", text="My words", version=0)
    assert "so you cannot change this part" in found
    assert ">My words</textarea>" in found
    assert not Answer.objects.exists()


def test_the_open_tab_of_somebody_who_was_removed_saves_nothing(bid, applicant, ben):
    client = signed_in(ben)
    assert client.get(f"/bids/{bid.reference}/questions/summary").status_code == 200
    deeds.remove(bid=bid, person=ben, by=applicant, at=NOW)
    for path in ("", "questions/summary", "team", "check"):
        assert client.get(f"/bids/{bid.reference}/{path}").status_code == 404
    for path in ("questions/summary", "questions/summary/save"):
        assert client.post(f"/bids/{bid.reference}/{path}", {"text": "Late", "version": 0}).status_code == 404
    assert not Answer.objects.exists()


def test_the_team_page_shows_people_invitations_and_sections(bid, applicant, ben, invitation):
    found = page(applicant, f"/bids/{bid.reference}/team")
    for text in ("Ada Applicant", "Lead person", "Ben Colleague", "Editor", EMAIL, "Waiting", "Project summary"):
        assert text in found


@pytest.mark.parametrize("colleagues", [1, 3])
def test_the_team_page_takes_the_same_queries_however_many_there_are(
    bid, sme, applicant, colleagues, django_assert_num_queries
):
    for i in range(colleagues):
        ben = person(Role.APPLICANT, sme)
        invited.invite(bid=bid, organisation=sme, email=f"g{i}@example.org", role="viewer", by=applicant, at=NOW)
        deeds.assign(
            bid=bid, section=["details", "documents", "questions/summary"][i], person=ben, by=applicant, at=NOW
        )
    client = signed_in(applicant)
    with django_assert_num_queries(14):
        client.get(f"/bids/{bid.reference}/team")


def test_a_colleague_sees_no_deeds_of_the_lead_person(bid, ben, invitation):
    found = page(ben, f"/bids/{bid.reference}/team")
    for text in ("Invite somebody", "Hand over", "Withdraw", "/role"):
        assert text not in found
    assert "Leave the bid" in found


def test_somebody_is_invited_through_the_page(bid, applicant):
    found = page(applicant, f"/bids/{bid.reference}/team/invite", email=" Nia.New@example.org ", role="finance")
    assert f"{EMAIL} is invited." in found
    assert Invitation.objects.get().role == "finance"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"email": "nia", "role": "editor"}, "Enter an e-mail address in full"),
        ({"email": "", "role": "editor"}, "Enter the e-mail address to invite."),
        ({"email": EMAIL}, "Choose what they will do."),
        ({"email": EMAIL, "role": "lead"}, "Select a valid choice"),
        ({"email": "x" * 300 + "@example.org", "role": "editor"}, "The e-mail address is too long."),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_beside_the_field(bid, applicant, typed, why):
    assert why in page(applicant, f"/bids/{bid.reference}/team/invite", **typed)
    assert not Invitation.objects.exists()


def test_the_first_person_of_a_partner_is_invited_through_the_page(bid, applicant):
    company = organisation(OrganisationKind.SME, "Second Example Ltd")
    actions.add_partner(bid=bid, organisation=company, by=applicant, at=NOW)
    path = f"/bids/{bid.reference}/team/invite"
    page(applicant, path, email=EMAIL, role="editor", organisation=str(company.pk))
    assert Invitation.objects.get().organisation == company


def test_a_role_is_changed_and_a_colleague_removed_through_the_pages(bid, applicant, ben):
    page(applicant, f"/bids/{bid.reference}/team/{ben.pk}/role", role="viewer")
    assert team.role_of(ben, bid) == "viewer"
    page(applicant, f"/bids/{bid.reference}/team/{ben.pk}/remove", x="1")
    assert team.role_of(ben, bid) == "removed"


def test_a_bid_is_handed_over_through_the_pages(bid, applicant, ben):
    assert "is asked to lead the bid" in page(applicant, f"/bids/{bid.reference}/team/hand-over", person=str(ben.pk))
    assert "Lead a bid" in page(ben, link(Invitation.objects.get()))
    page(ben, link(Invitation.objects.get()), answer="accept")
    assert TeamMember.objects.get(role="lead").user == ben


def test_who_leaves_comes_to_the_dashboard(bid, ben):
    assert f"You have left the bid {bid.reference}." in page(ben, f"/bids/{bid.reference}/team/leave", x="1")


def test_people_of_other_bids_are_not_found_below_mine(bid, applicant, stranger, competition):
    theirs = draft(competition, Organisation.objects.get(memberships__user=stranger), stranger)
    other = invited.invite(
        bid=theirs, organisation=theirs.lead, email=EMAIL, role="viewer", by=stranger, at=NOW
    )  # fmt: skip
    client = signed_in(applicant)
    for path in (f"{stranger.pk}/role", f"{stranger.pk}/remove", f"invitations/{other.pk}/again"):
        assert client.post(f"/bids/{bid.reference}/team/{path}", {"role": "viewer"}).status_code == 404
    for path in ("team", "team/invite", "team/leave", "assign/details"):
        assert client.get(f"/bids/{theirs.reference}/{path}").status_code == 404


# Sections


def test_a_section_is_assigned_and_shown_as_ones_own(bid, applicant, ben):
    path = f"/bids/{bid.reference}/assign/questions/summary"
    typed = {"due_on_day": "20", "due_on_month": "2", "due_on_year": "2027"}
    assert "assigned to Ben Colleague" in page(applicant, path, person=str(ben.pk), **typed)
    mine = page(ben, f"/bids/{bid.reference}/?mine=1")
    assert "Ben Colleague, assigned, by 20 February 2027" in mine
    assert "Question 1" not in mine


def test_a_section_is_nobodys_again(bid, applicant, ben):
    deeds.assign(bid=bid, section="details", person=ben, by=applicant, at=NOW)
    assert "assigned to nobody" in page(applicant, f"/bids/{bid.reference}/assign/details", person="")
    assert not bid.assignments.exists()


@pytest.mark.parametrize("section", ["nothing", "questions/none", "partners/99/costs", "details/../team", "%00"])
def test_a_section_that_is_not_there_is_not_found(bid, applicant, section):
    assert signed_in(applicant).get(f"/bids/{bid.reference}/assign/{section}").status_code in (400, 404)


def test_the_day_is_refused_beside_it(bid, applicant, ben):
    typed = {"due_on_day": "1", "due_on_month": "2", "due_on_year": "2027", "person": str(ben.pk)}
    assert "has passed" in page(applicant, f"/bids/{bid.reference}/assign/details", **typed)


def test_who_opens_a_section_is_seen_in_the_list_and_on_the_page(bid, applicant, ben):
    page(ben, f"/bids/{bid.reference}/questions/summary")
    for path in ("", "questions/summary"):
        assert "Ben Colleague is editing this now" in page(applicant, f"/bids/{bid.reference}/{path}")
    assert "is editing this now" not in page(ben, f"/bids/{bid.reference}/questions/question-1")


def test_a_viewer_who_looks_at_a_section_edits_nothing(bid, applicant, ben):
    deeds.set_role(bid=bid, person=ben, role="viewer", by=applicant, at=NOW)
    page(ben, f"/bids/{bid.reference}/questions/summary")
    assert not Presence.objects.exists()


# Answering


def test_somebody_who_is_not_signed_in_learns_nothing_but_what_to_do(bid, invitation):
    found = page(None, link(invitation))
    assert "Sign in with the e-mail address that the invitation came to." in found
    assert f"next={link(invitation)}" in found.replace("%2F", "/")
    for secret in (EMAIL, bid.title, bid.reference, bid.lead.name, "Ada"):
        assert secret not in found


def test_somebody_with_another_address_learns_nothing_and_moves_nothing(bid, invitation, stranger):
    for found in (page(stranger, link(invitation)), page(stranger, link(invitation), answer="accept")):
        assert "This invitation was sent to another address" in found
        assert not [s for s in (EMAIL, bid.title, bid.reference, bid.lead.name, "Ada") if s in found]
    assert Invitation.objects.get().state == "waiting"


def test_the_person_invited_reads_it_accepts_and_comes_to_the_bid(bid, invitation, nia):
    assert "Breathe Example Ltd" in page(nia, link(invitation))
    found = page(nia, link(invitation), answer="accept")
    assert f"You work on the bid {bid.reference} now." in found
    assert "This invitation is accepted already." in page(nia, link(invitation))


def test_the_person_invited_declines(invitation, nia):
    assert "You have declined the invitation." in page(nia, link(invitation), answer="decline")
    assert Invitation.objects.get().state == "declined"


@pytest.mark.parametrize("answer", ["", "perhaps", "ACCEPT"])
def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(invitation, nia, answer):
    page(nia, link(invitation), answer=answer)
    assert Invitation.objects.get().state == "waiting"


def test_an_official_is_told_why_not(bid, applicant, fund_manager):
    made = invited.invite(bid=bid, organisation=bid.lead, email=fund_manager.email, role="viewer", by=applicant, at=NOW)
    assert "Officials of the fund cannot take part in a bid." in page(fund_manager, link(made), answer="accept")


def test_an_invitation_is_found_on_ones_own_dashboard_only(invitation, nia, stranger):
    path = reverse("invitation_to_me", args=[invitation.pk])
    assert signed_in(stranger).post(path, {"answer": "accept"}).status_code == 404
    assert "You work on the bid" in page(nia, path, answer="accept")


def test_links_that_name_nothing_are_not_found_and_soon_refused():
    client = Client()
    answers = [client.get(f"/invitations/{'x' * 42}{i}").status_code for i in range(22)]
    assert answers == [404] * 20 + [429] * 2


def test_the_link_sent_before_names_nothing_any_more(bid, applicant, invitation, nia):
    first = link(invitation)
    Invitation.objects.update(sent_at=NOW.replace(hour=1))
    page(applicant, f"/bids/{bid.reference}/team/invitations/{invitation.pk}/again", x="1")
    assert signed_in(nia).get(first).status_code == 404
