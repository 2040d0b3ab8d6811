"""Begin a bid through the pages."""

import datetime as dt
from html import unescape

import pytest
from django.utils import timezone

from accounts.actions import grant_role
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from bids.models import Bid
from funds.models import Strand
from tests.cast import NOW, organisation, person
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
APPLY = "/competitions/DHTC-T-1/apply"
COMPANY = {"name": "New Example Ltd", "company_number": "1234567", "size": "small"}


@pytest.fixture
def newcomer(competition) -> User:
    """Somebody who has just signed up, while the competition is open."""
    return User.objects.create_user("new@example.org", full_name="Nia New")


def post(user: User, path: str, **typed) -> str:
    return unescape(signed_in(user).post(path, typed, follow=True).content.decode())


def test_a_title_is_all_it_takes_when_nothing_else_is_to_choose(competition, sme, applicant):
    answer = signed_in(applicant).post(APPLY, {"title": "A breath test"})
    bid = Bid.objects.get()
    assert answer.headers["Location"] == f"/bids/{bid.reference}/"
    assert (bid.lead, bid.strand.code, bid.category) == (sme, "feasibility", "feasibility")


def test_who_bids_for_two_companies_chooses(competition, sme, applicant):
    other = organisation(OrganisationKind.SME, "Second Example Ltd")
    grant_role(user=applicant, organisation=other, role=Role.APPLICANT, by=None, at=NOW)
    assert "Choose the organisation that leads the bid." in post(applicant, APPLY, title="A breath test")
    post(applicant, APPLY, title="A breath test", lead=other.pk)
    assert Bid.objects.get().lead == other


def test_a_kind_of_research_that_the_strand_does_not_take_is_refused_beside_it(draft_competition, request, applicant):
    facts = {"categories": ["industrial"], "cost_max_pounds": 1_000_000}
    strand = Strand.objects.create(competition=draft_competition, code="industrial", title="Industrial", **facts)
    request.getfixturevalue("competition")
    page = post(applicant, APPLY, title="A breath test", strand=strand.pk, category="feasibility")
    assert "Choose a research category that the strand takes." in page
    assert 'href="#id_category"' in page


def test_an_organisation_of_somebody_else_is_no_choice(competition, applicant, stranger):
    theirs = stranger.held[0].organisation
    post(applicant, APPLY, title="A breath test", lead=theirs.pk)
    assert Bid.objects.filter(lead=theirs).count() == 0


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("", "Give the bid a title."),
        ("\u200b\u3164", "Give the bid a title."),
        ("x" * 201, "The title must have at most 200 characters."),
        ("a\x00b", "Null characters are not allowed."),
    ],
)
def test_a_bad_title_is_refused_and_kept_on_the_page(competition, applicant, title, why):
    page = post(applicant, APPLY, title=title)
    assert why in page
    assert f'value="{title}"' in page.replace("\ufffd", "\x00")
    assert Bid.objects.count() == 0


def test_a_closed_competition_says_so(competition, applicant, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: competition.closes_at + dt.timedelta(seconds=1))
    assert "This competition takes no bids now." in post(applicant, APPLY, title="Late")
    assert Bid.objects.count() == 0


def test_a_newcomer_is_asked_for_their_organisation_first(newcomer):
    assert signed_in(newcomer).get(APPLY).headers["Location"] == f"{APPLY}/organisation"


def test_a_company_number_is_padded(newcomer):
    page = post(newcomer, f"{APPLY}/organisation", **COMPANY)
    assert "You bid for New Example Ltd, Companies House 01234567." in page


def test_an_odd_company_number_is_refused_beside_its_field_and_the_rest_is_kept(newcomer):
    page = post(newcomer, f"{APPLY}/organisation", **COMPANY | {"company_number": "12-34"})
    assert "“12-34” is not a Companies House number." in page
    assert 'href="#id_company_number"' in page
    assert 'value="New Example Ltd"' in page
    assert not Organisation.objects.filter(name="New Example Ltd").exists()


def test_nobody_joins_a_company_by_its_number(newcomer, sme, applicant):
    page = post(newcomer, f"{APPLY}/organisation", **COMPANY | {"company_number": sme.company_number})
    assert "Breathe Example Ltd is known here already." in page


@pytest.mark.parametrize("call_terms", [{"lead_kinds": ["nhs_body", "university"]}])
def test_an_nhs_trust_gives_its_code(newcomer, competition):
    trust = organisation(OrganisationKind.NHS_BODY, "St Elsewhere")
    assert "What kind of organisation do you bid for?" in post(newcomer, f"{APPLY}/organisation")
    path = f"{APPLY}/organisation?kind=nhs_body"
    assert "is not the ODS code of an NHS organisation in our list" in post(newcomer, path, ods_code="ZZ9")
    assert f"You bid for St Elsewhere, ODS code {trust.ods_code}." in post(
        newcomer, path, ods_code=trust.ods_code.lower()
    )


def test_a_person_who_bids_for_a_kind_that_may_not_lead_is_asked_for_another(newcomer, trust_person):
    assert signed_in(trust_person).get(APPLY).status_code == 302


def test_a_second_person_of_no_role_sees_no_bid(newcomer, competition, sme, applicant):
    post(applicant, APPLY, title="A breath test")
    assert signed_in(newcomer).get(f"/bids/{Bid.objects.get().reference}/").status_code == 404


def test_officials_do_not_bid(competition, fund_manager):
    assert signed_in(fund_manager).post(f"{APPLY}/organisation", COMPANY).status_code == 403


def test_a_competition_that_is_not_there_is_not_found(applicant):
    assert signed_in(applicant).get("/competitions/NONE/apply").status_code == 404


def test_an_assessor_may_bid_for_a_company_of_their_own(newcomer, network):
    assessor = person(Role.ASSESSOR, network, "Asa Assessor")
    post(assessor, f"{APPLY}/organisation", **COMPANY)
    assert Role.APPLICANT in User.objects.get(pk=assessor.pk).roles
