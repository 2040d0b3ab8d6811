"""An organisation is found by number, code or name, and typed only where no register answers."""

from html import unescape

import pytest

from accounts.models import JoinRequest, Message, Organisation, User
from accounts.states import JoinAnswer, OrganisationKind, Role
from bids.models import Partner
from tests.cast import organisation
from tests.registers import registers
from tests.signing_in import signed_in

__all__ = ["registers"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
APPLY = "/competitions/DHTC-T-1/apply/organisation"
NEW = "98000002"


@pytest.fixture
def newcomer(competition) -> User:
    """Somebody who has just signed up, while the competition is open."""
    return User.objects.create_user("new@example.org", full_name="Nia New")


def get(user: User, path: str = APPLY, **asked) -> str:
    return unescape(signed_in(user).get(path, asked).content.decode())


def post(user: User, path: str = APPLY, **typed) -> str:
    return unescape(signed_in(user).post(path, typed, follow=True).content.decode())


def test_a_search_shows_number_address_and_what_is_wrong(newcomer, registers):
    page = get(newcomer, q="example ltd")
    for text in ("NEW EXAMPLE LTD", "Companies House 98000002", "2 Example Lane, Sampletown, EX2 2CC", "Dissolved"):
        assert text in page
    assert "key=98000002" in page
    assert "key=98000004" not in page


def test_a_company_is_found_by_a_short_number(newcomer, registers):
    assert "OLD EXAMPLE COMPANY LTD" in get(newcomer, q="980010")


def test_what_is_known_here_comes_first_and_once(newcomer, registers):
    organisation(name="New Example Ltd", company_number=NEW)
    page = get(newcomer, q="new example")
    assert page.count("Companies House 98000002") == 2  # in the row and in the name of its link
    assert page.index("known here") < page.index("NEW EXAMPLE HOLDINGS LTD")


def test_a_chosen_company_asks_for_its_size_only(newcomer, registers):
    page = get(newcomer, key=NEW)
    assert "NEW EXAMPLE LTD" in page
    assert 'name="size"' in page
    assert 'name="name"' not in page


def test_what_the_register_says_is_kept(newcomer, registers):
    assert "You bid for NEW EXAMPLE LTD, Companies House 98000002." in post(
        newcomer, company_number=NEW, size="small", name="Another Name"
    )
    made = Organisation.objects.get(company_number=NEW)
    assert (made.name, made.is_verified, made.register_status) == ("NEW EXAMPLE LTD", True, "active")
    assert (made.address, made.postcode) == ("2 Example Lane, Sampletown", "EX2 2CC")
    assert (made.registered_address, made.registered_postcode) == ("2 Example Lane, Sampletown", "EX2 2CC")


@pytest.mark.parametrize("number", ["98000004", "98000005"])
def test_a_company_that_ends_is_refused_beside_its_number(newcomer, registers, number):
    assert "cannot take part" in get(newcomer, key=number)
    page = post(newcomer, company_number=number, size="small")
    assert "cannot take part" in page
    assert 'href="#id_company_number"' in page
    assert not Organisation.objects.filter(company_number=number).exists()


def test_a_company_in_administration_is_taken_with_a_warning(newcomer, registers):
    assert "Companies House: administration. Officials see this too." in get(newcomer, key="98000006")


def test_a_number_that_the_register_does_not_have_is_refused(newcomer, registers):
    page = post(newcomer, company_number="97000000", size="small", name="Nobody Ltd")
    assert "Companies House has no such organisation. Check “97000000”." in page
    assert 'value="Nobody Ltd"' in page
    assert not Organisation.objects.filter(company_number="97000000").exists()


def test_html_from_the_register_is_shown_as_text(newcomer, registers):
    page = signed_in(newcomer).get(APPLY, {"key": "98000007"}).content.decode()
    assert "&lt;b&gt;BOLD&lt;/b&gt;" in page
    assert "<b>BOLD" not in page


def test_when_the_register_is_away_the_details_are_typed_and_flagged(newcomer, registers):
    registers.tell("always 500")
    page = get(newcomer, key=NEW)
    assert "Companies House answers with an error (500). Enter the details yourself." in page
    assert f'value="{NEW}"' in page
    post(newcomer, company_number=NEW, name="New Example Ltd", size="small")
    made = Organisation.objects.get(company_number=NEW)
    assert (made.is_verified, made.unverified_because) == (False, "Companies House did not answer a moment ago.")


def test_a_search_while_the_register_is_away_offers_to_type(newcomer, registers):
    registers.tell("always 500")
    page = get(newcomer, q="example")
    assert "These are the organisations that are known here." in page
    assert "Enter the details yourself" in page


def test_nothing_is_typed_while_the_register_answers(newcomer, registers):
    assert "Enter the details yourself" not in get(newcomer, q="no such name")


NHS = pytest.mark.parametrize("call_terms", [{"lead_kinds": ["nhs_body"]}])


@NHS
def test_an_nhs_body_comes_from_its_register_with_region(newcomer, registers):
    assert "MANCHESTER UNIVERSITY NHS FOUNDATION TRUST" in get(newcomer, q="manchester university")
    post(newcomer, ods_code="r0a")
    made = Organisation.objects.get(ods_code="R0A")
    assert (made.region, made.postcode, made.is_verified) == ("North West", "M13 9WL", True)


@NHS
def test_a_code_finds_an_nhs_body(newcomer, registers):
    assert "key=R0A" in get(newcomer, q="r0a")


@NHS
def test_an_nhs_body_is_typed_while_its_register_is_away_and_only_then(newcomer, registers):
    post(newcomer, ods_code="Z9Z", name="Fictional Trust")
    assert not Organisation.objects.filter(ods_code="Z9Z").exists()
    registers.tell("always 503")
    post(newcomer, ods_code="Z8Z", name="Fictional Trust")
    assert Organisation.objects.get(ods_code="Z8Z").is_verified is False


@pytest.mark.parametrize("call_terms", [{"lead_kinds": ["university"]}])
def test_a_university_that_is_known_is_chosen_by_its_name(newcomer):
    there = organisation(OrganisationKind.UNIVERSITY, "University of Sample")
    assert "known here" in get(newcomer, q="sample")
    post(newcomer, name="UNIVERSITY of sample")
    assert newcomer.memberships.get().organisation == there


@pytest.mark.parametrize(
    "words", ["%", "_", "'--", "\x00", "a" * 101, "１２３", "\u202e", "../company/98000002", "http://127.0.0.1", " "]
)
def test_no_words_break_the_search(newcomer, registers, words):
    for asked in ({"q": words}, {"key": words}, {"typed": words, "key": words}):
        assert signed_in(newcomer).get(APPLY, asked).status_code == 200


def test_a_partner_is_found_by_the_same_finder(bid, applicant, registers):
    path = f"/bids/{bid.reference}/partners/add?kind=sme"
    assert "NEW EXAMPLE LTD" in get(applicant, path, kind="sme", q="new example")
    assert "NEW EXAMPLE LTD takes part." in post(applicant, path, company_number=NEW, size="micro")
    assert Partner.objects.get(bid=bid, organisation__company_number=NEW).size == "micro"


def test_who_finds_a_company_that_has_people_asks_to_be_let_in(newcomer, sme, applicant):
    assert "Ask to be let in" in get(newcomer, key=sme.company_number)
    page = post(newcomer, company_number=sme.company_number, ask="yes")
    assert "We have written to the people of Breathe Example Ltd." in page
    asked = JoinRequest.objects.get()
    assert (asked.user, asked.organisation, asked.answer) == (newcomer, sme, JoinAnswer.WAITING)
    assert Message.objects.get(template="join_asked").to == applicant
    assert newcomer.memberships.count() == 0


def test_an_official_cannot_ask_to_be_let_in(competition, fund_manager, sme, applicant):
    answer = signed_in(fund_manager).post(APPLY, {"company_number": sme.company_number, "ask": "yes"})
    assert (answer.status_code, JoinRequest.objects.count()) == (403, 0)


def test_who_acts_for_a_company_already_goes_on(sme, applicant, competition):
    assert "Ask to be let in" not in get(applicant, key=sme.company_number)
    assert f"You bid for {sme.name}" in post(applicant, company_number=sme.company_number)
    assert applicant.memberships.get().role == Role.APPLICANT
